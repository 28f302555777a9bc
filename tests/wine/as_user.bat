@echo off
rem Runs a command as a Windows user of the name in TIER_USER: as_user.bat COMMAND ARGUMENT ...
set "USERPROFILE=C:\users\%TIER_USER%"
set "APPDATA=%USERPROFILE%\AppData\Roaming"
set "LOCALAPPDATA=%USERPROFILE%\AppData\Local"
call %*
