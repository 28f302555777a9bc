# Sourced by run.sh and test.sh: finds a Python, makes the environment .venv beside the project, installs into it.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
environment="$project/.venv"

find_python() {
    local name
    for name in python3.13 python3.12 python3.11 python3 python3.14 python; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

# Install the project with the extras named in $1, with pip's output kept for the case that something fails.
install_project() {
    local python log
    if [ ! -x "$environment/bin/python" ] || ! "$environment/bin/python" -c '' 2>/dev/null; then
        if ! python=$(find_python); then
            echo "xlhedge needs Python 3.11 or newer and found none." >&2
            echo "Install it (Debian, Ubuntu: apt install python3 python3-venv; Mac: brew install python) and run this again." >&2
            return 1
        fi
        if ! "$python" -m venv --clear "$environment" 2>/dev/null; then
            echo "Python at $python cannot make an environment: its venv module is missing." >&2
            echo "Install it (Debian, Ubuntu: apt install python3-venv) and run this again." >&2
            return 1
        fi
    fi
    log=$(mktemp)
    if ! "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$project$1" >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        echo "Installing failed; the lines above say why. Is there a connection to the Python package index?" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}
