@echo off
rem Removes xlhedge from Excel for the user who runs this, also where its Python does not run any more: the add-in, what
rem belongs to it, and its Python. What is not xlhedge's stays, and so do the files that you made with it.
rem     uninstall.bat           waits for a key at the end if it was double-clicked
rem     uninstall.bat /quiet    never waits
setlocal
set "PLACE=%LOCALAPPDATA%\xlhedge"
set "ADDIN=%APPDATA%\Microsoft\Excel\XLSTART\xlhedge.xlam"
set "CARE=%USERPROFILE%\.xlhedge"
set "CALL=by %cmdcmdline%"
set "CALL=%CALL:"=%"
set "WAIT="
if /i not "%~1"=="/quiet" if not "%CALL%"=="%CALL:.bat=%" set "WAIT=pause"
cd /d "%USERPROFILE%"
set "FOUND="

rem What is in use cannot be renamed; nothing is removed before all of it is known to be free.
for %%n in (python Scripts) do call :set_aside %%n
if defined BUSY goto :busy
if exist "%ADDIN%" (
    set "FOUND=1"
    del "%ADDIN%" >nul 2>&1
)
if exist "%ADDIN%" (
    set "BUSY=%ADDIN%"
    goto :busy
)

for %%n in (python.removed Scripts.removed docs licences Lib Include share) do call :folder "%PLACE%\%%n"
for %%n in (contents.txt xlhedge.bat "Check xlhedge.bat" pyvenv.cfg .gitignore CACHEDIR.TAG) do call :file "%PLACE%\%%~n"
call :file "%PLACE%\xlwings*.dll"
for %%n in (server.py server.py.trouble.txt xlhedge-template.xlsx xlhedge-functions.html xlhedge.conf) do call :file "%CARE%\%%n"
for %%n in (old new removed) do if exist "%PLACE%.%%n" rd /s /q "%PLACE%.%%n"
rd "%CARE%" >nul 2>&1
if defined FOUND (
    echo removed xlhedge from "%PLACE%", "%CARE%" and Excel's XLSTART
) else (
    echo xlhedge is not installed: there was nothing to remove.
)
%WAIT%
rem This line is read as a whole before the file goes that holds it.
if /i "%~dp0"=="%PLACE%\" (del "%~f0" & rd "%PLACE%" >nul 2>&1 & exit /b 0)
call :file "%PLACE%\Uninstall xlhedge.bat"
rd "%PLACE%" >nul 2>&1
exit /b 0

:busy
for %%n in (python Scripts) do if exist "%PLACE%\%%n.removed" move "%PLACE%\%%n.removed" "%PLACE%\%%n" >nul
echo "%BUSY%" is in use: close Excel and run this again. Nothing was removed.
%WAIT%
exit /b 1

:set_aside
if not exist "%PLACE%\%1" exit /b 0
set "FOUND=1"
if exist "%PLACE%\%1.removed" rd /s /q "%PLACE%\%1.removed"
move "%PLACE%\%1" "%PLACE%\%1.removed" >nul 2>&1
if exist "%PLACE%\%1" set "BUSY=%PLACE%\%1"
exit /b 0

:folder
if not exist "%~1" exit /b 0
set "FOUND=1"
rd /s /q "%~1"
exit /b 0

:file
if not exist "%~1" exit /b 0
set "FOUND=1"
del "%~1"
exit /b 0
