#!/usr/bin/env python3
"""fuzz-corpus.py FILE KIND OUT: writes each token, or each policy, of a shared corpus into a file of its own.
Exit status 1 when the corpus is not there."""
import json, os, sys

source, kind, out = sys.argv[1:]
if not os.path.exists(source):
    sys.exit(1)
os.makedirs(out, exist_ok=True)
with open(source, encoding="utf-8") as lines:
    for number, line in enumerate(lines):
        row = json.loads(line)
        if kind == "token":
            items = [row.get("token", "")]
        else:
            resource = row.get("request", {}).get("resource", "")
            items = [json.dumps(p) + "\n" + resource for p in row.get("policies", [])]
        for position, item in enumerate(items):
            data = item.encode("utf-8", "surrogatepass")
            if len(data) <= 16384:
                with open(f"{out}/{number}-{position}", "wb") as f:
                    f.write(data)
