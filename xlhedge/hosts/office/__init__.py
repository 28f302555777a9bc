"""The LibreOffice Calc add-in: built from the registry, installed with LibreOffice's own tool.

    write_addin("xlhedge.oxt")       build the add-in for this Python
    install_libreoffice()            build it and hand it to LibreOffice
    uninstall_libreoffice()          take it out again

component.py runs inside LibreOffice and knows nothing but how to hand a call over; worker.py answers it in the Python
that installed the add-in, whatever Python LibreOffice brings along.
"""

from .addin import write_addin
from .install import OfficeError, install_libreoffice, uninstall_libreoffice

__all__ = ["OfficeError", "install_libreoffice", "uninstall_libreoffice", "write_addin"]
