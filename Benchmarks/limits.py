#!/usr/bin/env python3
"""Processor time of a request over the wire: without limits, with a rate, and with a plan's rate and quota that is
written down. In turn. Needs wrk."""
import sys
from gatebench import ROUNDS, Gateway, by_turns, configuration, need, path

KEY = "limit-benchmark-0123456789"
need("wrk", "limits")
base = configuration({"policy": [{"effect": "Allow", "resources": ["*"]}], "usageIdentifierKey": "$claims.plan_key"})


def with_route(**members):
    return base | {"routes": {"GET /x": base["routes"]["GET /x"] | members}}


throttle = {"rateLimit": 1_000_000, "burstLimit": 1_000_000_000}
plan = with_route(apiKeyRequired=True) | {
    "api": base["api"] | {"apiKeySource": "AUTHORIZER"}, "apiKeys": {"one": {"value": KEY}},
    "usagePlans": {"gold": {"apiKeys": ["one"], "throttle": throttle, "quota": {
        "limit": 1_000_000_000, "period": "MONTH"}}},
    "usage": {"file": path("usage")}}
gates = [
    Gateway("plain", base), Gateway("rate", with_route(throttlingRateLimit=1_000_000, throttlingBurstLimit=1_000_000_000)),
    Gateway("plan", plan)]
token = gates[0].sign("sub=u", f"plan_key={KEY}")
plain, rate, quota = by_turns([lambda gate=gate: gate.cost(token) for gate in gates])
change = 100 * (quota / plain - 1)
print(f"processor time of a request, median of {ROUNDS} rounds: {plain:.2f} us without limits, {rate:.2f} us with a rate "
    f"({100 * (rate / plain - 1):+.1f} %), {quota:.2f} us with key, plan and quota ({change:+.1f} %, less than 10 %)"
    f"{'' if change < 10 else '   MISSED'}")
for each in gates:
    each.stop()
sys.exit(0 if change < 10 else 1)
