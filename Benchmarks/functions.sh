#!/usr/bin/env bash
# A Python authorizer in front of a Python backend function: requests per second beside MiniStack; see functions.py.
set -euo pipefail
cd "$(dirname "$0")/.."
exec python3 Benchmarks/functions.py --binary "${GATEHOUSE:-.build/release/gatehouse}" "$@"
