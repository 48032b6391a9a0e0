#!/usr/bin/env bash
# What rates, plans and quotas cost: a call, and a request over the wire. Arguments: --rounds N.
set -euo pipefail
cd "$(dirname "$0")/.."
build=(env GATEHOUSE_BENCHMARKS=1 swift build -c release -j "${SWIFT_JOBS:-2}" --product benchmark-limits
    --scratch-path .build-bench)
"${build[@]}" >&2
"$("${build[@]}" --show-bin-path)/benchmark-limits" "$@"
exec Benchmarks/limits.py
