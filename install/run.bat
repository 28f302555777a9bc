@echo off
rem Sets everything up and builds the sample workbooks: install\run.bat
rem Double-clicked it waits for a key at the end, so that its window can be read.
rem Each error level has a line of its own: not every cmd knows && and ||.
setlocal
cd /d "%~dp0.."
set "PY="
for %%p in ("py -3" python python3) do call :consider %%~p
if not defined PY (
    echo xlhedge needs Python 3.11 or newer. Install it from python.org, tick "Add python.exe to PATH", and run this again.
    goto :failed
)
echo Setting up xlhedge (the first time takes a minute)
rem An environment whose base Python is gone is made anew.
.venv\Scripts\python.exe -c "" >nul 2>&1
if %errorlevel% neq 0 %PY% -m venv --clear .venv
if not exist .venv\Scripts\python.exe goto :failed
.venv\Scripts\python.exe -m pip install --quiet --disable-pip-version-check --editable .
if %errorlevel% neq 0 goto :failed
if not exist out mkdir out
set "S=workbooks\samples"
call :build btc-50 --settings "%S%\btc-50.settings.csv"
if %errorlevel% neq 0 goto :failed
call :build drift-85-15
if %errorlevel% neq 0 goto :failed
call :build six-assets
if %errorlevel% neq 0 goto :failed
echo.
echo Open "%CD%\out\btc-50.xlsx" in Excel.
call :wait
exit /b 0

:failed
echo That failed, for the reason above.
call :wait
exit /b 1

:wait
set "CALL=by %cmdcmdline%"
set "CALL=%CALL:"=%"
if not "%CALL%"=="%CALL:.bat=%" pause
exit /b

:build
.venv\Scripts\python.exe -m xlhedge.cli build "%S%\%1.csv" %2 %3 --out out\%1.xlsx
if %errorlevel% equ 0 exit /b 0
rem A sample that somebody has worked in since stays as it is: xlhedge says so, and the others are built.
if exist out\%1.xlsx exit /b 0
exit /b 1

:consider
if defined PY exit /b 0
%* -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>&1
if %errorlevel% neq 0 exit /b 0
set "PY=%*"
exit /b 0
