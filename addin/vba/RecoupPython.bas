Attribute VB_Name = "RecoupPython"
' What a click starts: a function of recoup.macros, in the Python that Recoup is installed in.
' The interpreter comes from the sheet inside this add-in and from nowhere else: no sheet, name or folder of the
' workbook in front, no file, no environment variable. Python itself is told to look neither there (-P) nor into
' variables (-E). No procedure takes a program or a command, so nothing outside the add-in can have one started.
Option Explicit
Option Private Module

Private Const SETTINGS_SHEET As String = "xlwings.conf"
Private Const LAST_SETTING As Long = 50
Private Const REMEDY As String = "Run `recoup addin doctor` in a command window: it says what to do."

Private running As Boolean

Public Sub Recoup_Run(ByVal macroName As String)
    Dim problem As String
    problem = Recoup_Problem(macroName)
    If problem = "" Then
        running = True
        problem = Recoup_Outcome(macroName)
        running = False
        Recoup_NoteChange ' Recoup writes while Excel tells nobody of changes
    End If
    If problem <> "" Then Recoup_Say problem
End Sub

Public Function Recoup_Problem(ByVal macroName As String) As String
    ' Why nothing can be started; "" when it can
    If running Then
        Recoup_Problem = "Recoup is still at work: wait until it is done, then click again."
    ElseIf Not Recoup_IsFunction(macroName) Then
        Recoup_Problem = "This button names no function of Recoup. " & REMEDY
    Else
        Recoup_Problem = Recoup_InterpreterProblem()
    End If
End Function

Public Function Recoup_InterpreterProblem() As String
    Dim interpreter As String
    interpreter = Recoup_Interpreter()
    If interpreter = "" Then
        Recoup_InterpreterProblem = "Recoup is not set up for Excel on this computer: run `recoup addin install`, then restart Excel."
    ElseIf Not Recoup_IsFullPath(interpreter) Or InStr(interpreter, """") > 0 Then
        Recoup_InterpreterProblem = "The add-in's interpreter is not the full path of a program: " & interpreter & ". " & REMEDY
    ElseIf Not Recoup_FileExists(interpreter) Then
        Recoup_InterpreterProblem = "The Python that Recoup was installed in is gone: " & interpreter & ". " & REMEDY
    End If
End Function

Private Function Recoup_Outcome(ByVal macroName As String) As String
    ' What to say at the end; "" when Python ended well, or has told by itself what was wrong
    On Error GoTo Failed
    If Recoup_Launch(macroName) <> 0 Then Recoup_Outcome = "Recoup's Python could not do it. " & REMEDY
    Exit Function
Failed:
    Recoup_Outcome = "Python could not be started (" & Err.Description & "). " & REMEDY
End Function

Public Function Recoup_IsFunction(ByVal macroName As String) As Boolean
    Recoup_IsFunction = macroName <> "" And Not (macroName Like "*[!a-z_]*")
End Function

Public Function Recoup_CommandLine(ByVal macroName As String) As String
    If Not Recoup_IsFunction(macroName) Then Err.Raise 5
    Recoup_CommandLine = """" & Recoup_Interpreter() & """ -E -P -m recoup.macros " & macroName
End Function

Public Function Recoup_Interpreter() As String
    Recoup_Interpreter = Recoup_Setting(Recoup_InterpreterName())
End Function

Public Function Recoup_Setting(ByVal settingName As String) As String
    ' A value from the sheet inside the add-in; "" when it has none
    Dim row As Long
    With ThisWorkbook.Worksheets(SETTINGS_SHEET)
        For row = 1 To LAST_SETTING
            If CStr(.Cells(row, 1).Value) = settingName Then
                Recoup_Setting = CStr(.Cells(row, 2).Value)
                Exit Function
            End If
        Next row
    End With
End Function

Public Function Recoup_IsFullPath(ByVal path As String) As Boolean
    Recoup_IsFullPath = path Like "[A-Za-z]:\?*" Or path Like "\\?*\?*" Or path Like "/?*"
End Function

Public Function Recoup_FolderOf(ByVal path As String) As String
    Recoup_FolderOf = Left$(path, InStrRev(path, "\") - 1)
End Function

Public Function Recoup_BookName() As String
    ' The workbook in front by name, never by path; "" when there is none
    If Not ActiveWorkbook Is Nothing Then Recoup_BookName = ActiveWorkbook.Name
End Function
