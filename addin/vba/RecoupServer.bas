Attribute VB_Name = "RecoupServer"
' What a worksheet function asks: a Python server, started with the interpreter of the sheet inside this add-in and
' with nothing else, through the library of xlwings that lies beside that interpreter. It ends with Excel.
' A workbook's name and whether its days count from 1904 are all that is told of it; cells travel as values.
Option Explicit
Option Private Module

Private Const LIBRARY_64 As String = "xlwings64-0.37.8.dll"
Private Const LIBRARY_32 As String = "xlwings32-0.37.8.dll"
Private Const LONGEST_COMMAND As Long = 1000
Private Const REMEDY As String = "Run `recoup addin doctor` in a command window: it says what to do."

#If Mac Then
#ElseIf Win64 Then
    Private Declare PtrSafe Function LoadLibrary Lib "kernel32" Alias "LoadLibraryW" (ByVal path As LongPtr) As LongPtr
    Private Declare PtrSafe Function Activate Lib "xlwings64-0.37.8.dll" Alias "XLPyDLLActivateAuto" (ByRef answer As Variant, ByVal command As String, ByVal mode As Long) As Long
#Else
    Private Declare PtrSafe Function LoadLibrary Lib "kernel32" Alias "LoadLibraryW" (ByVal path As LongPtr) As LongPtr
    Private Declare PtrSafe Function Activate Lib "xlwings32-0.37.8.dll" Alias "XLPyDLLActivateAuto" (ByRef answer As Variant, ByVal command As String, ByVal mode As Long) As Long
#End If

Private watch As RecoupWatch
Private began As String
Private changes As Long

Public Function Recoup_Answer(ByVal functionName As String, ByVal given As Variant) As Variant
    ' The answer to a cell, or a sentence why there is none
    Dim problem As String
    On Error GoTo Failed
    problem = Recoup_ServerProblem()
    If Recoup_Caller() Is Nothing Then
        Recoup_Answer = "Recoup's functions answer cells of a sheet only."
    ElseIf problem <> "" Then
        Recoup_Answer = problem
    Else
        Recoup_Answer = Recoup_Server().CallUDF("recoup.udfs", (functionName), (given), Nothing, Recoup_Caller())
    End If
    Exit Function
Failed:
    Recoup_Answer = "Recoup's Python did not answer (" & Err.Description & "). " & REMEDY
End Function

Public Function Recoup_Day(ByVal answer As Variant) As Variant
    ' A single day as a date, so that Excel shows it as one; days of 1904 and tables stay numbers
    Recoup_Day = answer
    If VarType(answer) = vbDouble Then
        If Not Recoup_Counts1904() Then Recoup_Day = CDate(answer)
    End If
End Function

Public Function Recoup_Cells(Optional ByVal given As Variant) As Variant
    ' The values of an argument: days as serial numbers; of whole columns the rows in use; several ranges are none
    If IsMissing(given) Then
        Recoup_Cells = Empty
    ElseIf IsObject(given) Then
        Recoup_Cells = Recoup_Values(given)
    Else
        Recoup_Cells = given
    End If
End Function

Public Function Recoup_HasBlank(Optional ByVal given As Variant) As Boolean
    ' Whether an argument is left out or holds a blank cell, in place of which Python takes today
    Dim cells As Variant
    Dim cell As Variant
    cells = Recoup_Cells(given)
    If Not IsArray(cells) Then cells = Array(cells)
    For Each cell In cells
        If IsEmpty(cell) Then
            Recoup_HasBlank = True
        ElseIf VarType(cell) = vbString Then
            If Trim$(cell) = "" Then Recoup_HasBlank = True
        End If
    Next cell
End Function

Private Function Recoup_Values(ByVal given As Object) As Variant
    If given.Areas.Count > 1 Then
        Recoup_Values = CVErr(2023) ' #REF!
    Else
        Recoup_Values = Recoup_InUse(given).Value2
    End If
End Function

Private Function Recoup_InUse(ByVal given As Object) As Object
    Dim last As Long
    Set Recoup_InUse = given
    If given.Rows.Count = given.Worksheet.Rows.Count Then
        last = given.Worksheet.UsedRange.Row + given.Worksheet.UsedRange.Rows.Count - 1
        Set Recoup_InUse = given.Resize(last)
    End If
End Function

Public Function Recoup_State() As String
    ' What the answers depend on beside the arguments: today, how days count, and the content of the workbook
    If Recoup_Caller() Is Nothing Then Exit Function
    Recoup_State = CStr(CLng(Date)) & "|" & IIf(Recoup_Counts1904(), "1", "0") & "|" & Recoup_Changes() & "|" & _
        Recoup_Caller().Worksheet.Parent.Name
End Function

Private Function Recoup_Counts1904() As Boolean
    Recoup_Counts1904 = Recoup_Caller().Worksheet.Parent.Date1904
End Function

Public Function Recoup_Changes() As String
    ' Another text whenever the content of a workbook may have changed
    Recoup_Watch
    Recoup_Changes = began & "." & CStr(changes)
End Function

Public Sub Recoup_NoteChange()
    changes = changes + 1
End Sub

Public Sub Recoup_Watch()
    ' From now on changes are counted; what was known before counts as changed
    If watch Is Nothing Then
        began = CStr(CLng(Date)) & "-" & CStr(CLng(Timer))
        changes = changes + 1
        Set watch = New RecoupWatch
    End If
End Sub

Public Function Recoup_ServerProblem() As String
    ' Why no server can be started; "" when it can
    #If Mac Then
        Recoup_ServerProblem = "Recoup's functions need Excel on Windows; on a Mac use the ribbon."
    #Else
        Recoup_ServerProblem = Recoup_InterpreterProblem()
        If Recoup_ServerProblem <> "" Then
        ElseIf InStr(Recoup_Interpreter(), "$(") > 0 Or Len(Recoup_ServerCommand()) > LONGEST_COMMAND Then
            Recoup_ServerProblem = "Functions cannot be started from such a path: " & Recoup_Interpreter() & ". " & REMEDY
        ElseIf Recoup_Library() = "" Then
            Recoup_ServerProblem = Recoup_LibraryName() & " is missing beside Recoup's Python. " & REMEDY
        End If
    #End If
End Function

Public Function Recoup_ServerCommand() As String
    ' The library writes the name under which the server is found in place of $(CLSID)
    Recoup_ServerCommand = """" & Recoup_Interpreter() & """ -E -P -m recoup.udf_server $(CLSID)"
End Function

Public Function Recoup_Library() As String
    ' The library beside the interpreter, or above it in an environment; "" when there is none
    Dim folder As String
    folder = Recoup_FolderOf(Recoup_Interpreter())
    If Recoup_FileExists(folder & "\" & Recoup_LibraryName()) Then
        Recoup_Library = folder & "\" & Recoup_LibraryName()
    ElseIf InStr(folder, "\") > 0 Then
        folder = Recoup_FolderOf(folder)
        If Recoup_FileExists(folder & "\" & Recoup_LibraryName()) Then Recoup_Library = folder & "\" & Recoup_LibraryName()
    End If
End Function

Private Function Recoup_LibraryName() As String
    #If Win64 Then
        Recoup_LibraryName = LIBRARY_64
    #Else
        Recoup_LibraryName = LIBRARY_32
    #End If
End Function

Private Function Recoup_Server() As Object
    ' The library is loaded by its full path first: its bare name then means that one and no other
    Dim answer As Variant
    #If Mac Then
    #Else
        If LoadLibrary(StrPtr(Recoup_Library())) = 0 Then
            Err.Raise 53, , Recoup_Library() & " cannot be loaded"
        ElseIf Activate(answer, Recoup_ServerCommand(), 1) <> 0 Then
            Err.Raise 429, , CStr(answer)
        End If
        Set Recoup_Server = answer
    #End If
End Function

Private Function Recoup_Caller() As Object
    ' The calling cell; Nothing when something else calls
    If IsObject(Application.Caller) Then
        If TypeName(Application.Caller) = "Range" Then Set Recoup_Caller = Application.Caller
    End If
End Function
