#!/usr/bin/env python3
"""Processor time of a request over the wire, without and with a list of 100,000 revoked tokens, in turn.

Two gateways with a guarded MOCK route, which costs least beside the check; wrk asks them by turns. The figure is user
and system time of the gateway's process by request; the medians of the rounds are compared. Needs wrk.
"""
import json, os, shutil, socket, statistics, subprocess, sys, tempfile, time

BINARY = os.environ.get("GATEHOUSE", ".build/release/gatehouse")
ENTRIES, ROUNDS, SECONDS = 100_000, int(os.environ.get("ROUNDS", "8")), 2
if not shutil.which("wrk"):
    print("revocations: wrk is not here: skipped")
    sys.exit(0)
folder = tempfile.TemporaryDirectory()


def path(name):
    return os.path.join(folder.name, name)


class Gateway:
    def __init__(self, name, lines):
        with open(path(name + ".jsonl"), "w") as f:
            f.writelines(lines)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        config = {
            "version": 1, "api": {"type": "REST", "defaultStage": "dev"}, "stages": {"dev": {}},
            "server": {"listen": f"127.0.0.1:{self.port}", "limits": {"requestsPerConnection": 10_000_000}},
            "revocations": {"file": path(name + ".jsonl")},
            "keys": {"hs": {"type": "secret", "alg": "HS256", "secret": "0123456789abcdef0123456789abcdef"}},
            "authorizers": {"a": {"type": "TOKEN", "identitySource": "method.request.header.Authorization",
                "jwt": {"keys": ["hs"], "issuer": None, "audience": None},
                "policy": [{"effect": "Allow", "resources": ["*"]}]}},
            "integrations": {"m": {"type": "MOCK", "response": {"statusCode": 200, "body": "ok"}}},
            "routes": {"GET /x": {"authorizer": "a", "integration": "m"}},
        }
        self.config = path(name + ".json")
        with open(self.config, "w") as f:
            json.dump(config, f)
        self.process = subprocess.Popen([BINARY, "serve", "--config", self.config], stdout=open(path(name + ".log"), "w"),
            stderr=subprocess.DEVNULL)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)

    def ticks(self):
        with open(f"/proc/{self.process.pid}/stat") as f:
            fields = f.read().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def cost(self, token):
        """Microseconds of one request."""
        before = self.ticks()
        out = subprocess.run(["wrk", "-t1", "-c16", f"-d{SECONDS}s", "-H", f"Authorization: Bearer {token}",
            f"http://127.0.0.1:{self.port}/x"], capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in out:
            sys.exit("revocations: a request was refused")
        count = int(next(l for l in out.splitlines() if " requests in " in l).split()[0])
        return (self.ticks() - before) * 1e6 / os.sysconf("SC_CLK_TCK") / count


plain = Gateway("plain", [])
listed = Gateway("listed", [json.dumps({"jti": f"6f1c2a9e-31d0-4a7e-9a64-{i:012x}"}) + "\n" for i in range(ENTRIES)])
token = subprocess.run([BINARY, "token", "sign", "--config", plain.config, "--authorizer", "a", "--claim", "sub=u", "--claim",
    "jti=6f1c2a9e-31d0-4a7e-9a64-ffffffffffff", "--exp", "+1h"], capture_output=True, text=True, check=True).stdout.strip()
plain.cost(token), listed.cost(token)
costs = ([], [])
for _ in range(ROUNDS):
    costs[0].append(plain.cost(token))
    costs[1].append(listed.cost(token))
without, with_list = (statistics.median(each) for each in costs)
change = 100 * (with_list / without - 1)
print(f"processor time of a request, median of {ROUNDS} rounds: {without:.2f} us without, {with_list:.2f} us with {ENTRIES} "
    f"revoked tokens: {change:+.1f} % (less than 5 %){'' if change < 5 else '   MISSED'}")
for gateway in (plain, listed):
    gateway.process.terminate()
    gateway.process.wait(20)
sys.exit(0 if change < 5 else 1)
