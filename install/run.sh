#!/usr/bin/env bash
# Sets everything up and builds the sample workbooks: bash install/run.sh
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

echo "Setting up xlhedge (the first time takes a minute)"
install_project ""
mkdir -p "$project/out"
samples="$project/workbooks/samples"
"$environment/bin/xlhedge" build "$samples/btc-50.csv" --settings "$samples/btc-50.settings.csv" --out "$project/out/btc-50.xlsx"
"$environment/bin/xlhedge" build "$samples/drift-85-15.csv" --out "$project/out/drift-85-15.xlsx"
"$environment/bin/xlhedge" build "$samples/six-assets.csv" --out "$project/out/six-assets.xlsx"
echo
echo "Open $project/out/btc-50.xlsx in any spreadsheet program."
echo "For your own portfolio: $environment/bin/xlhedge build HOLDINGS.csv --out FILE.xlsx"
