#!/usr/bin/env bash
# Verification beside `openssl speed` of the same primitive, refusals, cache, revocations. Arguments: --rounds N.
set -euo pipefail
cd "$(dirname "$0")/.."
export GATEHOUSE_BENCHMARKS=1
build=(swift build -c release -j "${SWIFT_JOBS:-2}" --product benchmark-tokens --scratch-path .build-bench)
"${build[@]}" >&2
exec "$("${build[@]}" --show-bin-path)/benchmark-tokens" "$@"
