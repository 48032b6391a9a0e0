#!/usr/bin/env bash
# Every Swift file that docs/Architecture.md names must exist somewhere in Sources.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=0
while read -r name; do
    if [ -z "$(find Sources -path "*/$name" -print -quit)" ]; then
        echo "docs/Architecture.md names $name, which does not exist" >&2
        missing=1
    fi
done < <(grep -oE '`[A-Za-z0-9+/]+\.swift`' docs/Architecture.md | tr -d '`' | sort -u)
exit $missing
