@echo off
rem Removes xlhedge from Excel for the user who runs this, also where its Python does not run any more: the add-in, what
rem belongs to it, and its Python. What is not xlhedge's stays, and so do the files that you made with it, and a template that
rem you have changed.
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
set "ASIDE=removed%RANDOM%"

rem A template that is younger than the server, which was placed after it, has been changed.
set "EDITED="
for /f "delims=" %%f in ('dir /b /o:d /a-d "%CARE%" 2^>nul') do (
    if /i "%%f"=="xlhedge-template.xlsx" set "EDITED=1"
    if /i "%%f"=="server.py" set "EDITED="
)

rem What is in use cannot be renamed; nothing is removed before all of it is known to be free.
for %%n in (python Scripts) do call :set_aside %%n
if defined BUSY goto :busy
if exist "%ADDIN%\*" (
    echo "%ADDIN%" is a folder, which xlhedge has not placed: it stays.
    goto :addin_gone
)
if exist "%ADDIN%" (
    set "FOUND=1"
    del /f /q "%ADDIN%" >nul 2>&1
)
if exist "%ADDIN%" (
    set "BUSY=%ADDIN%"
    goto :busy
)

:addin_gone
for %%n in (python Scripts) do call :folders "%PLACE%\%%n.removed*" "%PLACE%"
call :ours "%PLACE%"
rem In what an interrupted installation has set aside there may be files of the user's own.
call :ours "%PLACE%.old"
for %%n in (python Scripts) do call :folder "%PLACE%.old\%%n"
call :file "%PLACE%.old\Uninstall xlhedge.bat"
rd "%PLACE%.old" >nul 2>&1
if exist "%PLACE%.old" echo Your files that an interrupted installation has moved are in "%PLACE%.old".
call :folder "%PLACE%.new"
call :folders "%PLACE%*.removed*" "%LOCALAPPDATA%"
for %%n in (server.py server.py.trouble.txt xlhedge-functions.html xlhedge.conf) do call :file "%CARE%\%%n"
if defined EDITED (
    echo kept "%CARE%\xlhedge-template.xlsx", which is not as it was placed.
) else (
    call :file "%CARE%\xlhedge-template.xlsx"
)
rd "%CARE%" >nul 2>&1
if exist "%TEMP%\xlhedge-pip.txt" del /f /q "%TEMP%\xlhedge-pip.txt"
if defined FOUND (
    echo removed xlhedge from "%PLACE%", "%CARE%" and Excel's XLSTART
) else (
    echo xlhedge is not installed: there was nothing to remove.
)
%WAIT%
rem This line is read as a whole before the file goes that holds it.
if /i "%~dp0"=="%PLACE%\" (del /f /q "%~f0" & rd "%PLACE%" >nul 2>&1 & exit /b 0)
call :file "%PLACE%\Uninstall xlhedge.bat"
rd "%PLACE%" >nul 2>&1
exit /b 0

:busy
for %%n in (python Scripts) do if exist "%PLACE%\%%n.%ASIDE%" move "%PLACE%\%%n.%ASIDE%" "%PLACE%\%%n" >nul
echo "%BUSY%" cannot be removed: close Excel, which may hold it open, and run this again. Nothing was removed.
%WAIT%
exit /b 1

:set_aside
if not exist "%PLACE%\%1" exit /b 0
set "FOUND=1"
move "%PLACE%\%1" "%PLACE%\%1.%ASIDE%" >nul 2>&1
if exist "%PLACE%\%1" set "BUSY=%PLACE%\%1"
exit /b 0

rem What is xlhedge's in a folder but for what is in use while this runs.
:ours
for %%n in (docs licences Lib Include share) do call :folder "%~1\%%n"
for %%n in (contents.txt xlhedge.bat "Check xlhedge.bat" pyvenv.cfg .gitignore CACHEDIR.TAG) do call :file "%~1\%%~n"
for /f "delims=" %%q in ('dir /b "%~1\xlwings*.dll" 2^>nul') do call :file "%~1\%%q"
exit /b 0

rem The folders of a name with an asterisk, in a folder.
:folders
for /f "delims=" %%d in ('dir /b /ad "%~1" 2^>nul') do call :folder "%~2\%%d"
exit /b 0

:folder
if not exist "%~1" exit /b 0
set "FOUND=1"
rd /s /q "%~1"
exit /b 0

:file
if not exist "%~1" exit /b 0
if exist "%~1\*" exit /b 0
set "FOUND=1"
del /f /q "%~1"
exit /b 0
