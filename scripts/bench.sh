#!/usr/bin/env bash
# Runs every benchmark of Benchmarks/ against the release build; arguments go to them.
set -euo pipefail
cd "$(dirname "$0")/.."

shopt -s nullglob
runs=(Benchmarks/*.sh)
if [ ${#runs[@]} -eq 0 ]; then
    echo "bench: Benchmarks/ holds no *.sh yet: skipped"
    exit 0
fi
GATEHOUSE=$(scripts/release.sh | tail -1)
export GATEHOUSE
for run in "${runs[@]}"; do
    echo "== $run"
    "$run" "$@"
done
