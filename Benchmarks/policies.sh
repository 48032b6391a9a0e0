#!/usr/bin/env bash
# Decisions on policy documents, large documents and hostile patterns, beside glibc's fnmatch and regexec.
# Arguments: --rounds N.
set -euo pipefail
cd "$(dirname "$0")/.."
export GATEHOUSE_BENCHMARKS=1
build=(swift build -c release -j "${SWIFT_JOBS:-2}" --product benchmark-policies --scratch-path .build-bench)
"${build[@]}" >&2
exec "$("${build[@]}" --show-bin-path)/benchmark-policies" "$@"
