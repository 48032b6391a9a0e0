#!/usr/bin/env bash
# How often the authorizer's function is called for many identities under load.
exec "$(dirname "$0")/authorizercache.py" "$@"
