Attribute VB_Name = "xlhedge_bridge"
Option Explicit
Option Private Module

' The one way from a worksheet function or a button to Python, and back.

Private Const PYTHON_MODULE As String = "xlhedge.udfs"
Public Const DOCTOR As String = "xlhedge doctor, or the bundle's Check xlhedge.bat"
Private Server As Object
Private Trouble As String

' Calls a function of xlhedge.udfs, or of another module: cells and ranges in, a cell or an array of cells out.
Public Function CallPython(ByVal functionName As String, ByVal given As Variant, Optional ByVal moduleName As String = PYTHON_MODULE) As Variant
    Dim values As Variant, answer As Variant, isAnswered As Boolean
    CallPython = NoAnswer(functionName)
    If Trouble <> "" And Server Is Nothing Then Exit Function  ' each try to start Python takes seconds: not in every cell
    values = ValuesOf(given)
    isAnswered = HasAnswer(moduleName, functionName, values, answer)
    If Not isAnswered And Not Server Is Nothing Then  ' it may have been ended since
        Set Server = Nothing
        isAnswered = HasAnswer(moduleName, functionName, values, answer)
    End If
    If isAnswered Then CallPython = AsCells(answer) Else CallPython = NoAnswer(functionName)
End Function

Private Function HasAnswer(ByVal moduleName As String, ByVal functionName As String, ByVal values As Variant, ByRef answer As Variant) As Boolean
    On Error GoTo Failed
    If Server Is Nothing Then Set Server = StartedPython
    answer = Server.CallUDF(moduleName, functionName, values)
    Trouble = ""
    HasAnswer = True
    Exit Function
Failed:
    Trouble = Err.Description
    If Err.Number <> NOT_STARTED Then Trouble = "error " & Err.Number & ": " & Trouble
End Function

' Why Python did not answer last time; empty if it did.
Public Function LastTrouble() As String
    LastTrouble = Trouble
End Function

' Starts anew with the next call.
Public Sub ForgetPython()
    Set Server = Nothing
    Trouble = ""
End Sub

' Without Python a function is #NAME?, as if there were no add-in; XLHEDGE_VERSION says why.
Private Function NoAnswer(ByVal functionName As String) As Variant
    NoAnswer = CVErr(2029)
    If functionName = "XLHEDGE_VERSION" Then NoAnswer = "xlhedge cannot reach its Python; run " & DOCTOR & " (" & Trouble & ")"
End Function

' Values in place of ranges, so that Python need not come back and ask Excel for them; empty where nothing was given.
' Whole columns travel only down to the last row that has a value in one of the call's.
Private Function ValuesOf(ByVal given As Variant) As Variant
    Dim values() As Variant, i As Long, lastRow As Long
    ValuesOf = given
    If UBound(given) < 0 Then Exit Function
    ReDim values(UBound(given))
    For i = 0 To UBound(given)
        If IsObject(given(i)) Then
            If IsWhole(given(i)) Then lastRow = LastFilledRow(given(i), lastRow)
        End If
    Next i
    For i = 0 To UBound(given)
        If IsObject(given(i)) Then
            values(i) = CellsOf(given(i), lastRow)
        ElseIf Not IsMissing(given(i)) Then
            values(i) = given(i)
        End If
    Next i
    ValuesOf = values
End Function

' The values of a range, of whole columns down to a row of the sheet. Several areas are no range.
Private Function CellsOf(ByVal source As Object, ByVal lastRow As Long) As Variant
    Dim filled As Long
    If source.Areas.Count > 1 Then
        CellsOf = CVErr(2015)
        Exit Function
    End If
    If IsWhole(source) Then
        filled = lastRow - source.Row + 1
        If filled < 1 Then filled = 1
        Set source = source.Resize(filled)
    End If
    CellsOf = source.Value2
End Function

' Whether a range reaches down to the end of its sheet, as A:A and A2:A1048576 do.
Private Function IsWhole(ByVal source As Object) As Boolean
    If source.Areas.Count > 1 Or source.Rows.Count = 1 Then Exit Function
    IsWhole = source.Row + source.Rows.Count - 1 = source.Worksheet.Rows.Count
End Function

' The last row of the sheet that has a value in a range, at least a given one. CountA looks at no more cells than there are:
' the used range alone would do, but that formats alone can make it a million rows.
Private Function LastFilledRow(ByVal source As Object, ByVal least As Long) As Long
    Dim low As Long, high As Long, middle As Long
    low = least - source.Row + 1
    If low < 0 Then low = 0
    high = source.Worksheet.UsedRange.Row + source.Worksheet.UsedRange.Rows.Count - source.Row
    Do While low < high
        middle = low + (high - low + 1) \ 2
        If Application.WorksheetFunction.CountA(source.Rows(middle).Resize(high - middle + 1)) > 0 Then
            low = middle
        Else
            high = middle - 1
        End If
    Loop
    LastFilledRow = least
    If source.Row + low - 1 > least And low > 0 Then LastFilledRow = source.Row + low - 1
End Function

' A result with real errors in place of their words, inside arrays too.
Private Function AsCells(ByVal result As Variant) As Variant
    Dim i As Long, j As Long
    Select Case DimensionsOf(result)
    Case 0
        result = AsCell(result)
    Case 1
        For i = LBound(result) To UBound(result)
            result(i) = AsCell(result(i))
        Next i
    Case Else
        For i = LBound(result, 1) To UBound(result, 1)
            For j = LBound(result, 2) To UBound(result, 2)
                result(i, j) = AsCell(result(i, j))
            Next j
        Next i
    End Select
    AsCells = result
End Function

Private Function AsCell(ByVal value As Variant) As Variant
    AsCell = value
    If VarType(value) <> vbString Then Exit Function
    Select Case value
    Case "#NULL!": AsCell = CVErr(2000)
    Case "#DIV/0!": AsCell = CVErr(2007)
    Case "#VALUE!": AsCell = CVErr(2015)
    Case "#REF!": AsCell = CVErr(2023)
    Case "#NAME?": AsCell = CVErr(2029)
    Case "#NUM!": AsCell = CVErr(2036)
    Case "#N/A": AsCell = CVErr(2042)
    Case "#GETTING_DATA": AsCell = CVErr(2043)
    Case "#SPILL!": AsCell = CVErr(2045)
    Case "#CALC!": AsCell = CVErr(2050)
    End Select
End Function

Private Function DimensionsOf(ByVal values As Variant) As Long
    Dim counted As Long, size As Long
    If Not IsArray(values) Then Exit Function
    On Error GoTo Done
    For counted = 0 To 59
        size = UBound(values, counted + 1)
    Next counted
Done:
    DimensionsOf = counted
End Function
