#!/usr/bin/env bash
# All tests, then once more under the thread sanitizer for the targets that share memory between threads.
set -euo pipefail
cd "$(dirname "$0")/.."

swift test -j "${SWIFT_JOBS:-2}"
filter=""
for target in EventLoop Server Upstream Authorizers Functions EndToEnd; do
    if [ -d "Tests/${target}Tests" ]; then filter="${filter:+$filter|}^${target}Tests\\."; fi
done
if [ -z "$filter" ]; then
    echo "test-all: no threaded test targets yet, the sanitizer run is skipped"
    exit 0
fi
swift test -j "${SWIFT_JOBS:-2}" --sanitize=thread --scratch-path .build/tsan --filter "$filter"
