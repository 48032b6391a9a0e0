#!/usr/bin/env python3
"""How the cost of a request grows, and what an idle connection and an idle gateway need.

  Benchmarks/growth.py [--binary BIN] [-r ROUNDS] [-d SECONDS] [--only connections,routes,tokens,idle,start]

Processor time of a request at 1 to 4,096 connections (beside HAProxy), with 1 to 10,000 routes that are asked in turn, and
with 1 to 100,000 tokens in turn: ES256, because 100,000 RS256 tokens take a minute to sign, and a token that is not in
the cache shows most. The token cache keeps 10,000 by default, so with more tokens in turn each is verified every time; a
second series lets it keep them all. Memory is what a process has resident. A table for each, and an SVG file into the
folder. Entrants take turns.
"""
import argparse, os, random, socket, statistics, sys, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "Benchmarks", "wire"))
from cases import Case  # noqa: E402
from entrants import HAProxy, Nginx, with_lanes  # noqa: E402
from load import Bench, need  # noqa: E402
from plot import chart  # noqa: E402

CONNECTIONS, ROUTES, TOKENS = (1, 8, 64, 512, 4096), (1, 100, 10_000), (1, 1000, 100_000)
IDLE = 10_000
KIB_AT_MOST = 20


def series(bench, options, title, across, file, columns, points, case_of):
    """Measures entrants by points in turn, prints the table and draws it."""
    values = {column: [] for column in columns}
    for point in points:
        found = {column: [] for column in columns}
        for number in range(options.rounds):
            names = list(columns)
            for column in names[number % len(names):] + names[:number % len(names)]:
                entrant, case = columns[column], case_of(point, column)
                try:
                    entrant.start(case)
                    # Thousands of connections take seconds to be there.
                    more = case.connections // 1000
                    sent = bench.measure(entrant, case, 1 + more)["requests"]
                    # A larger cache is measured once it is full.
                    while case.entries and sent < case.tokens:
                        sent += bench.measure(entrant, case, 2)["requests"]
                    result = bench.measure(entrant, case, options.seconds + 2 * more)
                finally:
                    entrant.stop()
                if result["errors"]:
                    print(f"{column} at {point}: {result['errors']} errors of {result['requests']} requests")
                found[column].append(result["cpu"])
        for column in columns:
            values[column].append((point, statistics.median(found[column])))
    print(f"\n== {title}: microseconds of processor time for a request, medians of {options.rounds} rounds")
    print(f"{across:28}" + "".join(f"{point:>10,}" for point in points))
    for column in columns:
        print(f"{column:28}" + "".join(f"{cost:>10.2f}" for _, cost in values[column]), flush=True)
    path = os.path.join(bench.folder, file)
    chart(path, title, across, "us", values)
    print(f"plot: {path}")


def connections(bench, options, haproxy, gates):
    columns = {each.name: each for each in [haproxy, *gates]}
    series(bench, options, "no authorizer, by connections", "connections", "growth-connections.svg", columns, CONNECTIONS,
           lambda count, _: Case(f"none-c{count}"))


def routes(bench, options, haproxy, gates):
    def case(count, _):
        made = Case("none")
        made.name, made.routes = f"routes-{count}", count
        numbers = list(range(count))
        random.Random(1).shuffle(numbers)
        made.paths = [f"/service{number}/items/{number * 7}" for number in numbers]
        return made
    series(bench, options, "routes with a path parameter, asked in turn", "routes", "growth-routes.svg",
           {each.name: each for each in gates}, ROUTES, case)


def tokens(bench, options, haproxy, gates):
    def case(count, column):
        made = Case(f"ES256x{count}")
        if column.endswith("cached"):
            made.entries = 2 * count
        return made
    columns = {haproxy.name: haproxy} | {each.name: each for each in gates} | {gates[0].name + ", all cached": gates[0]}
    series(bench, options, "ES256, distinct tokens in turn", "tokens", "growth-tokens.svg", columns, TOKENS, case)


def idle(bench, options, haproxy, gates):
    count = min(IDLE, bench.connections - 50)
    if count < IDLE:
        print(f"\nThe limit of descriptors allows {count} connections instead of {IDLE}.")
    print(f"\n== memory of {count} idle connections, each after one request")
    print(f"{'':20}{'before, MB':>12}{'after, MB':>12}{'KiB each':>10}")
    case = Case("none")
    for each in [haproxy, *gates]:
        each.start(case)
        held = []
        try:
            # What is made once is there before memory is counted.
            bench.measure(each, Case("none-c8"), 1)
            before = each.process.rss()
            for _ in range(count):
                held.append(socket.create_connection(("127.0.0.1", each.port), 10))
                held[-1].sendall(b"GET /api/items?id=42 HTTP/1.1\r\nHost: api.example.org\r\n\r\n")
                answer = b""
                while b"}" not in answer:
                    piece = held[-1].recv(4096)
                    if not piece:
                        sys.exit(f"{each.name} closes connection {len(held)}: {answer[:200]}")
                    answer += piece
            time.sleep(1)
            after = each.process.rss()
        finally:
            for connection in held:
                connection.close()
            each.stop()
        cost = (after - before) / count
        mark = "" if each is haproxy else f"   at most {KIB_AT_MOST}: {'met' if cost <= KIB_AT_MOST else 'MISSED'}"
        print(f"{each.name:20}{before / 1024:>12.1f}{after / 1024:>12.1f}{cost:>10.1f}{mark}", flush=True)


def start(bench, options, haproxy, gates):
    found = {}
    everybody = [haproxy, Nginx("nginx", bench), *gates]
    for _ in range(7):
        for each in everybody:
            each.start(Case("none"))
            milliseconds = each.process.start_seconds * 1000
            time.sleep(0.5)
            found.setdefault(each.name, []).append((milliseconds, each.process.rss() / 1024))
            each.stop()
    print(f"\n== idle, medians of 7 starts\n{'':20}{'first accept, ms':>18}{'least':>8}{'resident, MB':>14}")
    for name, rows in found.items():
        print(f"{name:20}{statistics.median(row[0] for row in rows):>18.1f}{min(row[0] for row in rows):>8.1f}"
              f"{statistics.median(row[1] for row in rows):>14.1f}", flush=True)


def main():
    parts = {"connections": connections, "routes": routes, "tokens": tokens, "idle": idle, "start": start}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build/release/gatehouse"))
    parser.add_argument("--folder", default=os.path.join(ROOT, ".build", "bench"))
    parser.add_argument("-r", "--rounds", type=int, default=3)
    parser.add_argument("-d", "--seconds", type=int, default=3)
    parser.add_argument("--only", default=",".join(parts))
    options = parser.parse_args()
    chosen = options.only.split(",")
    if set(chosen) - set(parts):
        parser.error(f"parts are {', '.join(parts)}")
    need("haproxy", "nginx", "wrk")
    bench = Bench(options.folder)
    try:
        haproxy, gates = HAProxy("haproxy", bench), with_lanes(bench, os.path.abspath(options.binary))
        for each in [bench.backend, haproxy, *gates]:
            print(f"{each.name:18} {each.version()}", flush=True)
        for name in chosen:
            parts[name](bench, options, haproxy, gates)
    finally:
        bench.close()


main()
