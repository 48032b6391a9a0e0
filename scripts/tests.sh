#!/usr/bin/env bash
# The built tests, run once. Tests end in any order and a failure is soon out of sight, so what failed is told again as
# the last thing, where a reader of the end of a log finds it. Arguments go to `swift test`.
set -uo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
swift test --skip-build "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
if [ "$status" -ne 0 ]; then
    echo "== failed (exit status $status)"
    # A failed expectation tells its place in its first line, what was expected in those below it.
    grep -E -A 3 '^✘|^.*: error: |Fatal error|Sanitizer' "$log" | cut -c 1-1000 | tail -n 60
fi
exit "$status"
