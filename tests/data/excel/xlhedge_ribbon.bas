Attribute VB_Name = "xlhedge_ribbon"
Option Explicit

' What the buttons of the ribbon tab do.

Private Const TITLE As String = "xlhedge"
Private Const MOST_SHOWN As Long = 900  ' of the 1,024 characters that a message box shows

Public Sub XlhedgeInsertFunction(control As IRibbonControl)
    If ActiveCell Is Nothing Then
        MsgBox "Open a workbook and choose a cell first.", vbInformation, TITLE
    Else
        Application.Dialogs(xlDialogFunctionWizard).Show
    End If
End Sub

Public Sub XlhedgeRecalculate(control As IRibbonControl)
    ForgetPython
    Application.CalculateFullRebuild  ' with the formulas' dependencies, as if typed anew: mends #NAME?
    If LastTrouble <> "" Then TellTrouble
End Sub

Private Sub TellTrouble()
    MsgBox "Python does not answer. Run " & DOCTOR & "." & vbCrLf & vbCrLf & Left$(LastTrouble, MOST_SHOWN), vbExclamation, TITLE
End Sub

Public Sub XlhedgeOpenTemplate(control As IRibbonControl)
    OpenTemplate ""
End Sub

Public Sub XlhedgeHelp(control As IRibbonControl)
    OpenTemplate "Functions"
End Sub

' A new workbook made from the template that the installer has placed, at one of its sheets.
Private Sub OpenTemplate(ByVal sheetName As String)
    Dim path As String
    path = Setting("TEMPLATE")
    If Not IsFile(path) Then
        MsgBox "The template is not installed: install xlhedge again." & vbCrLf & vbCrLf & path, vbExclamation, TITLE
        Exit Sub
    End If
    Workbooks.Add path
    If sheetName <> "" Then ActiveWorkbook.Worksheets(sheetName).Activate
End Sub

' Python says what belongs into which cell, none of them a formula. Excel cannot undo what a macro types.
Public Sub XlhedgeRefreshPrices(control As IRibbonControl)
    Dim book As Workbook, answer As Variant, told As String, i As Long, usual As Long
    Set book = ActiveWorkbook
    If book Is Nothing Then Exit Sub
    If LastTrouble <> "" Then ForgetPython
    Application.StatusBar = "xlhedge asks for prices ..."
    answer = CallPython("refresh_prices", ContentOf(book), "xlhedge.hosts.excel.buttons")
    Application.StatusBar = False
    If Not IsArray(answer) Then
        TellTrouble
        Exit Sub
    End If
    told = answer(0, 0)
    For i = 1 To UBound(answer, 1) - 1
        With book.Worksheets(answer(i, 0)).Cells(answer(i, 1), answer(i, 2))
            If .Worksheet.ProtectContents And .Locked Then
                MsgBox "Nothing was changed: " & .Worksheet.Name & " is protected, and its cell " & .Address(False, False) & " is locked.", vbExclamation, TITLE
                Exit Sub
            End If
        End With
    Next i
    usual = Application.Calculation
    Application.Calculation = xlCalculationManual
    On Error GoTo Refused
    For i = 1 To UBound(answer, 1) - 1
        book.Worksheets(answer(i, 0)).Cells(answer(i, 1), answer(i, 2)).Value = answer(i, 3)
    Next i
Done:
    Application.Calculation = usual
    MsgBox told, vbInformation, TITLE
    Exit Sub
Refused:
    told = "Excel took only the first " & i - 1 & " of " & UBound(answer, 1) - 1 & " cells: " & Err.Description
    Resume Done
End Sub

' Values and formulas of the sheets that prices are asked for by; nothing for a sheet that is not there.
Private Function ContentOf(ByVal book As Workbook) As Variant
    Dim content(7) As Variant, sheet As Worksheet, i As Long
    For Each sheet In book.Worksheets
        For i = 0 To 3
            If sheet.Name = Array("Inputs", "Positions", "Contracts", "Tiers")(i) Then
                content(2 * i) = sheet.Range("A1", sheet.UsedRange).Value
                content(2 * i + 1) = sheet.Range("A1", sheet.UsedRange).Formula
            End If
        Next i
    Next sheet
    ContentOf = content
End Function

' Python says which sheet is copied, how the copy is called, and what is blanked on it.
Public Sub XlhedgeNewScenarioSet(control As IRibbonControl)
    Dim book As Workbook, answer As Variant, i As Long
    Set book = ActiveWorkbook
    If book Is Nothing Then Exit Sub
    If LastTrouble <> "" Then ForgetPython
    answer = CallPython("new_scenario_set", ScenariosOf(book), "xlhedge.hosts.excel.buttons")
    If Not IsArray(answer) Then
        TellTrouble
    ElseIf answer(0, 1) = "" Then
        MsgBox answer(0, 0), vbInformation, TITLE
    Else
        On Error GoTo Refused
        book.Worksheets(answer(0, 0)).Copy After:=book.Worksheets(answer(0, 0))
        With book.Sheets(book.Worksheets(answer(0, 0)).Index + 1)  ' the copy of a hidden sheet is not the active one
            .Name = answer(0, 1)
            For i = 1 To UBound(answer, 1) - 1
                .Range(answer(i, 0)).ClearContents
            Next i
            .Visible = xlSheetVisible
            .Activate
        End With
    End If
    Exit Sub
Refused:
    MsgBox "Excel did not make the sheet " & answer(0, 1) & ": " & Err.Description, vbExclamation, TITLE
End Sub

' The names of all sheets, then in turn the name and the values of each that may be one of scenarios.
Private Function ScenariosOf(ByVal book As Workbook) As Variant
    Dim content() As Variant, names() As Variant, sheet As Worksheet, found As Long, i As Long
    ReDim names(book.Sheets.Count - 1), content(2 * book.Worksheets.Count)
    For i = 1 To book.Sheets.Count
        names(i - 1) = book.Sheets(i).Name
    Next i
    content(0) = names
    For Each sheet In book.Worksheets
        If Application.WorksheetFunction.CountIf(sheet.Range("A1:A100"), "Scenario") > 0 Then
            content(found + 1) = sheet.Name
            content(found + 2) = sheet.Range("A1", sheet.UsedRange).Value
            found = found + 2
        End If
    Next sheet
    ReDim Preserve content(found)
    ScenariosOf = content
End Function

' Every workbook that xlhedge makes has the name checks_pass, under which its sheet Checks lists what must hold.
Public Sub XlhedgeRunChecks(control As IRibbonControl)
    Dim master As Range, flag As Range, failed As String, one As String, more As Long
    On Error Resume Next
    Set master = ActiveWorkbook.Names("checks_pass").RefersToRange
    On Error GoTo 0
    If master Is Nothing Then
        MsgBox "This workbook has no checks: xlhedge has not made it.", vbInformation, TITLE
        Exit Sub
    End If
    Application.Calculate
    Set flag = master.Offset(1)
    Do Until flag.Row > master.Worksheet.UsedRange.Row + master.Worksheet.UsedRange.Rows.Count
        If IsFailure(flag.Value2) Then
            one = vbCrLf & "- " & flag.EntireRow.Cells(1).Text
            If Len(failed) + Len(one) < MOST_SHOWN Then failed = failed & one Else more = more + 1
        End If
        Set flag = flag.Offset(1)
    Loop
    If more > 0 Then failed = failed & vbCrLf & "and " & more & " more, on the sheet " & master.Worksheet.Name
    If failed <> "" Or IsFailure(master.Value2) Then
        MsgBox "These checks fail:" & vbCrLf & failed, vbExclamation, TITLE
    Else
        MsgBox "All checks pass.", vbInformation, TITLE
    End If
End Sub

Private Function IsFailure(ByVal value As Variant) As Boolean
    IsFailure = IsError(value)
    If VarType(value) = vbBoolean Then IsFailure = Not value
End Function

' A workbook that was saved with the add-in in another folder names that folder in its formulas.
Public Sub XlhedgeRepairLinks(control As IRibbonControl)
    Dim links As Variant, link As Variant, repaired As Long
    If ActiveWorkbook Is Nothing Then Exit Sub
    links = ActiveWorkbook.LinkSources(xlExcelLinks)
    If Not IsEmpty(links) Then
        For Each link In links
            If IsOtherCopy(link) Then
                ActiveWorkbook.ChangeLink link, ThisWorkbook.FullName, xlExcelLinks
                repaired = repaired + 1
            End If
        Next link
    End If
    Application.CalculateFullRebuild
    MsgBox "Links repaired: " & repaired, vbInformation, TITLE
End Sub

Private Function IsOtherCopy(ByVal link As String) As Boolean
    Dim file As String
    file = Mid$(link, InStrRev(Replace(link, "/", "\"), "\") + 1)
    IsOtherCopy = LCase$(file) = LCase$(ThisWorkbook.Name) And LCase$(link) <> LCase$(ThisWorkbook.FullName)
End Function

Public Sub XlhedgeAbout(control As IRibbonControl)
    ForgetPython
    MsgBox "Add-in: " & Setting("XLHEDGE VERSION") & vbCrLf & _
        "Python answers: " & CallPython("XLHEDGE_VERSION", Array()) & vbCrLf & _
        "xlwings: " & Setting("XLWINGS VERSION") & vbCrLf & vbCrLf & ThisWorkbook.FullName, vbInformation, TITLE
End Sub
