#!/usr/bin/env python3
"""Time and peak memory of `gatehouse validate` on a generated configuration, beside `haproxy -c` with as many rules.

  scripts/validate-bench.py [--routes 5000] [--runs 9] [--limit SECONDS] [--keep FILE]
  GATEHOUSE=PATH    the binary: .build/release/gatehouse when absent (a debug build says nothing about time)

With --limit it ends with 1 when the median is above it. haproxy is left out, with a word, when it is not installed.
"""
import argparse, json, os, shutil, statistics, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def gateway(count):
    """Routes of several depths with parameters, a handful of authorizers, and a policy that names some of them."""
    routes = {}
    for number in range(count):
        verb = ("GET", "POST", "PUT", "DELETE", "ANY")[number % 5]
        path = f"/service-{number // 50}/items-{number}"
        if number % 3 == 0:
            path += "/{id}"
        if number % 7 == 0:
            path += "/log"
        routes[f"{verb} {path}"] = {"integration": f"backend-{number % 20}"}
        if number % 10 == 0:
            routes[f"{verb} {path}"]["authorizer"] = f"session-{number % 5}"
    policy = [{"effect": "Allow", "resources": ["*"]}] + [
        {"sid": f"S{n}", "effect": "Deny", "resources": [f"DELETE/service-{n}/*"], "when": {"rank": {"in": ["cadet"]}}}
        for n in range(min(60, count // 50))]
    authorizer = {
        "type": "REQUEST", "identitySource": ["$request.header.Authorization"], "policy": policy,
        "jwt": {"keys": ["key"], "issuer": "https://login.example", "audience": ["api"]}}
    return {
        "version": 1, "api": {"type": "HTTP", "defaultStage": "$default", "defaultAuthorizer": "session-0"},
        "stages": {"$default": {}}, "keys": {"key": {"type": "secret", "alg": "HS256", "secret": "${env:BENCH_SECRET}"}},
        "authorizers": {f"session-{n}": authorizer for n in range(5)},
        "integrations": {f"backend-{n}": {"type": "HTTP_PROXY", "uri": f"http://127.0.0.1:{3000 + n}{{path}}"}
                         for n in range(20)},
        "routes": routes}


def haproxy(count):
    lines = ["defaults", "  mode http", "  timeout client 5s", "  timeout server 5s", "  timeout connect 5s",
             "frontend f", "  bind 127.0.0.1:8080"]
    lines += [f"  use_backend b{n % 20} if {{ path_beg /service-{n // 50}/items-{n} }} {{ method GET }}"
              for n in range(count)]
    for n in range(20):
        lines += [f"backend b{n}", f"  server s 127.0.0.1:{3000 + n}"]
    return "\n".join(lines) + "\n"


def measure(command, runs):
    """Median and least seconds, and the peak resident size in MiB."""
    times, peak = [], 0
    for _ in range(runs):
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        times.append(time.monotonic() - start)
        peak = max(peak, usage.ru_maxrss)
        if status != 0:
            sys.exit(f"validate-bench: {' '.join(command)} failed:\n{output.decode()[-2000:]}")
    return statistics.median(times), min(times), peak / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--routes", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--limit", type=float)
    parser.add_argument("--keep", help="also write the configuration here")
    arguments = parser.parse_args()
    binary = os.environ.get("GATEHOUSE", f"{ROOT}/.build/release/gatehouse")
    if not os.access(binary, os.X_OK):
        sys.exit("validate-bench: make release first, or name the binary with GATEHOUSE=PATH")
    os.environ["BENCH_SECRET"] = "0123456789abcdef" * 4
    folder = tempfile.mkdtemp(prefix="validate-bench-")
    try:
        path = f"{folder}/gateway.json"
        with open(path, "w") as file:
            json.dump(gateway(arguments.routes), file, indent=2)
        if arguments.keep:
            shutil.copy(path, arguments.keep)
        size = os.path.getsize(path) / 1024
        median, least, peak = measure([binary, "validate", "--config", path], arguments.runs)
        print(f"gatehouse validate  {arguments.routes} routes, {size:.0f} KiB: median {median * 1000:.0f} ms, "
              f"least {least * 1000:.0f} ms, peak {peak:.1f} MiB")
        other = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin")
        if other:
            with open(f"{folder}/haproxy.cfg", "w") as file:
                file.write(haproxy(arguments.routes))
            figures = measure([other, "-c", "-f", f"{folder}/haproxy.cfg"], arguments.runs)
            print(f"haproxy -c          {arguments.routes} rules: median {figures[0] * 1000:.0f} ms, "
                  f"least {figures[1] * 1000:.0f} ms, peak {figures[2]:.1f} MiB")
        else:
            print("haproxy             not installed: left out")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.limit and median > arguments.limit:
        print(f"validate-bench: slower than {arguments.limit} s")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
