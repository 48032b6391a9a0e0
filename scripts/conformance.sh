#!/usr/bin/env bash
# conformance.sh [--floor FILE] [--gateway COMMAND] [RUNNER ...]
# Runs the conformance suites that lie beside the project. With --floor, a suite that passes fewer cases than its line
# in FILE (`name figure`) fails the run. A suite whose command does not exist yet is skipped, visibly; with a floor
# above zero that is a failure too.
set -euo pipefail
cd "$(dirname "$0")/.."

suites=${CONFORMANCE:-../shared/conformance}
floor=""
gatehouse=${GATEHOUSE:-}
chosen=()
while [ $# -gt 0 ]; do
    case $1 in
    --floor) floor=$2; shift 2 ;;
    --gateway) gatehouse=$2; shift 2 ;;
    *) chosen+=("$1"); shift ;;
    esac
done
[ ${#chosen[@]} -gt 0 ] || chosen=(jwt policy gateway http)
if [ ! -d "$suites" ]; then
    echo "conformance: $suites does not exist here: skipped"
    exit 0
fi
[ -n "$gatehouse" ] || gatehouse=$(scripts/release.sh | tail -1)
logs=$(mktemp -d)
server=""
finish() {
    stop
    rm -rf "$logs"
}
stop() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
        server=""
    fi
}
trap finish EXIT

# has WORD ...: whether the program knows this command.
has() { [ -x "$gatehouse" ] && "$gatehouse" "$@" --help >/dev/null 2>&1; }

# Each suite by its name: `command` is what it needs, `run` starts it.
needs() {
    case $1 in
    jwt) has token verify ;;
    policy) has policy evaluate ;;
    gateway | http) has serve ;;
    *) echo "conformance: no suite is called $1" >&2; exit 2 ;;
    esac
}
run() {
    case $1 in
    jwt) python3 "$suites/jwt/run_jwt_cases.py" --gateway "$gatehouse" ;;
    policy) python3 "$suites/gateway/run_policy_cases.py" --gateway "$gatehouse" ;;
    gateway) python3 "$suites/gateway/run_gateway_cases.py" --gateway "$gatehouse" ;;
    http) run_http ;;
    esac
}
run_http() {
    "$gatehouse" serve --config "$suites/http/gateway.json" >"$logs/serve.log" 2>&1 &
    server=$!
    local tries=0
    until (exec 3<>/dev/tcp/127.0.0.1/18080) 2>/dev/null; do
        tries=$((tries + 1))
        if [ $tries -ge 100 ] || ! kill -0 "$server" 2>/dev/null; then
            echo "the gateway does not listen on 127.0.0.1:18080"
            tail -5 "$logs/serve.log"
            return 1
        fi
        sleep 0.1
    done
    python3 "$suites/http/run_http_cases.py" --gateway 127.0.0.1:18080 --upstream-port 19000 \
        "$suites/http/http_cases_public.jsonl"
}

failed=0
summary=""
for name in "${chosen[@]}"; do
    least=0
    if [ -n "$floor" ]; then
        least=$(awk -v name="$name" '$1 == name { print $2 }' "$floor")
        least=${least:-0}
    fi
    if ! needs "$name"; then
        line="$name: skipped, gatehouse does not have its command yet (floor $least)"
        [ "$least" -eq 0 ] || failed=1
    else
        # A runner's status is 1 while any case fails; the figure decides here.
        run "$name" >"$logs/$name.log" 2>&1 || true
        stop
        result=$(grep -aE '^[0-9]+ passed, [0-9]+ failed' "$logs/$name.log" | tail -1 || true)
        passed=${result%% *}
        if [ -z "$result" ]; then
            # As good as nothing passed.
            line="$name: no result (floor $least)"
            [ "$least" -eq 0 ] || failed=1
        elif [ "$passed" -lt "$least" ]; then
            line="$name: $result, below the floor of $least"
            failed=1
        else
            line="$name: $result (floor $least)"
        fi
        if [ -z "$floor" ] || [ -z "$result" ] || [ "${passed:-0}" -lt "$least" ]; then tail -40 "$logs/$name.log"; fi
    fi
    echo "conformance: $line"
    summary="$summary$line"$'\n'
done
echo "== conformance"
printf '%s' "$summary"
exit "$failed"
