#!/usr/bin/env bash
# Installs the command, its manual pages and its completions below a prefix; DESTDIR goes before it, for packages.
set -euo pipefail
cd "$(dirname "$0")/.."

root="${DESTDIR:-}${1:-/usr/local}"
binary=$(scripts/release.sh | tail -1)
pages=$(scripts/man.sh | tail -1)
install -D -m 755 "$binary" "$root/bin/gatehouse"
for page in "$pages"/*.1; do install -D -m 644 "$page" "$root/share/man/man1/$(basename "$page")"; done
completion() {
    mkdir -p "$(dirname "$root/$2")"
    "$binary" --generate-completion-script "$1" >"$root/$2"
}
completion bash share/bash-completion/completions/gatehouse
completion zsh share/zsh/site-functions/_gatehouse
completion fish share/fish/vendor_completions.d/gatehouse.fish
echo "installed in $root: bin/gatehouse, $(ls "$pages" | wc -l) manual pages, completions for bash, zsh and fish"
