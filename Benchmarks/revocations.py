#!/usr/bin/env python3
"""Processor time of a request over the wire, without and with a list of 100,000 revoked tokens, in turn. Needs wrk."""
import json, sys
from gatebench import ROUNDS, Gateway, by_turns, configuration, need, path

ENTRIES = 100_000
need("wrk", "revocations")


def gateway(name, entries):
    with open(path(name + ".jsonl"), "w") as f:
        f.writelines(json.dumps({"jti": f"6f1c2a9e-31d0-4a7e-9a64-{i:012x}"}) + "\n" for i in range(entries))
    config = configuration({"policy": [{"effect": "Allow", "resources": ["*"]}]})
    return Gateway(name, config | {"revocations": {"file": path(name + ".jsonl")}})


plain, listed = gateway("plain", 0), gateway("listed", ENTRIES)
token = plain.sign("sub=u", "jti=6f1c2a9e-31d0-4a7e-9a64-ffffffffffff")
without, with_list = by_turns([lambda: plain.cost(token), lambda: listed.cost(token)])
change = 100 * (with_list / without - 1)
print(f"processor time of a request, median of {ROUNDS} rounds: {without:.2f} us without, {with_list:.2f} us with {ENTRIES} "
    f"revoked tokens: {change:+.1f} % (less than 5 %){'' if change < 5 else '   MISSED'}")
for each in (plain, listed):
    each.stop()
sys.exit(0 if change < 5 else 1)
