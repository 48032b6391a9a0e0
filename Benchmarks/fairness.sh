#!/usr/bin/env bash
# What a flood of forged tokens does to a client with a good one; see fairness.py.
set -euo pipefail
cd "$(dirname "$0")/.."
exec python3 Benchmarks/fairness.py --binary "${GATEHOUSE:-.build/release/gatehouse}" "$@"
