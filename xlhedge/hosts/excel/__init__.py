"""The Excel add-in for Windows: built from the registry, placed for the user who runs it.

    addin.build_addin("folder")                    write xlhedge.xlam and its help files; works on any system
    install.install(), install.uninstall()         place it where Excel opens it by itself, or take it away again
    doctor.doctor()                                say what is in order, and how to mend what is not

functions.py makes the VBA from the registry, modules.py, starting.py and ribbon.py hold the rest of it, locations.py knows
where everything lives, policies.py what Office and Windows allow, reading.py what a built add-in says of itself, bundle.py
places the Windows bundle.
"""
