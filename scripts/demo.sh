#!/usr/bin/env bash
# Builds what is needed and starts the demo: a sample backend, tokens and the gateway in front. Arguments go to it.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build -j "${SWIFT_JOBS:-2}" --product gatehouse
exec "$(swift build --show-bin-path)/gatehouse" demo --write .gatehouse/demo "$@"
