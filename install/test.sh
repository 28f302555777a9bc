#!/usr/bin/env bash
# Installs what the tests need, as far as this machine allows, and runs them all: bash install/test.sh
# In a minute and a half, without the long tests and those that need other programs: bash install/test.sh --quick
# What follows goes to pytest.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
here="$project/install"

install_project "[dev]"
# Tiers that need a tool of their own. Without it the rest still runs, and pytest says what was skipped and why;
# with CI set a missing tool fails.
if [ "${1:-}" != --quick ]; then
    for tool in calc validator wine pyodide; do
        bash "$here/$tool.sh" || echo "The tier that needs install/$tool.sh cannot run here."
    done
fi
cd "$project"
status=0
"$environment/bin/python" -m ruff check --quiet . || status=1
"$environment/bin/python" -m ruff format --quiet --check . || { echo "To spell it so: ruff format"; status=1; }
# Last, so that the output ends with the count of tests.
"$environment/bin/python" -m pytest -n 2 --dist loadfile --no-loadscope-reorder -q "$@" || status=$?
exit "$status"
