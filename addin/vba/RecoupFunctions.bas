Attribute VB_Name = "RecoupFunctions"
' Made by `recoup addin build` from src/recoup/worksheet_functions/declared.py: change it there.
' The worksheet functions: each hands the values of its arguments to Python and gives back its answer.
Option Explicit

Public Function RECOUP_DEADLINE(ByVal kind As Variant, ByVal event_date As Variant, Optional ByVal marketplace As Variant) As Variant
    RECOUP_DEADLINE = Recoup_Day(Recoup_Answer("RECOUP_DEADLINE", Array(Recoup_Cells(kind), Recoup_Cells(event_date), Recoup_Cells(marketplace), Recoup_State(), Empty)))
End Function

Public Function RECOUP_OPENS(ByVal kind As Variant, ByVal event_date As Variant, Optional ByVal marketplace As Variant) As Variant
    RECOUP_OPENS = Recoup_Day(Recoup_Answer("RECOUP_OPENS", Array(Recoup_Cells(kind), Recoup_Cells(event_date), Recoup_Cells(marketplace), Recoup_State(), Empty)))
End Function

Public Function RECOUP_DAYSLEFT(ByVal kind As Variant, ByVal event_date As Variant, Optional ByVal marketplace As Variant, Optional ByVal on_ As Variant) As Variant
    Application.Volatile Recoup_HasBlank(on_)
    RECOUP_DAYSLEFT = Recoup_Answer("RECOUP_DAYSLEFT", Array(Recoup_Cells(kind), Recoup_Cells(event_date), Recoup_Cells(marketplace), Recoup_Cells(on_), Recoup_State(), Empty))
End Function

Public Function RECOUP_UNITVALUE(ByVal sku_or_fnsku As Variant, Optional ByVal on_ As Variant, Optional ByVal marketplace As Variant) As Variant
    RECOUP_UNITVALUE = Recoup_Answer("RECOUP_UNITVALUE", Array(Recoup_Cells(sku_or_fnsku), Recoup_Cells(on_), Recoup_Cells(marketplace), Recoup_State(), Empty))
End Function

Public Function RECOUP_FBAFEE(ByVal longest As Variant, ByVal median As Variant, ByVal shortest As Variant, ByVal weight As Variant, ByVal price As Variant, Optional ByVal date_ As Variant, Optional ByVal category As Variant) As Variant
    RECOUP_FBAFEE = Recoup_Answer("RECOUP_FBAFEE", Array(Recoup_Cells(longest), Recoup_Cells(median), Recoup_Cells(shortest), Recoup_Cells(weight), Recoup_Cells(price), Recoup_Cells(date_), Recoup_Cells(category), Recoup_State(), Empty))
End Function

Public Function RECOUP_SIZETIER(ByVal longest As Variant, ByVal median As Variant, ByVal shortest As Variant, ByVal weight As Variant, Optional ByVal date_ As Variant) As Variant
    RECOUP_SIZETIER = Recoup_Answer("RECOUP_SIZETIER", Array(Recoup_Cells(longest), Recoup_Cells(median), Recoup_Cells(shortest), Recoup_Cells(weight), Recoup_Cells(date_), Recoup_State(), Empty))
End Function

Public Function RECOUP_REASON(ByVal code As Variant) As Variant
    RECOUP_REASON = Recoup_Answer("RECOUP_REASON", Array(Recoup_Cells(code), Recoup_State(), Empty))
End Function

Public Function RECOUP_WHY(ByVal claim_id As Variant) As Variant
    RECOUP_WHY = Recoup_Answer("RECOUP_WHY", Array(Recoup_Cells(claim_id), Recoup_State(), Empty))
End Function

Public Function RECOUP_CASETEXT(ByVal claim_id As Variant) As Variant
    RECOUP_CASETEXT = Recoup_Answer("RECOUP_CASETEXT", Array(Recoup_Cells(claim_id), Recoup_State(), Empty))
End Function

Public Function RECOUP_DUE(Optional ByVal days As Variant) As Variant
    Application.Volatile
    RECOUP_DUE = Recoup_Answer("RECOUP_DUE", Array(Recoup_Cells(days), Recoup_State(), Empty))
End Function
