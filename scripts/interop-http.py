#!/usr/bin/env python3
"""The request parser beside llhttp and h11 on mutated requests, and streams of them through a running gateway.

  interop-http.py [--requests 1000000] [--streams 20000] [--seed 1] [--gateway BINARY] [--lane LANE] [--write PAGE]

Builds the package Interop, gives every request to the three parsers, in two processes, and lists the classes of
differences with their counts. A difference that belongs to no class fails the run, and so does a byte that reaches a
backend without an accepted request. With --streams 0 or without --gateway, no gateway is run. h11 comes from PyPI; when
it is not installed, a virtual environment under Interop/.build gets it.
"""
import argparse
import collections
import os
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INTEROP = os.path.join(ROOT, "Interop")
H11 = "h11==0.16.0"
REASONS = {}
ORDER = ["laxer", "later", "shorter", "longer", "other", "stricter", "earlier"]
KINDS = {
    "laxer": "accepted here, refused there", "later": "more is awaited here, refused there",
    "shorter": "accepted here, more is awaited there", "longer": "more is awaited here, accepted there",
    "other": "accepted by both with another content", "stricter": "refused here, accepted there",
    "earlier": "refused here, more is awaited there",
}


SHORT = {"laxer": "refuses", "later": "refuses sooner", "shorter": "waits", "longer": "accepts", "other": "reads otherwise",
         "stricter": "accepts", "earlier": "waits"}


def build():
    command = ["swift", "build", "-c", "release", "-j", os.environ.get("SWIFT_JOBS", "2"), "--package-path", INTEROP]
    subprocess.run(command, check=True, stdout=sys.stderr)
    return subprocess.run([*command, "--show-bin-path"], check=True, capture_output=True, text=True).stdout.strip()


def python_with_h11():
    if subprocess.run([sys.executable, "-c", "import h11"], capture_output=True).returncode == 0:
        return sys.executable
    folder = os.path.join(INTEROP, ".build", "python")
    python = os.path.join(folder, "bin", "python3")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", H11], check=True)
    return python


def differential(binaries, options):
    """Runs the processes; returns the counts, an example for each class, and the unexplained differences."""
    half = options.requests // 2
    shares = [(0, half), (half, options.requests - half)]
    peer = os.path.join(INTEROP, "h11-peer.py")
    running = [
        subprocess.Popen([os.path.join(binaries, "parser-differential"), str(options.seed), str(first), str(count),
                          python_with_h11(), peer], stdout=subprocess.PIPE, text=True)
        for first, count in shares if count
    ]
    counts, examples, unexplained, versions = collections.Counter(), {}, [], ""
    for process in running:
        text, _ = process.communicate()
        head, _, rest = text.partition("UNEXPLAINED")
        if rest:
            unexplained.append("UNEXPLAINED" + rest)
        elif process.returncode:
            unexplained.append(f"parser-differential ended with status {process.returncode}")
        for line in head.splitlines():
            parts = line.split("\t")
            if parts[0] == "versions":
                versions = ", ".join(parts[1:])
            elif parts[0] == "requests":
                counts["requests"] += int(parts[1])
            elif parts[0] in ("ours", "refused"):
                counts[(parts[0], parts[1])] += int(parts[2])
            elif parts[0] == "agreed":
                counts[("agreed", parts[1])] += int(parts[2])
                counts[("agreed accepted", parts[1])] += int(parts[3])
            elif parts[0] == "reason":
                REASONS[parts[1]] = parts[2]
            elif parts[0] == "class":
                key = tuple(parts[1:4])
                counts[key] += int(parts[4])
                if key not in examples or len(parts[5]) < len(examples[key]):
                    examples[key] = parts[5]
    return counts, examples, unexplained, versions


def shares(counts, examples):
    """For each kind and class: how often with which peer."""
    rows = collections.defaultdict(collections.Counter)
    for key in examples:
        peer, kind, name = key
        rows[(kind, name)][peer] += counts[key]
    return rows


def summary(counts, versions, options):
    yield (f"{counts['requests']:,} mutated requests of seed {options.seed}, {versions}: accepted "
           f"{counts[('ours', 'accepted')]:,}, refused {counts[('ours', 'refused')]:,}, incomplete "
           f"{counts[('ours', 'incomplete')]:,}.")
    for peer in ("llhttp", "h11"):
        same = counts[("agreed", peer)]
        yield (f"{peer}: {same:,} alike ({counts[('agreed accepted', peer)]:,} of them accepted by both and equal in "
               f"every part), {counts['requests'] - same:,} different.")


def shortest(examples, kinds, name):
    found = min((examples[key] for key in examples if key[1] in kinds and key[2] == name), key=len)
    return found if len(found) <= 110 else found[:110] + "..."


def report(counts, examples, versions, options):
    for line in summary(counts, versions, options):
        print(line)
    rows = shares(counts, examples)
    for kind in ORDER:
        names = sorted(name for found, name in rows if found == kind)
        if not names:
            continue
        print(f"\n{KINDS[kind]} ({sum(sum(rows[(kind, name)].values()) for name in names)}):")
        for name in names:
            row = rows[(kind, name)]
            example = shortest(examples, [kind], name)
            print(f"  {name:26} llhttp {row['llhttp']:7}  h11 {row['h11']:7}  {example}")


def table(counts, examples, kinds, heading):
    """One row for each class, with the counts of each of `kinds`."""
    rows = shares(counts, examples)
    yield "| class | why | example | " + " | ".join(heading) + " |"
    yield "|---|---|---|" + "---|" * len(heading)
    for name in sorted({name for kind, name in rows if kind in kinds}):
        example = shortest(examples, kinds, name).replace("|", "\\|")
        numbers = " | ".join(f"{rows[(kind, name)][peer]:,}" for kind in kinds for peer in ("llhttp", "h11"))
        yield f"| `{name}` | {REASONS[name]} | `` {example} `` | {numbers} |"


def write(page, counts, examples, versions, options):
    """Puts summary and tables into `page`, between its marks."""
    danger = ["laxer", "later", "shorter", "longer", "other"]
    seen = [kind for kind in danger if any(key[1] == kind for key in examples)]
    parts = {
        "summary": "\n".join(f"- {line}" for line in summary(counts, versions, options)),
        "accepted": "\n".join(table(counts, examples, seen, [f"{peer}: {SHORT[k]}" for k in seen for peer in ("llhttp", "h11")])),
        "refused": "\n".join(table(counts, examples, ["stricter", "earlier"], [
            f"{peer}: {SHORT[k]}" for k in ("stricter", "earlier") for peer in ("llhttp", "h11")])),
    }
    with open(page) as file:
        text = file.read()
    for name, part in parts.items():
        before, _, rest = text.partition(f"<!-- {name} -->\n")
        _, _, after = rest.partition(f"<!-- end of {name} -->\n")
        text = f"{before}<!-- {name} -->\n{part}\n<!-- end of {name} -->\n{after}"
    with open(page, "w") as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--streams", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gateway", default="")
    parser.add_argument("--lane", default="")
    parser.add_argument("--write", default="", metavar="PAGE", help="put the classes and counts into this page")
    options = parser.parse_args()
    binaries = build()
    failed = False
    if options.requests:
        began = time.monotonic()
        counts, examples, unexplained, versions = differential(binaries, options)
        report(counts, examples, versions, options)
        print(f"\ntook {time.monotonic() - began:.0f} s; unexplained differences: {len(unexplained) and 'yes' or 'none'}")
        for text in unexplained:
            print(text)
        failed = bool(unexplained)
        if options.write and not failed:
            write(options.write, counts, examples, versions, options)
    if options.streams and options.gateway:
        command = [sys.executable, os.path.join(INTEROP, "request-streams.py"), "--gateway", options.gateway, "--model",
                   os.path.join(binaries, "stream-model"), "--count", str(options.streams), "--seed", str(options.seed)]
        if options.lane:
            command += ["--lane", options.lane]
        # On the classic lane, libcurl waits for the body that an answer to HEAD announces.
        if options.lane == "classic":
            command.append("--leave-out-head-bodies")
        failed = subprocess.run(command).returncode != 0 or failed
    return 1 if failed else 0


sys.exit(main())
