@echo off
rem Installs xlhedge in Excel for the user who runs this; no administrator's rights are needed, and nothing else changes.
rem     install.bat            from the folder this file lies in (from the internet, what it needs)
rem     install.bat FOLDER     from the wheels in FOLDER, without internet
rem Each error level has a line of its own: not every cmd (Wine's, which the tests use) knows && and ||.
setlocal
set "ENV=%LOCALAPPDATA%\xlhedge"
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
for %%p in ("py -3" python python3) do call :consider %%~p
if not defined PY (
    echo xlhedge needs Python 3.11 or later, 64-bit. Install it from python.org or the Microsoft Store, and run this again.
    goto :nothing
)

rem What an interrupted run may have left, then what is there now: it comes back if anything fails.
if exist "%ENV%.old" (
    if exist "%ENV%" rd /s /q "%ENV%"
    move "%ENV%.old" "%ENV%" >nul
)
if exist "%ENV%" move "%ENV%" "%ENV%.old" >nul
if exist "%ENV%" (
    echo xlhedge is in use: close Excel and run this again.
    goto :nothing
)

echo Making a private Python environment in "%ENV%"
%PY% -m venv "%ENV%"
if %errorlevel% neq 0 %PY% -m virtualenv --quiet "%ENV%"
if %errorlevel% neq 0 goto :failed
echo Installing xlhedge (this takes a minute or two)
set "HOW="
if defined FROM set HOW=--no-index --find-links "%FROM%"
"%ENV%\Scripts\python.exe" -m pip install --quiet --disable-pip-version-check %HOW% "%WHAT%"
if %errorlevel% neq 0 goto :failed
"%ENV%\Scripts\python.exe" -P -m xlhedge.cli install
if %errorlevel% neq 0 goto :failed
if exist "%ENV%.old" rd /s /q "%ENV%.old"
echo.
echo Done. To remove it again, run uninstall.bat.
if "%~1"=="" pause
exit /b 0

:failed
if exist "%ENV%" rd /s /q "%ENV%"
if exist "%ENV%.old" move "%ENV%.old" "%ENV%" >nul
echo.
echo That failed, for the reason above. Everything is as it was before.
if "%~1"=="" pause
exit /b 1

:nothing
echo Nothing was changed.
if "%~1"=="" pause
exit /b 1

rem The first Python that is there and new enough.
:consider
if defined PY exit /b
%* -c "import sys; sys.exit(sys.version_info < (3, 11) or sys.maxsize < 2**32)" >nul 2>&1
if %errorlevel% equ 0 set "PY=%*"
exit /b
