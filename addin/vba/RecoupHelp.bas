Attribute VB_Name = "RecoupHelp"
' Made by `recoup addin build` from src/recoup/worksheet_functions/declared.py: change it there.
' What Excel's function wizard shows of each function and its arguments.
Option Explicit
Option Private Module

Public Function Recoup_Describe() As Boolean
    ' False when Excel refuses, as it does while no workbook is open
    On Error GoTo Refused
    Recoup_DescribeOne "RECOUP_DEADLINE", _
        "The last day on which Amazon takes the claim, by the Policy of this workbook; a text that says so where Amazon's rule is not known.", _
        Array( _
            "Kind of claim as on Policy, such as lost_in_warehouse. A cell or a range.", _
            "The day from which Amazon counts (Policy says which): a date, a serial number or 2026-09-02.", _
            "US, UK, DE, ... Left out: the home marketplace on Settings.")
    Recoup_DescribeOne "RECOUP_OPENS", _
        "The first day on which Amazon takes the claim, by the Policy of this workbook; a text that says so where Amazon's rule is not known.", _
        Array( _
            "Kind of claim as on Policy, such as lost_in_warehouse. A cell or a range.", _
            "The day from which Amazon counts (Policy says which): a date, a serial number or 2026-09-02.", _
            "US, UK, DE, ... Left out: the home marketplace on Settings.")
    Recoup_DescribeOne "RECOUP_DAYSLEFT", _
        "Days from today, or another day, to the last day on which Amazon takes the claim; below 0 it is too late.", _
        Array( _
            "Kind of claim as on Policy, such as lost_in_warehouse. A cell or a range.", _
            "The day from which Amazon counts (Policy says which): a date, a serial number or 2026-09-02.", _
            "US, UK, DE, ... Left out: the home marketplace on Settings.", _
            "The day to count from. Left out: today.")
    Recoup_DescribeOne "RECOUP_UNITVALUE", _
        "What Amazon owes for one unit in stock on a day: its cost on Sourcing Costs, capped as on Policy; a text that says so where no cost is known.", _
        Array( _
            "The SKU, FNSKU or ASIN. A cell or a range.", _
            "The day of the loss. Left out: the day of the calculation.", _
            "US, UK, DE, ... Left out: the home marketplace on Settings.")
    Recoup_DescribeOne "RECOUP_FBAFEE", _
        "Amazon's US fulfilment fee of a unit in USD, recomputed from its measures by the tables of the day it ships.", _
        Array( _
            "The longest side in inches, packed as it ships.", _
            "The side between, in inches.", _
            "The shortest side in inches.", _
            "The weight in pounds.", _
            "The unit's price in USD.", _
            "The day the unit ships. Left out: the day of the calculation.", _
            "Blank, apparel or dangerous goods.")
    Recoup_DescribeOne "RECOUP_SIZETIER", _
        "Amazon's US size tier of one unit by the tables of the day it ships.", _
        Array( _
            "The longest side in inches, packed as it ships.", _
            "The side between, in inches.", _
            "The shortest side in inches.", _
            "The weight in pounds.", _
            "The day the unit ships. Left out: the day of the calculation.")
    Recoup_DescribeOne "RECOUP_REASON", _
        "What a reason code of the ledger, a reimbursement or a denial means, and how Recoup takes it.", _
        Array( _
            "The code as the report shows it, such as M or Lost_Warehouse. A cell or a range.")
    Recoup_DescribeOne "RECOUP_WHY", _
        "Why a claim is one, with the arithmetic, or why it is on Not Claimed.", _
        Array( _
            "The Claim ID, as on Claims. A cell or a range.")
    Recoup_DescribeOne "RECOUP_CASETEXT", _
        "The text to file the claim with, from the rows of Evidence; says first what is missing in it.", _
        Array( _
            "The Claim ID, as on Claims. A cell or a range.")
    Recoup_DescribeOne "RECOUP_DUE", _
        "What is overdue, due today and due within some days, as a table with headings that spills.", _
        Array( _
            "How many days to look ahead. Left out: 7.")
    ThisWorkbook.Saved = True
    Recoup_Describe = True
Refused:
End Function

Private Sub Recoup_DescribeOne(ByVal functionName As String, ByVal says As String, ByVal ofArguments As Variant)
    Application.MacroOptions Macro:="'" & ThisWorkbook.Name & "'!" & functionName, _
        Description:=says, Category:="Recoup", ArgumentDescriptions:=ofArguments
End Sub
