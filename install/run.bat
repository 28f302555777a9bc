@echo off
rem Sets everything up and builds the sample workbooks: install\run.bat
setlocal
cd /d "%~dp0.."
set "PY="
for %%v in (3.13 3.12 3.11) do if not defined PY py -%%v -c "" >nul 2>&1 && set "PY=py -%%v"
if not defined PY python -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>&1 && set "PY=python"
if not defined PY (
    echo xlhedge needs Python 3.11 or newer. Install it from python.org, tick "Add python.exe to PATH", and run this again.
    exit /b 1
)
echo Setting up xlhedge (the first time takes a minute)
if not exist .venv\Scripts\python.exe %PY% -m venv .venv || exit /b 1
.venv\Scripts\python -m pip install --quiet --disable-pip-version-check --editable . || exit /b 1
if not exist out mkdir out
set "S=workbooks\samples"
.venv\Scripts\xlhedge build "%S%\btc-50.csv" --settings "%S%\btc-50.settings.csv" --out out\btc-50.xlsx || exit /b 1
.venv\Scripts\xlhedge build "%S%\drift-85-15.csv" --out out\drift-85-15.xlsx || exit /b 1
.venv\Scripts\xlhedge build "%S%\six-assets.csv" --out out\six-assets.xlsx || exit /b 1
echo.
echo Open %CD%\out\btc-50.xlsx in Excel.
