#!/usr/bin/env python3
"""Asks `gatehouse replay --to` for a pace and measures, at the target, which one it got.

  scripts/replay-pace.py [--gateway BIN] [--seconds 20] [--limit PERCENT]

A recording is made up: requests at random moments (fixed seed) with a few long pauses. A target of this script notes when
each request arrives and answers after a while, in one run slowly. For 1x, 4x, with --max-gap, and 50/s the figures are:
what was asked, what the replay says it achieved, what the target saw, and how late single requests were. Exit status 1
when one of the paces is off by more than --limit percent (5). Python 3.9+, no packages. Loopback only.
"""
import argparse, http.server, json, os, random, socketserver, subprocess, sys, tempfile, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Target(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def __init__(self):
        self.arrivals, self.delay, self.lock = [], 0.0, threading.Lock()
        super().__init__(("127.0.0.1", 0), Handler)

    def reset(self, delay):
        with self.lock:
            self.arrivals, self.delay = [], delay


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        now = time.monotonic()
        with self.server.lock:
            self.server.arrivals.append((now, int(self.path.rsplit("/", 1)[1])))
        if self.server.delay:
            time.sleep(self.server.delay)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


def recording(path, seconds, rate):
    """Random moments with two pauses of a tenth of the time each; returns them, in seconds from the first."""
    chance = random.Random(7)
    moments, at = [], 0.0
    while at < seconds:
        moments.append(at)
        at += chance.expovariate(rate)
        if len(moments) in (int(seconds * rate / 3), int(seconds * rate / 2)):
            at += seconds / 10
    with open(path, "w") as f:
        f.write('{"_gatehouse":{"format":"gatehouse-recording","v":1}}\n')
        for number, moment in enumerate(moments):
            clock = f"2026-11-21T12:{int(moment // 60):02d}:{int(moment % 60):02d}.{int(moment % 1 * 1e6):06d}Z"
            f.write(json.dumps({
                "startedDateTime": clock, "time": 1.0,
                "request": {"method": "GET", "url": f"http://recorded/n/{number}", "headers": []},
                "response": {"status": 200, "headers": [], "content": {"size": 2, "text": "ok"}},
                "_gatehouse": {"v": 1, "id": str(number), "routeKey": "GET /n/{n}", "clock": clock,
                               "decision": "allow", "principalId": f"u-{number % 20}"}}) + "\n")
    return moments


def planned(moments, speed=None, gap=None, rate=None):
    if rate:
        return [number / rate for number in range(len(moments))]
    out, at = [], 0.0
    for previous, moment in zip([moments[0]] + moments, moments):
        pause = (moment - previous) / speed
        at += min(pause, gap) if gap else pause
        out.append(at)
    return out


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--gateway", default=os.path.join(ROOT, ".build/release/gatehouse"))
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--rate", type=float, default=40, help="requests a second in the recording, on average")
    options.add_argument("--limit", type=float, default=5)
    options = options.parse_args()
    options.gateway = os.path.abspath(options.gateway)
    target = Target()
    threading.Thread(target=target.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{target.server_address[1]}"
    print(f"{'asked':34} {'says':>9} {'seen':>9} {'off by':>7}   late at the target: p50, p95, max")
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "made-up.gtr.jsonl")
        moments = recording(path, options.seconds, options.rate)
        cases = [
            ("1x", ["--speed", "1x"], dict(speed=1), 0.005),
            ("4x", ["--speed", "4x"], dict(speed=4), 0.005),
            ("4x, pauses of 100 ms at most", ["--speed", "4x", "--max-gap", "100ms"], dict(speed=4, gap=0.1), 0.005),
            ("50/s", ["--rate", "50/s"], dict(rate=50), 0.005),
            ("50/s, answers after 300 ms", ["--rate", "50/s"], dict(rate=50), 0.3),
            ("4x, in the order of principals", ["--speed", "4x", "--order", "principal"], dict(speed=4), 0.005),
        ]
        for name, flags, plan, delay in cases:
            target.reset(delay)
            run = subprocess.run(
                [options.gateway, "replay", path, "--to", url, "--json", "--concurrency", "64"] + flags,
                capture_output=True, text=True, cwd=folder, stdin=subprocess.DEVNULL)
            if run.returncode:
                sys.exit(f"{name}: status {run.returncode}\n{run.stderr}{run.stdout}")
            pace = json.loads(run.stdout)["pace"]
            due = planned(moments, **plan)
            arrivals = sorted(target.arrivals)
            if len(arrivals) != len(moments):
                sys.exit(f"{name}: {len(arrivals)} of {len(moments)} requests arrived")
            first = arrivals[0][0] - due[arrivals[0][1]]
            late = [max(0.0, at - first - due[number]) * 1000 for at, number in arrivals]
            ratio = (due[-1] - due[0]) / (arrivals[-1][0] - arrivals[0][0])
            unit = "/s" if "rate" in plan else "x"
            seen = ratio * plan.get("rate", plan.get("speed"))
            off = (ratio - 1) * 100
            failed |= abs(off) > options.limit or abs((pace["ratio"] - 1) * 100) > options.limit
            print(f"{name:34} {pace['achieved']:>9} {seen:>7.2f}{unit:2} {off:>+6.2f}%   "
                  f"{percentile(late, 0.5):.1f} ms, {percentile(late, 0.95):.1f} ms, {max(late):.1f} ms")
    print(f"{len(moments)} requests each")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
