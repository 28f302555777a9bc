"""Python imports this at its start. Wine 8 has not the function of Windows with which Python copies files; it can without."""

import _winapi

del _winapi.CopyFile2
