#!/usr/bin/env bash
# Gatehouse beside HAProxy, nginx and Envoy: processor time of a request, rates and latencies, by turns; see peers.py.
set -euo pipefail
cd "$(dirname "$0")/.."
exec python3 Benchmarks/peers.py --binary "${GATEHOUSE:-.build/release/gatehouse}" "$@"
