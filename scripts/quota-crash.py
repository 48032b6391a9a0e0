#!/usr/bin/env python3
"""Kills the gateway under load again and again: is less than a second of a quota's counts lost, and does the file of
counts always open? (stdlib only)

  quota-crash.py --gateway BIN [--kills 50] [--seed 1] [--cut-every 5]

After every few kills the file is cut at a random byte, too. At the end the quota must still refuse exactly what is beyond
it. Exit status 1 names the first breach.
"""
import argparse, http.client, json, os, random, signal, socket, subprocess, sys, tempfile, threading, time, zlib

KEY = "quota-crash-key-0123456789"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def counted(path):
    """What the file says: the last whole line counts."""
    used = 0
    with open(path, "rb") as file:
        lines = file.read().split(b"\n")
    for line in lines[1:-1]:
        if line[:8] == b"%08x" % zlib.crc32(line[9:]):
            used = int(line.split()[-1])
    return used


class Gate:
    def __init__(self, binary, folder, usage, limit):
        self.port = free_port()
        path = os.path.join(folder, "gateway.json")
        with open(path, "w") as file:
            json.dump({
                "version": 1, "api": {"type": "REST"},
                "server": {"listen": f"127.0.0.1:{self.port}", "workers": 2},
                "apiKeys": {"one": {"value": KEY}},
                "usagePlans": {"gold": {"apiKeys": ["one"], "quota": {"limit": limit, "period": "MONTH"}}},
                "usage": {"file": usage},
                "routes": {"GET /q": {"authorizationType": "NONE", "apiKeyRequired": True,
                                      "integration": {"type": "MOCK"}}}}, file)
        began = time.monotonic()
        self.process = subprocess.Popen(
            [binary, "serve", "--config", path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                if self.process.poll() is not None or time.monotonic() - began > 10:
                    raise SystemExit(f"does not start: {self.process.stderr.read().decode()}")
                time.sleep(0.01)
        self.startup = time.monotonic() - began

    def load(self, answers, sent, stop):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            while not stop.is_set():
                sent.append(1)
                connection.request("GET", "/q", headers={"X-API-Key": KEY})
                response = connection.getresponse()
                response.read()
                if response.status == 200:
                    answers.append(time.monotonic())
        except (OSError, http.client.HTTPException):
            pass


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cut-every", type=int, default=5)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as folder:
        usage = os.path.join(folder, "gate.usage")
        base, total, most_lost, slowest, cuts = 0, 0, 0.0, 0.0, 0
        for number in range(1, args.kills + 1):
            gate = Gate(args.gateway, folder, usage, 1_000_000_000)
            slowest = max(slowest, gate.startup)
            base = counted(usage)
            answers, sent, stop = [], [], threading.Event()
            threads = [threading.Thread(target=gate.load, args=(answers, sent, stop)) for _ in range(4)]
            for thread in threads:
                thread.start()
            time.sleep(rng.uniform(0.3, 2.2))
            killed = time.monotonic()
            gate.process.send_signal(signal.SIGKILL)
            gate.process.wait()
            stop.set()
            for thread in threads:
                thread.join()
            kept = counted(usage) - base
            # The oldest answer that is not in the file says how much time was lost.
            lost = killed - answers[kept] if kept < len(answers) else 0.0
            most_lost, total = max(most_lost, lost), total + len(answers)
            if lost > 1 or kept > len(sent):
                print(f"kill {number}: {len(answers)} answers, {kept} kept, {lost:.2f} s lost")
                sys.exit(1)
            if args.cut_every and number % args.cut_every == 0:
                size = os.path.getsize(usage)
                os.truncate(usage, rng.randrange(size))
                cuts += 1
        gate = Gate(args.gateway, folder, usage, counted(usage) + 10)
        gate.process.terminate()
        gate.process.wait(10)
        limit = counted(usage) + 10
        gate = Gate(args.gateway, folder, usage, limit)
        connection = http.client.HTTPConnection("127.0.0.1", gate.port, timeout=5)
        statuses = []
        for _ in range(15):
            connection.request("GET", "/q", headers={"X-API-Key": KEY})
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
        connection.close()
        gate.process.terminate()
        gate.process.wait(10)
        print(f"{args.kills} kills, {total} answers under load, at most {most_lost:.2f} s of counts lost; "
              f"{cuts} files cut at random; every start opened the file, the slowest in {slowest:.2f} s")
        print(f"ten left of the quota: {statuses}; on the file: {counted(usage)} of {limit}")
        sys.exit(0 if statuses == [200] * 10 + [429] * 5 and counted(usage) == limit else 1)


main()
