#!/usr/bin/env bash
# What recording costs, at full load and at fixed rates, and what a killed recorder loses.
exec "$(dirname "$0")/recording.py" "$@"
