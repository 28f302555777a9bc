#!/usr/bin/env bash
# Makes the bundle for Windows, on any system: bash install/bundle.sh [OUT]      default: out
# xlhedge-VERSION-windows.zip holds an embedded Python, every package that xlhedge[excel,live] needs there, the installer,
# the template and the pages. Packages come from the package index, and stay in ${XDG_CACHE_HOME:-$HOME/.cache}/xlhedge/bundle.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

install_project "[dev]"
exec "$environment/bin/python" "$project/install/bundle.py" "${1:-$project/out}"
