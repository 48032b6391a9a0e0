#!/usr/bin/env bash
# Runs the console blocks of README.md against the demo and compares what they print, byte for byte.
#
# A block counts when the line before it says <!-- run -->. Its lines that begin with "$ " are commands, run one after
# the other by bash in the project's folder; the lines up to the next command are what the command must print.
#
#   scripts/readme-check.sh [FILE]        FILE: README.md when absent
#   GATEHOUSE=PATH                        the binary: the release one, else the debug one, when absent
#   DEMO_ARGUMENTS="--port 0 …"           instead of the demo's default ports
set -euo pipefail
cd "$(dirname "$0")/.."

file="${1:-README.md}"
gatehouse="${GATEHOUSE:-}"
if [ -z "$gatehouse" ]; then
    for candidate in .build/release/gatehouse .build/debug/gatehouse; do
        if [ -x "$candidate" ]; then gatehouse="$candidate"; break; fi
    done
fi
if [ -z "$gatehouse" ] || [ ! -x "$gatehouse" ]; then
    echo "readme-check: build gatehouse first, or name it with GATEHOUSE=PATH" >&2
    exit 1
fi
if [ ! -f "$file" ]; then
    echo "readme-check: $file is missing" >&2
    exit 1
fi

work="$(mktemp -d)"
demo=""
finish() {
    if [ -n "$demo" ]; then
        kill "$demo" 2>/dev/null || true
        wait "$demo" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap finish EXIT

# One folder per command: its line, its text, and what it must print.
count="$(awk -v folder="$work" '
    function close_command() { if (number && open_command) { close(expected) } open_command = 0 }
    /^<!-- run -->[ \t]*$/ { armed = 1; next }
    armed && /^[ \t]*$/ && !inside { next }
    armed && /^```console[ \t]*$/ && !inside { inside = 1; armed = 0; next }
    inside && /^```[ \t]*$/ { inside = 0; close_command(); next }
    inside && /^\$ / {
        close_command(); number++; open_command = 1
        command = folder "/" number ".command"; expected = folder "/" number ".expected"; line = folder "/" number ".line"
        print substr($0, 3) > command; close(command)
        print NR > line; close(line)
        printf "" > expected; next
    }
    inside && open_command { print > expected; next }
    inside { print "readme-check: line " NR ": output without a command" > "/dev/stderr"; failed = 1; next }
    { armed = 0 }
    END { if (inside) { print "readme-check: the last block is not closed" > "/dev/stderr"; failed = 1 }
          if (failed) exit 1; print number + 0 }' "$file")"
if [ "$count" -eq 0 ]; then
    echo "readme-check: $file has no block marked <!-- run -->" >&2
    exit 1
fi

# shellcheck disable=SC2086
"$gatehouse" demo --write .gatehouse/demo ${DEMO_ARGUMENTS:-} >"$work/demo.log" 2>&1 &
demo=$!
for _ in $(seq 100); do
    if grep -q "Ctrl-C ends" "$work/demo.log"; then break; fi
    if ! kill -0 "$demo" 2>/dev/null; then break; fi
    sleep 0.1
done
if ! grep -q "Ctrl-C ends" "$work/demo.log" || ! kill -0 "$demo" 2>/dev/null; then
    echo "readme-check: the demo did not start:" >&2
    cat "$work/demo.log" >&2
    exit 1
fi

failures=0
for number in $(seq "$count"); do
    line="$(cat "$work/$number.line")"
    status=0
    bash "$work/$number.command" >"$work/$number.actual" 2>&1 </dev/null || status=$?
    # curl prints bodies without a line end, and a terminal would go on behind them: the block shows the line only.
    if [ -s "$work/$number.actual" ] && [ "$(tail -c 1 "$work/$number.actual" | od -An -tx1 | tr -d ' ')" != "0a" ]; then
        echo >>"$work/$number.actual"
    fi
    if ! diff -u --label "$file:$line" --label "printed (status $status)" \
        "$work/$number.expected" "$work/$number.actual" >"$work/diff"; then
        failures=$((failures + 1))
        echo "readme-check: $(cat "$work/$number.command")"
        cat "$work/diff"
    fi
done
echo "readme-check: $count commands, $failures differ"
[ "$failures" -eq 0 ]
