#!/usr/bin/env python3
"""Gatehouse beside HAProxy, nginx and Envoy, before one nginx as backend, with wrk as clients.

  Benchmarks/peers.py [--binary BIN] [--quick] [-r ROUNDS] [-d SECONDS] [-k CASE,...] [-p ENTRANT,...] [-o FILE]

Every round asks each entrant once, in an order that shifts, so that whatever else the machine does hits all alike.
Compared is the processor time that an entrant's threads have used for a request: it hardly depends on who else runs,
while rates and latencies do. HAProxy does what Gatehouse does with a token (algorithm, signature, exp, iss, aud, subject
to X-Auth-Sub); before it is measured, every entrant must let a good token through to the backend and refuse five bad
ones. Gatehouse writes its access log to a file and checks at full strictness; the others write none.

Cases: none, post (113 octets), 100k, 10m, or an algorithm; xN for N tokens in turn instead of one, -nocache for a
Gatehouse that verifies every request, -cN for N connections (64, for 10m 8), @N for N workers, e.g. RS256x1000-c64@2.
Entrants: haproxy, haproxy-lean (only signature and exp), nginx, envoy, envoy-cache (its token cache on), and gatehouse,
or gatehouse-fast and gatehouse-classic. Envoy comes from PyPI. Files are kept in the folder that --folder names.
"""
import argparse, difflib, json, os, platform, statistics, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "Benchmarks", "wire"))
from cases import Case  # noqa: E402
from entrants import CachingEnvoy, Envoy, HAProxy, LeanHAProxy, Nginx, envoy_binary, output, with_lanes  # noqa: E402
from load import Bench, need  # noqa: E402

TOKENS = ["HS256", "RS256", "ES256", "HS256x1000", "RS256x1000", "ES256x1000"]
CASES = ["none", "post", *TOKENS, "HS256-nocache", "RS256-nocache", "ES256-nocache", "100k", "10m", "none-c1000"]
TWO = [case + "@2" for case in ("none", *TOKENS)]
QUICK = ["none", "post", "HS256", "RS256", "RS256-nocache", "100k"]

# Processor time of a request at most this much of HAProxy's in the same case.
FAST = {"none": 0.95, "HS256": 0.65, "RS256": 0.35, "ES256": 0.20, "HS256x1000": 0.65, "RS256x1000": 0.35,
        "ES256x1000": 0.20, "HS256-nocache": 0.80, "RS256-nocache": 0.80, "ES256-nocache": 0.80, "100k": 1.0, "10m": 0.8,
        "none-c1000": 1.1}
CLASSIC = {"none": 1.35, "HS256": 1.0, "RS256": 0.60, "ES256": 0.30}
ENVOY_SMALL, ENVOY_100K = 0.45, 0.75


def targets():
    """(case, entrant, figure, beside whom, at most): the one list of what shall be reached."""
    for lane, figures in (("fast", FAST), ("classic", CLASSIC)):
        for case, most in figures.items():
            yield case, lane, "cpu", "haproxy", most
    for case, most in FAST.items():
        if case + "@2" in TWO:
            yield case + "@2", "fast", "cpu", "haproxy", most
    for case in [*CASES, *TWO]:
        if case != "10m":
            yield case, "fast", "cpu", "envoy", ENVOY_100K if case == "100k" else ENVOY_SMALL
    for case in TOKENS:
        # Turned round: HAProxy's rate by ours.
        yield case, "fast", "rate", "haproxy", 1.0
        yield case, "fast", "p99", "haproxy", 1.0


def median(rounds, figure):
    return statistics.median(each[figure] for each in rounds)


def table(case, rows, options):
    print(f"\n== {case.name}: {case.connections} connections, {case.workers} worker{'s' * (case.workers > 1)}, medians of "
          f"{options.rounds} rounds of {options.seconds} s")
    print(f"{'':18}{'CPU us':>9}{'least':>9}{'most':>9}{'/haproxy':>9}{'/envoy':>9}{'req/s':>9}{'p50 us':>8}{'p99 us':>8}"
          f"{'MB/s':>8}{'RSS MB':>8}{'errors':>8}")
    for name in sorted(rows, key=lambda name: median(rows[name], "cpu")):
        rounds = rows[name]
        costs = [each["cpu"] for each in rounds]
        cost = statistics.median(costs)
        shares = [f"{cost / median(rows[peer], 'cpu'):>9.2f}" if peer in rows else " " * 9 for peer in ("haproxy", "envoy")]
        print(f"{name:18}{cost:>9.2f}{min(costs):>9.2f}{max(costs):>9.2f}{''.join(shares)}{median(rounds, 'rate'):>9.0f}"
              f"{median(rounds, 'p50'):>8.0f}{median(rounds, 'p99'):>8.0f}{median(rounds, 'megabytes'):>8.1f}"
              f"{median(rounds, 'rss'):>8.1f}{sum(each['errors'] for each in rounds):>8}", flush=True)


def judge(results):
    """Prints every target that was measured; how many were missed comes back."""
    words = {"cpu": "CPU of a request", "rate": "requests/s, theirs by ours", "p99": "p99"}
    missed = 0
    print(f"\n== targets\n{'case':16}{'':12}{'':28}{'beside':10}{'at most':>8}{'is':>8}")
    for case, lane, figure, peer, most in targets():
        rows = results.get(case, {})
        ours = rows.get("gatehouse-" + lane) or (rows.get("gatehouse") if lane == "classic" else None)
        if not ours or peer not in rows:
            continue
        share = median(ours, figure) / median(rows[peer], figure)
        share = 1 / share if figure == "rate" else share
        # Judged as it is printed.
        met = round(share, 2) <= most
        missed += not met
        print(f"{case:16}{lane:12}{words[figure]:28}{peer:10}{most:>8.2f}{share:>8.2f}  {'met' if met else 'MISSED'}")
    return missed


def show(configurations):
    """Each entrant's first configuration in full, of the others what differs from the nearest before."""
    print("\n== configurations; keys are thrown away with their folder")
    for name, texts in configurations.items():
        shown = {}
        for case, text in texts.items():
            changes = {}
            # Files are named by case.
            text = text.replace(f".{case}.", ".CASE.")
            for other, earlier in shown.items():
                lines = list(difflib.unified_diff(earlier.splitlines(), text.splitlines(), n=0, lineterm=""))[2:]
                changes[other] = [line for line in lines if line[:2] != "@@"]
            nearest = min(changes, key=lambda other: len(changes[other]), default=None)
            shown[case] = text
            if nearest is None:
                print(f"-- {name}, {case}\n{text}", end="")
            else:
                print(f"-- {name}, {case}: as {nearest}{'' if changes[nearest] else ', the same'}")
                print("".join(f"   {line}\n" for line in changes[nearest]), end="")


def entrants(bench, options):
    yield HAProxy("haproxy", bench)
    yield LeanHAProxy("haproxy-lean", bench)
    yield Nginx("nginx", bench)
    if not options.entrants or any(name.startswith("envoy") for name in options.entrants):
        binary = envoy_binary(bench.folder)
        if binary:
            yield Envoy("envoy", bench, binary)
            yield CachingEnvoy("envoy-cache", bench, binary)
    yield from with_lanes(bench, os.path.abspath(options.binary))


def run(bench, options):
    wanted = options.entrants
    everybody = [each for each in entrants(bench, options)
                 if (each.name in wanted or each.name.split("-")[0] in wanted and each.name != "haproxy-lean"
                     if wanted else each.name != "haproxy-lean")]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, load {os.getloadavg()[0]:.1f}")
    for each in [bench.backend, *everybody]:
        print(f"{each.name:18} {each.version()}")
    print(f"{'wrk':18} {output('wrk', '-v').split(' [')[0]}\nfolder             {bench.folder}", flush=True)
    results, configurations = {}, {each.name: {} for each in [bench.backend, *everybody]}
    configurations[bench.backend.name]["all"] = bench.backend.text(None)
    try:
        measure(bench, options, everybody, results, configurations)
    except KeyboardInterrupt:
        print("\ninterrupted: what follows is of the cases before")
        if results:
            results.popitem()
    missed = judge(results)
    if options.configurations:
        show(configurations)
    if options.output:
        with open(options.output, "w") as f:
            json.dump(results, f, indent=1)
    return missed


def measure(bench, options, everybody, results, configurations):
    for name in options.cases:
        case = Case(name)
        running = [each for each in everybody if each.serves(case)]
        rows = results.setdefault(name, {})
        try:
            for each in running:
                text = each.prepare(case)
                configurations[each.name][name] = f"$ {' '.join(each.command(case))}\n{text}"
                each.start(case)
                bench.prove(each, case)
                bench.measure(each, case, 1)
            for number in range(options.rounds):
                for at in range(len(running)):
                    each = running[(at + number) % len(running)]
                    rows.setdefault(each.name, []).append(bench.measure(each, case, options.seconds))
        finally:
            for each in running:
                each.stop()
        table(case, rows, options)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build/release/gatehouse"))
    parser.add_argument("--folder", default=os.path.join(ROOT, ".build", "bench"), help="for configurations, keys and logs")
    parser.add_argument("-r", "--rounds", type=int)
    parser.add_argument("-d", "--seconds", type=int)
    parser.add_argument("-k", "--cases", type=lambda text: text.split(","))
    parser.add_argument("-p", "--entrants", type=lambda text: text.split(","))
    parser.add_argument("-o", "--output", help="every round's figures as JSON")
    parser.add_argument("--quick", action="store_true", help="six cases, two rounds of one second: to try it")
    parser.add_argument("--no-configurations", dest="configurations", action="store_false")
    parser.add_argument("--enforce", action="store_true", help="end with 1 when a target is missed")
    options = parser.parse_args()
    options.rounds = options.rounds or (2 if options.quick else 5)
    options.seconds = options.seconds or (1 if options.quick else 3)
    options.cases = options.cases or (QUICK if options.quick else CASES + TWO)
    try:
        [Case(name) for name in options.cases]
    except ValueError as error:
        parser.error(str(error))
    need("haproxy", "nginx", "wrk")
    bench = Bench(options.folder)
    try:
        missed = run(bench, options)
    finally:
        bench.close()
    sys.exit(1 if options.enforce and missed else 0)


main()
