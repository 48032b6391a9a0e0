#!/usr/bin/env python3
"""Forged tokens that are dear to check, beside a client with a good one.

  Benchmarks/fairness.py [--binary BIN] [-r ROUNDS] [-d SECONDS] [--rate N] [--algorithm ES384] [--workers N]
                         [--addresses N] [--same-address] [-p ENTRANT,...]

2,000 forged tokens a second arrive on 200 connections, each different, all right but for the signature; a client asks 100
times a second with a good one. Its latency, counted from when a request was due, is measured in turn: quiet; under
attack; and while the same attack hits another process on this machine, which shows how much of the change is the
machine's. Attackers come from 127.0.0.2 (and on, with --addresses), the client from 127.0.0.1. Target: a p99 under
attack of at most twice the quiet one.
"""
import argparse, json, os, statistics, subprocess, sys, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "Benchmarks", "wire"))
from cases import Case  # noqa: E402
from entrants import HAProxy, with_lanes  # noqa: E402
from load import HERE, Bench, need  # noqa: E402

AT_MOST = 2.0
CLIENT_RATE, CLIENT_CONNECTIONS = 100, 8


class Pacer:
    def __init__(self, port, rate, seconds, connections, address, file):
        words = [str(word) for word in (port, rate, seconds, connections, address, file)]
        self.child = subprocess.Popen([sys.executable, os.path.join(HERE, "pace.py"), *words], stdout=subprocess.PIPE,
                                      text=True)

    def result(self):
        out, _ = self.child.communicate()
        if self.child.returncode:
            sys.exit("the sender failed")
        return json.loads(out)


def attack(entrant, options, seconds, file):
    """Senders of forged tokens, one for each address."""
    share = options.addresses
    first = 1 if options.same_address else 2
    return [Pacer(entrant.port, options.rate / share, seconds, max(1, options.connections // share),
                  f"127.0.0.{first + number}", file) for number in range(share)]


def phase(entrant, options, good, attackers):
    """One measurement of the client; `attackers` starts the attack, for so many seconds."""
    running = attackers(options.seconds + 1.5) if attackers else []
    if running:
        # The attack has set in before the client is measured.
        time.sleep(1)
    before, begun = entrant.process.cpu(), time.perf_counter()
    client = Pacer(entrant.port, CLIENT_RATE, options.seconds, CLIENT_CONNECTIONS, "127.0.0.1", good).result()
    cores = (entrant.process.cpu() - before) / (time.perf_counter() - begun)
    told = [each.result() for each in running]
    entrant.process.empty_log()
    return client | {"cores": cores}, told


def settle(*entrants):
    """Waits until they rest again, so that no phase pays for the one before; how many seconds that took."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < 60:
        before = sum(each.process.cpu() for each in entrants)
        time.sleep(0.25)
        if sum(each.process.cpu() for each in entrants) - before < 0.02:
            break
    return time.perf_counter() - begun - 0.25


def statuses(told):
    merged = {}
    for each in told:
        for status, count in each["statuses"].items():
            merged[status] = merged.get(status, 0) + count
    return ", ".join(f"{count} x {status}" for status, count in sorted(merged.items()))


def judge(entrant, phases, attacks, recoveries, ours):
    print(f"\n== {entrant.name}")
    print(f"{'client':22}{'p50 ms':>9}{'p99 ms':>9}{'p99 least':>11}{'p99 most':>10}{'not 200':>9}{'lost':>6}{'cores':>7}")
    p99 = {}
    for name, rounds in phases.items():
        worst = [each["p99"] if each["p99"] is not None else float("inf") for each in rounds]
        p50 = statistics.median(each["p50"] if each["p50"] is not None else float("inf") for each in rounds)
        p99[name] = statistics.median(worst)
        wrong = sum(count for each in rounds for status, count in each["statuses"].items() if status != "200")
        print(f"{name:22}{p50:>9.2f}{p99[name]:>9.2f}{min(worst):>11.2f}{max(worst):>10.2f}{wrong:>9}"
              f"{sum(each['unanswered'] for each in rounds):>6}{statistics.median(each['cores'] for each in rounds):>7.2f}")
    sent = statistics.median(sum(each["rate"] for each in told) for told in attacks)
    flat = [each for told in attacks for each in told]
    print(f"attack: {sent:.0f} sent a second, answered {statuses(flat)}, {sum(each['unanswered'] for each in flat)} not "
          f"answered, p50 {statistics.median(each['p50'] or 0 for each in flat):.1f} ms; at rest again "
          f"{statistics.median(recoveries):.1f} s after its last sender has gone")
    ratio = p99["under attack"] / p99["quiet"]
    word = f", at most {AT_MOST:.0f}: {'met' if round(ratio, 2) <= AT_MOST else 'MISSED'}" if ours else ""
    print(f"p99 under attack / quiet: {ratio:.2f}{word}; attack elsewhere / quiet: {p99['attack elsewhere'] / p99['quiet']:.2f}",
          flush=True)
    return round(ratio, 2) <= AT_MOST


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build/release/gatehouse"))
    parser.add_argument("--folder", default=os.path.join(ROOT, ".build", "bench"))
    parser.add_argument("-r", "--rounds", type=int, default=5)
    parser.add_argument("-d", "--seconds", type=float, default=8)
    parser.add_argument("--rate", type=float, default=2000)
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--algorithm", default="ES384")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--addresses", type=int, default=1, help="of the attackers")
    parser.add_argument("--same-address", action="store_true", help="the attackers come from the client's address")
    parser.add_argument("-p", "--entrants", type=lambda text: text.split(","), default=["haproxy", "gatehouse"])
    parser.add_argument("--enforce", action="store_true", help="end with 1 when the target is missed")
    options = parser.parse_args()
    need("haproxy", "nginx")
    bench = Bench(options.folder)
    met = True
    try:
        gates = with_lanes(bench, os.path.abspath(options.binary))
        everybody = [each for each in [HAProxy("haproxy", bench), *gates]
                     if each.name in options.entrants or each.name.split("-")[0] in options.entrants]
        other = with_lanes(bench, os.path.abspath(options.binary))[0]
        other.name = "elsewhere"
        case = Case(f"{options.algorithm}@{options.workers}")
        good, bad = (os.path.join(bench.folder, "fairness." + kind) for kind in ("good", "bad"))
        with open(good, "w") as f:
            f.write(bench.keys.token(options.algorithm) + "\n")
        with open(bad, "w") as f:
            f.writelines(bench.keys.forged(options.algorithm, number) + "\n"
                         for number in range(int(options.rate * (options.seconds + 2))))
        print(f"{options.rate:.0f}/s forged {options.algorithm} on {options.connections} connections from {options.addresses} "
              f"address(es){', the client`s own' if options.same_address else ''}; {options.workers} worker(s), "
              f"{options.rounds} rounds of {options.seconds:.0f} s; load of the machine {os.getloadavg()[0]:.1f}", flush=True)
        found = {each.name: ({"quiet": [], "under attack": [], "attack elsewhere": []}, [], []) for each in everybody}
        other.start(case)
        try:
            for each in everybody:
                each.start(case)
                bench.prove(each, case)
            for _ in range(options.rounds):
                for each in everybody:
                    phases, attacks, recoveries = found[each.name]
                    phases["quiet"].append(phase(each, options, good, None)[0])
                    client, told = phase(each, options, good, lambda seconds: attack(each, options, seconds, bad))
                    phases["under attack"].append(client)
                    attacks.append(told)
                    recoveries.append(settle(each))
                    phases["attack elsewhere"].append(
                        phase(each, options, good, lambda seconds: attack(other, options, seconds, bad))[0])
                    settle(other)
        finally:
            for each in [other, *everybody]:
                each.stop()
        for each in everybody:
            ours = each in gates
            met &= judge(each, *found[each.name], ours) or not ours
    finally:
        bench.close()
    sys.exit(1 if options.enforce and not met else 0)


main()
