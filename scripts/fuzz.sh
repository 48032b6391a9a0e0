#!/usr/bin/env bash
# fuzz.sh [TARGET] [SECONDS] [LIBFUZZER OPTION ...]: builds the fuzz targets with libFuzzer and the address sanitizer
# and runs one of them, or all in turn, each for SECONDS. A finding is kept in Fuzzing/FailCases/TARGET, where the tests
# of FuzzTests run it for ever. Prints one line for each target: executions, time, findings.
set -euo pipefail
cd "$(dirname "$0")/.."

name=${1:-}
seconds=${2:-60}
shift $(($# < 2 ? $# : 2))
corpus=${GATEHOUSE_SHARED:-../shared}/conformance
export GATEHOUSE_FUZZING=1
build=(swift build -c release -j "${SWIFT_JOBS:-2}" --product fuzz --scratch-path .build-fuzz
    -Xswiftc -sanitize=fuzzer,address -Xswiftc -parse-as-library -Xswiftc -use-ld=lld)
"${build[@]}" >&2
binary=$("${build[@]}" --show-bin-path)/fuzz
if [ -n "$name" ]; then names=$name; else names="token jwk pem json revocations request response chunks path policy har accesslog curl event recording"; fi

status=0
for target in $names; do
    work=.build-fuzz/corpus/$target
    mkdir -p "$work" "Fuzzing/FailCases/$target"
    # The shared corpus is read where it lies; nothing of it is copied into the repository.
    seeds=("Fuzzing/Seeds/$target" "Fuzzing/FailCases/$target")
    case $target in
    recording) seeds+=(fixtures/recordings) ;;
    event) seeds+=(fixtures/events) ;;
    token) scripts/fuzz-corpus.py "$corpus/jwt/corpus-public.jsonl" token .build-fuzz/shared/token && seeds+=(.build-fuzz/shared/token) ;;
    jwk) [ -d "$corpus/jwt/keys-public" ] && seeds+=("$corpus/jwt/keys-public") ;;
    pem) [ -d "$corpus/jwt/keys-public" ] && seeds+=("$corpus/jwt/keys-public") ;;
    policy) scripts/fuzz-corpus.py "$corpus/gateway/policy_cases_public.jsonl" policies .build-fuzz/shared/policy && seeds+=(.build-fuzz/shared/policy) ;;
    esac
    log=.build-fuzz/$target.log
    # Leaks are looked for after each input; at exit libcrypto has let go of what the targets still hold.
    if ! ASAN_OPTIONS=leak_check_at_exit=0 FUZZ_TARGET=$target "$binary" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=16384 \
        -print_final_stats=1 -artifact_prefix="Fuzzing/FailCases/$target/" "$@" "$work" "${seeds[@]}" 2>"$log"; then
        status=1
        tail -40 "$log" >&2
    fi
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
    took=$(sed -n 's/^Done .* in \([0-9]*\) second.*/\1/p' "$log" | tail -1)
    found=$(find "Fuzzing/FailCases/$target" -type f | wc -l)
    echo "$target: ${executions:-?} executions in ${took:-?} s, cases kept: $found"
    rmdir --ignore-fail-on-non-empty "Fuzzing/FailCases/$target" 2>/dev/null || true
done
exit "$status"
