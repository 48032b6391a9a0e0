#!/usr/bin/env bash
# Builds the command for use: optimised, the Swift runtime inside where the toolchain can. Prints its path last.
set -euo pipefail
cd "$(dirname "$0")/.."

flags=(-c release -j "${SWIFT_JOBS:-2}" --product gatehouse)
if ! swift build "${flags[@]}" --static-swift-stdlib >&2; then
    echo "release: no static runtime here, linking it dynamically" >&2
    swift build "${flags[@]}" >&2
fi
echo "$(swift build -c release --show-bin-path)/gatehouse"
