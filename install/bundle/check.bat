@echo off
rem Checks everything between a cell in Excel and Python, and says how to mend what is wrong. Where the installed copy of
rem xlhedge does not load what Excel asks it for, the one beside this file does it.
setlocal
set "CODE=1"
set "PYTHON=%LOCALAPPDATA%\xlhedge\python\python.exe"
if not exist "%PYTHON%" goto :beside
"%PYTHON%" -P -B -c "import numpy, xlwings, xlhedge.udfs, xlhedge.cli, xlhedge.hosts.excel.doctor" >nul 2>&1
if %errorlevel% equ 0 goto :check

:beside
echo There is no xlhedge that runs in "%LOCALAPPDATA%\xlhedge\python": looked from here.
set "PYTHON=%~dp0python\python.exe"
if not exist "%PYTHON%" (
    echo There is none here either: extract the whole zip and start "Install xlhedge.bat" in the new folder.
    goto :end
)

:check
"%PYTHON%" -P -B -m xlhedge doctor
set "CODE=%errorlevel%"

:end
set "CALL=by %cmdcmdline%"
set "CALL=%CALL:"=%"
if /i not "%~1"=="/quiet" if not "%CALL%"=="%CALL:.bat=%" pause
exit /b %CODE%
