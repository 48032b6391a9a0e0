#!/usr/bin/env python3
"""Processor time of a request that is allowed, and of one that is denied: with request lines for machines, with lines
that explain, and with debug headers as well; by turns in one run. Needs wrk."""
import json
from gatebench import ROUNDS, Gateway, by_turns, configuration, need

need("wrk", "explanations")
plain = configuration({"policy": [
    {"sid": "Read", "effect": "Allow", "resources": ["GET/x"]},
    {"sid": "NoCadets", "effect": "Deny", "resources": ["GET/x"], "when": {"rank": {"notIn": ["captain"]}}}]})
debug = json.loads(json.dumps(plain))
debug["stages"]["dev"]["debug"] = True
kinds = [
    ("lines for machines (json)", Gateway("json", plain, "--log-format", "json")),
    ("lines that explain (text)", Gateway("text", plain, "--log-format", "text")),
    ("and debug headers", Gateway("debug", debug, "--log-format", "text")),
]
signer = kinds[0][1]
for word, claims, refused in [("allowed", ["sub=u-200", "rank=captain"], False), ("denied", ["sub=u-100", "rank=cadet"], True)]:
    token = signer.sign(*claims)
    costs = by_turns([lambda each=each: each.cost(token, refused) for _, each in kinds])
    for (name, _), cost in zip(kinds, costs):
        print(f"{word:8} {name:28} {cost:6.2f} us   {100 * (cost / costs[0] - 1):+5.1f} %   (median of {ROUNDS} rounds)")
for _, each in kinds:
    each.stop()
