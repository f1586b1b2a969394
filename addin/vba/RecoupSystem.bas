Attribute VB_Name = "RecoupSystem"
' Where the add-in meets Excel's window and the operating system: the only module that shows messages, looks at files
' and starts a program.
Option Explicit
Option Private Module

Public Sub Recoup_Say(ByVal message As String)
    MsgBox message, vbExclamation, "Recoup"
End Sub

Public Function Recoup_InterpreterName() As String
    #If Mac Then
        Recoup_InterpreterName = "INTERPRETER_MAC"
    #Else
        Recoup_InterpreterName = "INTERPRETER_WIN"
    #End If
End Function

Public Function Recoup_FileExists(ByVal path As String) As Boolean
    #If Mac Then
        Recoup_FileExists = True ' looking would ask the user for leave
    #Else
        Dim attributes As Long
        On Error Resume Next
        attributes = GetAttr(path)
        Recoup_FileExists = Err.Number = 0 And (attributes And vbDirectory) = 0
    #End If
End Function

Public Function Recoup_Launch(ByVal macroName As String) As Long
    ' Windows: waits until Python is done; its exit code. macOS: Excel answers Python only when it does not wait.
    ' Names of workbooks travel as environment variables: no text of a workbook becomes part of a command.
    #If Mac Then
        Recoup_Launch = CLng(AppleScriptTask("recoup.applescript", "RunRecoup", _
            Recoup_Interpreter() & vbLf & macroName & vbLf & Recoup_BookName()))
    #Else
        Dim host As Object
        Dim folder As String
        Dim settings As Variant
        Set host = CreateObject("WScript.Shell")
        settings = Recoup_Settings()
        With host.Environment("PROCESS")
            .Item("RECOUP_BOOK") = Recoup_BookName()
            .Item("RECOUP_WINDOW") = CStr(Application.Hwnd)
        End With
        folder = host.CurrentDirectory
        On Error GoTo Failed
        host.CurrentDirectory = Recoup_FolderOf(Recoup_Interpreter()) ' pywin32 finds its libraries from there
        Recoup_Launch = host.Run(Recoup_CommandLine(macroName), 1, True)
        host.CurrentDirectory = folder
        Recoup_PutBack settings
        Exit Function
Failed:
        host.CurrentDirectory = folder
        Err.Raise Err.Number, , Err.Description
    #End If
End Function

Private Function Recoup_Settings() As Variant
    ' What Python changes in Excel while it writes
    On Error Resume Next ' without a workbook Excel knows no calculation
    Recoup_Settings = Array(Application.Calculation, Application.EnableEvents, Application.ScreenUpdating)
End Function

Private Sub Recoup_PutBack(ByVal settings As Variant)
    ' Python puts its changes back itself, unless it was killed
    If Not IsArray(settings) Then Exit Sub
    On Error Resume Next
    If Application.Calculation <> settings(0) Then Application.Calculation = settings(0)
    If Application.EnableEvents <> settings(1) Then Application.EnableEvents = settings(1)
    If Application.ScreenUpdating <> settings(2) Then Application.ScreenUpdating = settings(2)
    Application.StatusBar = False
End Sub
