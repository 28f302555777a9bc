@echo off
rem Removes xlhedge from Excel for the user who runs this: the add-in, its settings and its private Python environment.
rem     uninstall.bat           asks for a key at the end
rem     uninstall.bat /quiet    does not
setlocal
set "ENV=%LOCALAPPDATA%\xlhedge"
if not exist "%ENV%\Scripts\python.exe" (
    echo xlhedge is not installed in "%ENV%".
    if "%~1"=="" pause
    exit /b 0
)
"%ENV%\Scripts\python.exe" -P -m xlhedge.cli uninstall
if %errorlevel% neq 0 goto :failed
rd /s /q "%ENV%"
if exist "%ENV%" goto :failed
if exist "%ENV%.old" rd /s /q "%ENV%.old"
echo removed "%ENV%"
if "%~1"=="" pause
exit /b 0

:failed
echo Something is still in use: close Excel and run this again.
if "%~1"=="" pause
exit /b 1
