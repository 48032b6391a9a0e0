#!/usr/bin/env bash
# Writes the reference pages from the program itself and fails when the committed ones differ.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build -j "${SWIFT_JOBS:-2}" --product gatehouse
gatehouse=$(swift build --show-bin-path)/gatehouse
if ! "$gatehouse" docs --help >/dev/null 2>&1; then
    echo "docs: the command gatehouse docs does not exist yet: skipped"
    exit 0
fi
"$gatehouse" docs --output docs
git diff --exit-code --stat -- docs
