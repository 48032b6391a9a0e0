#!/usr/bin/env bash
# What it costs that every decision carries its reason.
exec "$(dirname "$0")/explanations.py" "$@"
