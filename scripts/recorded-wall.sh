#!/usr/bin/env bash
# recorded-wall.sh: what a recording says of a caller cannot be given to the gate that serves. Type-checks snippets
# against the built modules: one that uses both sides as they are meant must compile, and each that hands something
# recorded to the gate must be refused with the error that names both types. Run `swift build` before it.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=$(swift build --show-bin-path)
# The name under which the modules share what is `package`: it follows from the folder's.
package=$(tr ']' '\n' <.build/debug.yaml | grep '"-module-name","Gateway"' | grep -o '"-package-name","[^"]*"' |
    head -1 | cut -d'"' -f4)
flags=(-typecheck -parse-as-library -swift-version 6 -package-name "$package" -I "$bin/Modules" -suppress-warnings)
for map in Sources/*/module.modulemap "$bin"/C*.build/module.modulemap .build/checkouts/Yams/Sources/CYaml/include/module.modulemap; do
    [ -f "$map" ] && flags+=(-Xcc "-fmodule-map-file=$map")
done
for folder in Sources/C*/include; do flags+=(-Xcc -I -Xcc "$folder"); done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

opening='
import Authorizers
import Gateway
import Policies
import Tokens
'
check() { # NAME EXPECTED-ERROR CODE
    printf '%s%s\n' "$opening" "$3" >"$work/snippet.swift"
    local said=0
    swiftc "${flags[@]}" "$work/snippet.swift" >"$work/said" 2>&1 || said=$?
    if [ -z "$2" ]; then
        [ "$said" = 0 ] && return
        echo "recorded-wall: $1 does not compile:" >&2
    elif [ "$said" != 0 ] && grep -qE "error: .*$2" "$work/said" && [ "$(grep -c '^[^ ]*: error:' "$work/said")" = 1 ]; then
        return
    else
        echo "recorded-wall: $1: expected only the error \"$2\":" >&2
    fi
    cat "$work/said" >&2
    exit 1
}

check "the control" "" '
func offline(_ authorizer: DeclarativeAuthorizer, _ identity: RecordedIdentity, _ arn: MethodARN, _ now: WallTime) {
    _ = authorizer.decide(identity, resource: arn, at: now, revocations: RevocationList())
}
func serve(_ exchange: inout Exchange, _ identity: AuthorizedIdentity, _ decision: PolicyDecision) {
    exchange.authorization = AuthorizerOutcome(verdict: .allowed(identity, decision), cache: .off)
}'
check "a recorded identity as the caller" \
    "cannot convert value of type 'RecordedIdentity' to expected argument type 'AuthorizedIdentity'" '
func serve(_ exchange: inout Exchange, _ identity: RecordedIdentity, _ decision: PolicyDecision) {
    exchange.authorization = AuthorizerOutcome(verdict: .allowed(identity, decision), cache: .off)
}'
check "a recorded verdict as the outcome" \
    "cannot convert value of type 'RecordedVerdict' to expected argument type 'AuthorizerVerdict'" '
func serve(_ exchange: inout Exchange, _ verdict: RecordedVerdict) {
    exchange.authorization = AuthorizerOutcome(verdict: verdict, cache: .off)
}'
check "a recorded token as a verified one" \
    "cannot convert value of type 'RecordedToken' to expected argument type 'VerifiedToken'" '
func identity(_ recorded: RecordedIdentity, _ context: AuthorizerContext, _ policy: PolicyDocument) -> AuthorizedIdentity {
    AuthorizedIdentity(token: recorded.token, principalID: [], context: context, policy: policy)
}'
check "a recorded token by a cast" "cannot convert value of type 'RecordedToken' to type 'VerifiedToken' in coercion" '
func token(_ recorded: RecordedIdentity) -> VerifiedToken { recorded.token as VerifiedToken }'
check "a verified token made by hand" "'VerifiedToken' initializer is inaccessible due to 'fileprivate' protection level" '
func any<Value>() -> Value { fatalError() }
func token() -> VerifiedToken { VerifiedToken(any(), any(), key: any(), generation: 0, rules: any()) }'
echo "recorded-wall: the control compiles, five ways through the wall do not"
