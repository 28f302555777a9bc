@echo off
rem Installs xlhedge in Excel for the user who runs this; no administrator's rights are needed, and nothing else changes.
rem     install.bat            from the folder this file lies in (from the internet, what it needs)
rem     install.bat FOLDER     from the wheels in FOLDER, without internet
rem Each error level has a line of its own: not every cmd (Wine's, which the tests use) knows && and ||.
setlocal
set "ENV=%LOCALAPPDATA%\xlhedge"
set "LOG=%TEMP%\xlhedge-pip.txt"
set "FROM="
set "WHAT=%~dp0..[excel]"
if exist "%~dp0xlhedge-*.whl" set "FROM=%~dp0."
if not "%~1"=="" set "FROM=%~f1"
if defined FROM set "WHAT=xlhedge[excel]"
if defined FROM if not exist "%FROM%\xlhedge-*.whl" (
    echo There is no xlhedge-*.whl in "%FROM%".
    goto :nothing
)

set "PY="
set "STORE="
for %%p in ("py -3" python python3) do call :consider %%~p
if not defined PY (
    if defined STORE echo The only Python that was found is the Microsoft Store's, whose files Excel cannot see: "%STORE%".
    if exist "%ENV%\Scripts\python.exe" call :is_base_gone
    echo xlhedge needs Python 3.11 or later, 64-bit. Install it from python.org and run this again, or take the bundle, which brings its own.
    goto :nothing
)

rem What is xlhedge's in there is set aside, and comes back if anything fails; the user's own files are not touched.
rem First comes back what an interrupted run has set aside; one of 0.1.0 has moved the user's own files too.
if exist "%ENV%" if not exist "%ENV%\*" (
    echo "%ENV%" is a file, where xlhedge needs a folder: give it another name.
    goto :nothing
)
if not exist "%ENV%" md "%ENV%"
if exist "%ENV%.old" call :each back
if exist "%ENV%.old" rd "%ENV%.old" >nul 2>&1
set "KEPT=%ENV%\kept%RANDOM%"
if exist "%ENV%.old" (
    move "%ENV%.old" "%KEPT%" >nul
    echo Your files that an interrupted installation has moved are in "%KEPT%".
)
md "%ENV%.old"
set "BUSY="
call :each aside
if defined BUSY (
    call :each back
    rd "%ENV%.old"
    echo "%BUSY%" cannot be moved: close Excel, which may hold it open, and run this again.
    goto :nothing
)

echo Making a private Python environment in "%ENV%"
%PY% -m venv "%ENV%"
if %errorlevel% neq 0 %PY% -m virtualenv --quiet "%ENV%"
if %errorlevel% neq 0 goto :failed
echo Installing xlhedge (this takes a minute or two)
set "HOW="
if defined FROM set HOW=--no-index --find-links "%FROM%"
if exist "%LOG%" del /f /q "%LOG%"
"%ENV%\Scripts\python.exe" -m pip install --quiet --disable-pip-version-check --log "%LOG%" %HOW% "%WHAT%"
if %errorlevel% neq 0 (
    call :is_certificate
    goto :failed
)
if exist "%LOG%" del /f /q "%LOG%"
"%ENV%\Scripts\python.exe" -P -m xlhedge.cli install
if %errorlevel% neq 0 goto :failed
rem Under another name what cannot be removed yet is not taken for what an interrupted run has set aside.
move "%ENV%.old" "%ENV%.removed%RANDOM%" >nul
for /f "delims=" %%d in ('dir /b /ad "%ENV%*.removed*" 2^>nul') do rd /s /q "%LOCALAPPDATA%\%%d" >nul 2>&1
echo.
echo Done. To remove it again, run uninstall.bat.
if "%~1"=="" pause
exit /b 0

:failed
if exist "%LOG%" del /f /q "%LOG%"
call :each undo
call :each back
rd "%ENV%.old" >nul 2>&1
rd "%ENV%" >nul 2>&1
echo.
echo That failed, for the reason above. Everything is as it was before.
if "%~1"=="" pause
exit /b 1

:nothing
echo Nothing was changed.
if "%~1"=="" pause
exit /b 1

rem What is xlhedge's in there, of this installer and of the bundle, one after the other.
:each
for %%n in (python Scripts Lib Include share docs licences pyvenv.cfg .gitignore CACHEDIR.TAG contents.txt xlhedge.bat "Check xlhedge.bat" "Uninstall xlhedge.bat") do call :%1 "%%~n"
for /f "delims=" %%q in ('dir /b "%ENV%\xlwings*.dll" 2^>nul') do call :%1 "%%q"
for /f "delims=" %%q in ('dir /b "%ENV%.old\xlwings*.dll" 2^>nul') do call :%1 "%%q"
exit /b

:aside
if not exist "%ENV%\%~1" exit /b
move "%ENV%\%~1" "%ENV%.old\%~1" >nul 2>&1
if exist "%ENV%\%~1" set "BUSY=%ENV%\%~1"
exit /b

:back
if not exist "%ENV%.old\%~1" exit /b
call :undo %1
move "%ENV%.old\%~1" "%ENV%\%~1" >nul
exit /b

:undo
if exist "%ENV%\%~1" rd /s /q "%ENV%\%~1" >nul 2>&1
if exist "%ENV%\%~1" del /f /q "%ENV%\%~1" >nul 2>&1
exit /b

rem The first Python that is there and new enough, and not the Store's, which writes where other programs do not look.
:consider
if defined PY exit /b
%* -c "import sys; sys.exit(sys.version_info < (3, 11) or sys.maxsize < 2**32)" >nul 2>&1
if %errorlevel% neq 0 exit /b
%* -c "import sys; p = (sys.executable + sys.base_prefix).lower(); sys.exit('windowsapps' in p or 'pythonsoftwarefoundation' in p)" >nul 2>&1
if %errorlevel% neq 0 (
    set "STORE=%*"
    exit /b
)
set "PY=%*"
exit /b

rem An environment is of no use without the Python that it was made from.
:is_base_gone
"%ENV%\Scripts\python.exe" -c "" >nul 2>&1
if %errorlevel% neq 0 echo The Python with which xlhedge was installed in "%ENV%" is gone.
exit /b

rem A proxy that looks into what passes shows certificates of its own, which Windows knows, and pip since 24.2.
:is_certificate
find "CERTIFICATE_VERIFY_FAILED" "%LOG%" >nul 2>&1
if %errorlevel% equ 0 echo Your network shows a certificate of its own, which pip takes from Windows since 24.2 (or with truststore): install a newer Python, or take the bundle, which needs no internet.
exit /b
