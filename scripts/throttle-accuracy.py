#!/usr/bin/env python3
"""How exactly a route's rate is kept: offers more than it admits and compares with the token bucket (stdlib only).

  throttle-accuracy.py --gateway BIN [--rate 50] [--burst 100] [--offered 500] [--seconds 10] [--workers 1,2]

Exit status 1 when the admitted requests differ from burst + rate x time by more than --tolerance percent (3).
"""
import argparse, http.client, json, os, socket, subprocess, sys, tempfile, threading, time


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def start(binary, folder, workers, args):
    port = free_port()
    config = {
        "version": 1, "api": {"type": "REST"}, "server": {"listen": f"127.0.0.1:{port}", "workers": workers},
        "routes": {"GET /t": {
            "authorizationType": "NONE", "throttlingRateLimit": args.rate, "throttlingBurstLimit": args.burst,
            "integration": {"type": "MOCK"}}}}
    path = os.path.join(folder, "gateway.json")
    with open(path, "w") as file:
        json.dump(config, file)
    process = subprocess.Popen([binary, "serve", "--config", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process, port
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the gateway does not accept connections")


def offer(port, number, count, pace, begin, results):
    """One connection: a request at each of its moments, however long the others take."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.connect()
    for index in range(count):
        due = begin + (number + index * pace["connections"]) / pace["offered"]
        delay = due - time.monotonic()
        if delay > 0:
            time.sleep(delay)
        connection.request("GET", "/t")
        sent = time.monotonic()
        response = connection.getresponse()
        response.read()
        results.append((sent, response.status))
    connection.close()


def run(binary, workers, args):
    with tempfile.TemporaryDirectory() as folder:
        process, port = start(binary, folder, workers, args)
        try:
            pace = {"connections": 20, "offered": args.offered}
            results, begin = [], time.monotonic() + 0.3
            count = int(args.offered * args.seconds / pace["connections"])
            threads = [
                threading.Thread(target=offer, args=(port, number, count, pace, begin, results))
                for number in range(pace["connections"])]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            process.terminate()
            process.wait(10)
    moments = [moment for moment, _ in results]
    seconds = max(moments) - min(moments)
    admitted = sum(status == 200 for _, status in results)
    refused = sum(status == 429 for _, status in results)
    expected = min(len(results), args.burst + args.rate * seconds)
    error = 100 * (admitted - expected) / expected
    print(f"workers {workers}: offered {len(results)} in {seconds:.2f} s, admitted {admitted}, refused {refused}, "
          f"the bucket's answer {expected:.1f}, {error:+.2f} %")
    return admitted + refused == len(results) and abs(error) <= args.tolerance


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--burst", type=int, default=100)
    parser.add_argument("--offered", type=float, default=500)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--workers", default="1,2")
    parser.add_argument("--tolerance", type=float, default=3)
    args = parser.parse_args()
    good = [run(args.gateway, int(workers), args) for workers in args.workers.split(",")]
    sys.exit(0 if all(good) else 1)


main()
