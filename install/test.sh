#!/usr/bin/env bash
# Installs what the tests need, as far as this machine allows, and runs them all: bash install/test.sh
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
here="$project/install"

install_project "[dev]"
# Tiers that need a tool of their own. Without it the rest still runs, and pytest says what was skipped and why;
# with CI set a missing tool fails.
for tool in calc validator wine pyodide; do
    bash "$here/$tool.sh" || echo "The tier that needs install/$tool.sh cannot run here."
done
cd "$project"
exec "$environment/bin/python" -m pytest -n 2 --dist loadfile --no-loadscope-reorder -q "$@"
