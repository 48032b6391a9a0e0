#!/usr/bin/env python3
"""The raw HTTP/1.1 cases that lie beside the project, again and again on both lanes.

  scripts/http-lanes.py [--gateway .build/release/gatehouse] [--rounds 20] [--beside 1] [--lanes fast,classic]
                        [--suite ../shared/conformance/http]

Each round starts the gateway anew with the configuration of the cases, in which every HTTP_PROXY integration takes the
lane, and runs all cases at both levels. Gateway and recording backend get ports that are free. A round mostly waits:
--beside runs so many at once. The status is 1 when a case failed in any round.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RESULT = re.compile(r"^(\d+) passed, (\d+) failed", re.M)


def plain(text):
    """JSON without its comments."""
    string_or_comment = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.S)
    return string_or_comment.sub(lambda match: match[0] if match[0][0] == '"' else " ", text)


def free_ports():
    """Two ports that are free now."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def configure(suite, lane, folder, gateway, backend):
    """Writes the suite's configuration with this lane and these ports, and gives its path."""
    with open(os.path.join(suite, "gateway.json")) as f:
        document = json.loads(plain(f.read()))
    document["server"]["listen"] = f"127.0.0.1:{gateway}"
    for upstream in document["upstreams"].values():
        upstream["targets"] = [{"url": f"http://127.0.0.1:{backend}"}]
    for integration in document["integrations"].values():
        if integration["type"] == "HTTP_PROXY":
            integration["lane"] = lane
    path = os.path.join(folder, "gateway.json")
    with open(path, "w") as f:
        json.dump(document, f)
    return path


def wait_for(gateway, port, log):
    for _ in range(400):
        if gateway.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    with open(log, errors="replace") as f:
        raise RuntimeError(f"the gateway does not listen on 127.0.0.1:{port}\n{f.read()[-2000:]}")


def run_round(arguments, lane):
    """The figures of one run of the cases: passed, failed, and the lines of what failed."""
    with tempfile.TemporaryDirectory() as folder:
        port, backend = free_ports()
        config = configure(arguments.suite, lane, folder, port, backend)
        log = os.path.join(folder, "gateway.log")
        with open(log, "w") as f:
            gateway = subprocess.Popen([arguments.gateway, "serve", "--config", config], stdout=f, stderr=f)
        try:
            wait_for(gateway, port, log)
            runner = [
                sys.executable, os.path.join(arguments.suite, "run_http_cases.py"), "--gateway", f"127.0.0.1:{port}",
                "--upstream-port", str(backend), "--level", "all",
                os.path.join(arguments.suite, "http_cases_public.jsonl")]
            output = subprocess.run(runner, capture_output=True, text=True, timeout=900)
            died = gateway.poll()
        finally:
            gateway.terminate()
            gateway.wait()
    found = RESULT.findall(output.stdout)
    if not found:
        raise RuntimeError(f"the cases gave no result\n{output.stdout[-2000:]}{output.stderr[-2000:]}")
    if died is not None:
        raise RuntimeError(f"the gateway ended with status {died} during the cases")
    failures = [line.strip() for line in output.stdout.splitlines() if line.startswith("FAIL")]
    return int(found[-1][0]), int(found[-1][1]), failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateway", default=os.path.join(ROOT, ".build/release/gatehouse"))
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--beside", type=int, default=1)
    parser.add_argument("--lanes", default="fast,classic")
    parser.add_argument("--suite", default=os.path.join(ROOT, "../shared/conformance/http"))
    arguments = parser.parse_args()
    if not os.path.isdir(arguments.suite):
        print(f"http-lanes: {arguments.suite} does not exist here: skipped")
        return 0
    bad = arguments.rounds < 1
    for lane in arguments.lanes.split(","):
        rounds, failures, began = collections.Counter(), collections.Counter(), time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(arguments.beside) as pool:
            try:
                for passed, failed, lines in pool.map(
                        lambda _: run_round(arguments, lane), range(arguments.rounds)):
                    rounds[passed, failed] += 1
                    failures.update(lines)
            except RuntimeError as error:
                pool.shutdown(cancel_futures=True)
                sys.exit(f"http-lanes: {lane}: {error}")
        for (passed, failed), count in sorted(rounds.items()):
            print(f"{lane}: {count} rounds with {passed} passed, {failed} failed", flush=True)
            bad = bad or failed > 0
        for line, count in failures.most_common():
            print(f"{lane}: in {count} rounds: {line}", flush=True)
        print(f"{lane}: {time.monotonic() - began:.0f} s, {arguments.beside} rounds at once", flush=True)
    return bad


sys.exit(main())
