@echo off
rem The command xlhedge, for a command window: xlhedge.bat build holdings.csv --out plan.xlsx
"%~dp0python\python.exe" -P -m xlhedge %*
