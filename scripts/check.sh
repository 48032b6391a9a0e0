#!/usr/bin/env bash
# What CI demands of a commit: format, graph and forbidden words, a build without warnings, tests.
set -euo pipefail
cd "$(dirname "$0")/.."

step() {
    echo "== $1"
    shift
    "$@"
}

step "format" make --no-print-directory format-check
step "graph" scripts/graph.py --quiet
step "graph self-test" scripts/graph-selftest.sh
step "architecture" scripts/architecture-check.sh
# The manifest turns every warning into an error.
step "build" swift build --build-tests -j "${SWIFT_JOBS:-2}"
step "recorded identities" scripts/recorded-wall.sh
step "completions" scripts/completions-check.sh
step "test" scripts/tests.sh
step "policy tests" "$(swift build --show-bin-path)/gatehouse" test --ci --quiet tests
step "transcripts" scripts/transcripts.py --check
step "hosted functions" scripts/hosted-functions.py --gateway "$(swift build --show-bin-path)/gatehouse" --only python
step "seeded mistakes" scripts/seeded-mistakes.py
step "schema" scripts/schema-check.py
echo "== check passed"
