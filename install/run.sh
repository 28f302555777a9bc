#!/usr/bin/env bash
# Sets everything up and builds the sample workbooks: bash install/run.sh
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

echo "Setting up xlhedge (the first time takes a minute)"
install_project ""
mkdir -p "$project/out"
samples="$project/workbooks/samples"
# A sample that somebody has worked in since stays as it is: xlhedge says so, and the others are built.
build() { "$environment/bin/xlhedge" build "$samples/$1.csv" "${@:2}" --out "$project/out/$1.xlsx" || [ -e "$project/out/$1.xlsx" ]; }
build btc-50 --settings "$samples/btc-50.settings.csv"
build drift-85-15
build six-assets
echo
echo "Open $project/out/btc-50.xlsx in any spreadsheet program."
echo "For your own portfolio: $environment/bin/xlhedge build HOLDINGS.csv --out FILE.xlsx"
