#!/usr/bin/env bash
# Asks the shells themselves what they would offer: bash in this process, zsh and fish for their syntax where they are
# installed.
set -euo pipefail
cd "$(dirname "$0")/.."

binary=$(realpath "${1:-.build/debug/gatehouse}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ln -s "$binary" "$folder/gatehouse"
PATH="$folder:$PATH"
for shell in bash zsh fish; do
    gatehouse --generate-completion-script "$shell" >"$folder/gatehouse.$shell"
    if command -v "$shell" >/dev/null; then
        "$shell" -n "$folder/gatehouse.$shell"
    else
        echo "completions: $shell is not here: skipped"
    fi
done

# shellcheck disable=SC1091
source "$folder/gatehouse.bash"
# As in the shell of somebody who types.
set +eu
passed=0 failed=0
# expect "WHAT IS TYPED" WORD...: what bash offers, in any order, holds each word.
expect() {
    local line=$1 word
    shift
    read -ra COMP_WORDS <<<"$line"
    [[ $line == *" " ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$line COMP_POINT=${#line} COMPREPLY=()
    # As bash calls it: the command, the word that is being typed, the one before.
    _gatehouse gatehouse "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>/dev/null
    for word in "$@"; do
        if printf '%s\n' "${COMPREPLY[@]}" | grep -qxF -- "$word"; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "completions: \"$line\" does not offer \"$word\": ${COMPREPLY[*]}"
        fi
    done
}
expect "gatehouse " serve validate authorize token
expect "gatehouse serve --" --config --stage
expect "gatehouse serve --config gateway.json --stage " dev
expect "gatehouse routes match " GET DELETE
expect "gatehouse routes match GET /" "/ships/{shipId}"
expect "gatehouse token sign --authorizer " session
expect "gatehouse authorize DELETE /sh" "/ships/{shipId}"
expect "gatehouse serve --config /nowhere.json --log-format " text json
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
