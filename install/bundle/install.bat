@echo off
rem Installs xlhedge in Excel for the user who runs this: no Python, internet or administrator's rights are needed.
rem     "Install xlhedge.bat"           waits for a key at the end if it was double-clicked
rem     "Install xlhedge.bat" /quiet    never waits; the exit code is 0 if all went well
setlocal
set "CODE=1"
if not exist "%~dp0python\python.exe" (
    echo This file needs the others of its zip: right-click the zip, choose "Extract All", and start it from the new folder.
    echo Nothing was changed.
    goto :end
)
"%~dp0python\python.exe" -P -B -m xlhedge.hosts.excel.bundle
set "CODE=%errorlevel%"

:end
set "CALL=by %cmdcmdline%"
set "CALL=%CALL:"=%"
if /i not "%~1"=="/quiet" if not "%CALL%"=="%CALL:.bat=%" pause
exit /b %CODE%
