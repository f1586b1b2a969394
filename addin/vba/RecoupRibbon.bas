Attribute VB_Name = "RecoupRibbon"
' The ribbon's callbacks: what Excel calls on a click. A button's tag names the function of recoup.macros to run.
Option Explicit

Public Sub Recoup_OnLoad(ribbon As IRibbonUI)
    ' Excel has read the ribbon: it started, or the add-in was opened
    Recoup_Watch
End Sub

Public Sub Recoup_OnBookClick(control As IRibbonControl)
    ' A button that works on the workbook in front
    If ActiveWorkbook Is Nothing Then
        Recoup_Say "Open a workbook first (in Protected View click Enable Editing), then click again."
    Else
        Recoup_Run control.Tag
    End If
End Sub

Public Sub Recoup_OnClick(control As IRibbonControl)
    ' A button that needs no workbook
    Recoup_Run control.Tag
End Sub
