#!/usr/bin/env bash
# Installs the headers that the build needs, and only when some are missing.
set -euo pipefail

packages=(pkg-config libcurl4-openssl-dev libssl-dev libnghttp2-dev libpcre2-dev)

missing() {
    command -v pkg-config >/dev/null || echo pkg-config
    local pair
    for pair in libcurl:libcurl4-openssl-dev libssl:libssl-dev libnghttp2:libnghttp2-dev libpcre2-8:libpcre2-dev; do
        pkg-config --exists "${pair%%:*}" 2>/dev/null || echo "${pair##*:}"
    done
}

if ! command -v swift >/dev/null; then
    echo "deps: no swift command; install a Swift 6.2 toolchain or newer from https://www.swift.org/install" >&2
    exit 1
fi
absent=$(missing)
if [ -z "$absent" ]; then exit 0; fi
echo "deps: missing: $(tr '\n' ' ' <<<"$absent")"

# give_up REASON: without nghttp2 and pcre2 the build only leaves features out, without the others it cannot start.
give_up() {
    echo "deps: $1; install them by hand (Debian and Ubuntu: apt-get install ${packages[*]})" >&2
    if grep -qvE '^(libnghttp2-dev|libpcre2-dev)$' <<<"$absent"; then exit 1; fi
    echo "deps: going on without HTTP/2 or identityValidationExpression" >&2
    exit 0
}

command -v apt-get >/dev/null || give_up "there is no apt-get here"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || give_up "neither root nor sudo"
    as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
# An old package list often suffices, and works without a network.
if ! "${as_root[@]}" apt-get install -y --no-install-recommends "${packages[@]}"; then
    if ! { "${as_root[@]}" apt-get update && "${as_root[@]}" apt-get install -y --no-install-recommends "${packages[@]}"; }; then
        give_up "apt-get could not install them"
    fi
fi
