#!/usr/bin/env python3
"""Makes each mistake of fixtures/mistakes/seeded.jsonl in a good configuration and asks the program what is wrong.

A line is {kind, base, code, old, new}: in fixtures/gateway/BASE.jsonc `old` becomes `new`, and the sign ⌖ in it stands
where the mark must begin. Passed: the first error has the code and begins there, and no other error is reported but
those that `also` names: what cannot be right as a consequence.

  scripts/seeded-mistakes.py [--verbose]       prints N passed, N failed; ends with 1 when one failed
  GATEHOUSE=PATH                               the binary: the newer of the release and the debug one when absent
"""
import collections, json, os, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SIGN = "⌖"


def binary():
    named = os.environ.get("GATEHOUSE")
    built = [named] if named else [f"{ROOT}/.build/release/gatehouse", f"{ROOT}/.build/debug/gatehouse"]
    built = [path for path in built if os.access(path, os.X_OK)]
    if not built:
        sys.exit("seeded-mistakes: build gatehouse first, or name it with GATEHOUSE=PATH")
    return os.path.abspath(max(built, key=os.path.getmtime))


def judge(gatehouse, case):
    """None when the program is right, else what it said."""
    with open(f"{ROOT}/fixtures/gateway/{case['base']}.jsonc", encoding="utf-8") as file:
        base = file.read()
    if base.count(case["old"]) < 1:
        return f"{case['old']!r} does not stand in {case['base']}"
    marked = base.replace(case["old"], case["new"], 1)
    before = marked[: marked.index(SIGN)]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    environment = os.environ | {"SECRET": "0123456789abcdef0123456789abcdef"}
    done = subprocess.run([gatehouse, "validate", "--config", "-", "--error-format", "json"], cwd=ROOT, env=environment,
                          input=marked.replace(SIGN, "").encode(), capture_output=True)
    errors = [d for d in json.loads(done.stdout) if d["severity"] == "error"]
    found = [(d["code"], d["range"]["start"]["line"], d["range"]["start"]["column"]) for d in errors if d["range"]]
    rest = sorted(code for code, _, _ in found[1:])
    if done.returncode == 78 and found[:1] == [(case["code"], line, column)] and rest == case.get("also", []):
        return None
    return f"expected {case['code']} at {line}:{column}, got status {done.returncode} and {found}"


def main():
    gatehouse, counts, failed = binary(), collections.Counter(), 0
    with open(f"{ROOT}/fixtures/mistakes/seeded.jsonl", encoding="utf-8") as file:
        cases = [json.loads(line) for line in file]
    for number, case in enumerate(cases, 1):
        problem = judge(gatehouse, case)
        counts[case["kind"]] += 1
        if problem:
            failed += 1
            print(f"{number} ({case['kind']}): {problem}")
        elif "--verbose" in sys.argv:
            print(f"{number} ({case['kind']}): {case['code']}")
    print(", ".join(f"{kind} {count}" for kind, count in counts.items()))
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
