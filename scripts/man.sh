#!/usr/bin/env bash
# Makes a manual page of every command from its help and prints their folder last.
set -euo pipefail
cd "$(dirname "$0")/.."

swift package --allow-writing-to-package-directory generate-manual --multi-page >&2
mkdir -p .build/man/man1
cp .build/plugins/GenerateManual/outputs/gatehouse/*.1 .build/man/man1/
echo "$PWD/.build/man/man1"
