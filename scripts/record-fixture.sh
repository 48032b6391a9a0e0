#!/usr/bin/env bash
# record-fixture.sh: makes fixtures/recordings/fleet.gtr.jsonl anew by running the example: the sample backend, the gate
# of gateway.json in front of it, and nine requests of the people of the demo.
set -euo pipefail
cd "$(dirname "$0")/.."

gatehouse=${GATEHOUSE:-.build/debug/gatehouse}
file=fixtures/recordings/fleet.gtr.jsonl
work=$(mktemp -d)
backend=""
gate=""
finish() {
    for process in $gate $backend; do kill "$process" 2>/dev/null || true; done
    rm -rf "$work"
}
trap finish EXIT

"$gatehouse" demo --port 0 --backend-port 0 --write "$work/tokens" >"$work/demo.log" 2>&1 &
backend=$!
for _ in $(seq 100); do grep -qs '^backend' "$work/demo.log" && break; sleep 0.1; done
address=$(sed -n 's/^backend  *\(http[^ ]*\).*/\1/p' "$work/demo.log")
for _ in $(seq 50); do [ -s "$work/tokens/tampered.jwt" ] && break; sleep 0.1; done

rm -f "$file"
GATEHOUSE_DEMO_BACKEND=$address GATEHOUSE_DEMO_LISTEN=127.0.0.1:0 \
    "$gatehouse" serve --record "$file" --log-format json >"$work/gate.log" 2>"$work/gate.err" &
gate=$!
for _ in $(seq 100); do grep -qs 'gateway  ' "$work/gate.err" && break; sleep 0.1; done
url=$(sed -n 's/.*gateway  *\(http[^ ]*\).*/\1/p' "$work/gate.err" | head -1)

ask() { # METHOD PATH TOKEN [curl options]
    local method=$1 path=$2 token=$3
    shift 3
    curl -s -o /dev/null -A "example/1" -X "$method" ${token:+-H "Authorization: Bearer $(cat "$work/tokens/$token.jwt")"} \
        "$@" "$url$path"
}
ask GET /health ""
ask GET /ships captain
ask GET /ships/42 cadet
ask GET /me captain
ask POST /ships captain -H 'Content-Type: application/json' -d '{"name":"Delta Flyer"}'
ask DELETE /ships/42 cadet
ask GET /ships expired
ask GET /ships tampered
ask GET /ship captain

kill -TERM "$gate"
wait "$gate"
gate=""
# The port was chosen by the system and would differ each time.
sed -i "s#${url#http://}#127.0.0.1:8080#g" "$file"
wc -l "$file"
