#!/usr/bin/env bash
# Cells per second of `gatehouse test`, mutants by size, and MiniStack beside it; see policytests.py.
set -euo pipefail
cd "$(dirname "$0")/.."
exec python3 Benchmarks/policytests.py --binary "${GATEHOUSE:-.build/release/gatehouse}" "$@"
