#!/usr/bin/env bash
# Proves that scripts/graph.py can fail: each breach is put into a copy of the sources and must be named.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

fresh() {
    rm -rf "$copy/tree"
    mkdir -p "$copy/tree"
    cp -R "$root/Package.swift" "$root/Sources" "$root/scripts" "$copy/tree/"
    if [ -d "$root/Tests" ]; then cp -R "$root/Tests" "$copy/tree/"; fi
}

failures=0
# expect TEXT: the check must fail and say TEXT.
expect() {
    local output
    if output=$("$copy/tree/scripts/graph.py" --root "$copy/tree" --quiet 2>&1); then
        echo "self-test: not refused: $1"
        failures=$((failures + 1))
    elif ! grep -qF -- "$1" <<<"$output"; then
        echo "self-test: refused without saying \"$1\":"
        echo "$output"
        failures=$((failures + 1))
    fi
}

breach=Sources/Documents/Breach.swift
fresh && if ! "$copy/tree/scripts/graph.py" --root "$copy/tree" --quiet >/dev/null; then
    echo "self-test: the sources themselves do not pass; see make graph"
    exit 1
fi
fresh && echo 'package import Policies' >"$copy/tree/$breach" && expect "Documents may not import Policies (an upward dependency)"
fresh && echo 'import struct HTTP.Method' >"$copy/tree/$breach" && expect "Documents may not import HTTP (siblings never meet)"
fresh && echo '@preconcurrency import Foundation' >"$copy/tree/$breach" && expect "Documents may not import Foundation"
fresh && echo 'import Glibc' >"$copy/tree/$breach" && expect "Documents is pure and may not import Glibc"
fresh && echo 'import NIOCore' >"$copy/tree/$breach" && expect "Documents may not import NIOCore"
fresh && echo 'func speak() { print("x") }' >"$copy/tree/$breach" && expect "only the command prints"
fresh && echo 'let copy = unsafe pointer.pointee' >"$copy/tree/$breach" && expect "\`unsafe\` marks belong where C is called"
fresh && echo 'final class Box: @unchecked Sendable {}' >"$copy/tree/$breach" && expect "@unchecked Sendable:"
fresh && echo 'func stop() { fatalError("\(1)") }' >"$copy/tree/$breach" && expect "fatalError:"
fresh && yes '// line' | head -401 >"$copy/tree/$breach" && expect "401 lines"
fresh && echo 'let x = 1' >"$copy/tree/Sources/Documents/Two Words.swift" && expect "no spaces in paths"
fresh && echo 'let x = try? f()' >"$copy/tree/Sources/Policies/Breach.swift" && expect "try? swallows an error"
fresh && sed -i 's/swiftSettings: strict)/swiftSettings: strict + [.unsafeFlags(["-Ounchecked"])])/' "$copy/tree/Package.swift" && expect "unsafeFlags is forbidden"
fresh && sed -i 's/\.strictMemorySafety(),//' "$copy/tree/Package.swift" && expect "lacks the strict settings"
fresh && echo 'fatalError | 99' >>"$copy/tree/scripts/ceilings.txt" && expect "the ceiling is still 99"
# Words in comments and strings are no breach.
fresh && printf '%s\n' '// import Policies, print("x")' 'let text = "fatalError( print( try? unsafe x"' '/* import HTTP' 'import HTTP */' >"$copy/tree/$breach"
if ! "$copy/tree/scripts/graph.py" --root "$copy/tree" --quiet; then
    echo "self-test: comments or strings were taken for code"
    failures=$((failures + 1))
fi
[ "$failures" -eq 0 ] && echo "graph self-test: passed" || exit 1
