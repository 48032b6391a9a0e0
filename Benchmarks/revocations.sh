#!/usr/bin/env bash
# What a long list of revoked tokens costs over the wire.
exec "$(dirname "$0")/revocations.py" "$@"
