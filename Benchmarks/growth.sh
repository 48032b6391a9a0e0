#!/usr/bin/env bash
# How cost and memory grow with connections, routes and tokens, and what an idle gateway needs; see growth.py.
set -euo pipefail
cd "$(dirname "$0")/.."
exec python3 Benchmarks/growth.py --binary "${GATEHOUSE:-.build/release/gatehouse}" "$@"
