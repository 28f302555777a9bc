#!/usr/bin/env bash
# Writes anew the pages, stubs, templates and pictures that are generated and committed: bash install/refresh.sh [--check]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

install_project "[dev]"
cd "$project"
exec "$environment/bin/python" tests/refresh.py "$@"
