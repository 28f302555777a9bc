#!/usr/bin/env bash
# Set up Pyodide (Python in WebAssembly) for Node.js, with the wheels of xlwings and micropip, in a cache folder:
#   bash install/pyodide.sh [FOLDER]      default: ${XDG_CACHE_HOME:-$HOME/.cache}/xlhedge/pyodide
# Does nothing when they are there. Prints one line; exits 3, with the reason, where it cannot install.
set -euo pipefail

folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/xlhedge/pyodide}
version=314.0.7
python_version=3.14
platform=pyemscripten_2026_0_wasm32

cannot() { echo "Pyodide not installed: $*"; exit 3; }
present() { grep -qs "\"version\": \"$version\"" "$folder/node_modules/pyodide/package.json" && ls "$folder"/wheels/{xlwings,micropip}-*.whl >/dev/null 2>&1; }

if present; then
    echo "Pyodide $version is there"
    exit 0
fi
command -v npm >/dev/null || cannot "npm is missing (install Node.js 18 or later)"
for python in "$(dirname "${BASH_SOURCE[0]}")/../.venv/bin/python" python3; do "$python" -m pip --version >/dev/null 2>&1 && break; done
mkdir -p "$folder" || cannot "$folder cannot be made"
log=$(npm install --prefix "$folder" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error "pyodide@$version" 2>&1) ||
    cannot "npm install failed: $(tail -n 3 <<<"$log")"
log=$("$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --platform "$platform" \
    --python-version "$python_version" --dest "$folder/wheels" xlwings micropip 2>&1) || cannot "pip download failed: $(tail -n 3 <<<"$log")"
present || cannot "the packages do not hold what they should"
echo "Pyodide $version installed in $folder"
