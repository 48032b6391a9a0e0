#!/usr/bin/env bash
# fuzz.sh [TARGET] [SECONDS]: runs one fuzz target of the Fuzzing package, or all of them in turn.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${1:-}
seconds=${2:-60}
if [ ! -f Fuzzing/Package.swift ]; then
    echo "fuzz: Fuzzing/Package.swift does not exist yet: skipped"
    exit 0
fi
exec Fuzzing/run.sh "$target" "$seconds"
