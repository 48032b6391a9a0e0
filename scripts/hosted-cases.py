#!/usr/bin/env python3
"""Runs the gateway cases with their scripted functions behind processes that the gateway hosts: same results.

  scripts/hosted-cases.py --runner run_gateway_cases.py --cases cases.jsonl --gateway BIN [--filter RE]

Every `{{FUNCTIONS}}/2015-03-31/functions/NAME/invocations` of a configuration becomes `function:NAME`, a process of
fixtures/functions/forward that asks the runner's scripted function. Left out, and counted: cases whose functions answer
with a status of the Invoke API, which no process behind the Runtime API can give. Ends with the runner's last line.
"""
import argparse, json, os, re, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
URI = re.compile(r"^\{\{FUNCTIONS\}\}/2015-03-31/functions/([\w-]+)/invocations$")


def hosted(value, names):
    """The same with other addresses of functions; their names are noted."""
    if isinstance(value, dict):
        return {key: hosted(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [hosted(inner, names) for inner in value]
    match = URI.match(value) if isinstance(value, str) else None
    if match:
        names.add(match[1])
        return "function:" + match[1]
    return value


def statuses(value):
    """Whether a scripted function, or one of several for a name, answers with a status."""
    if isinstance(value, dict):
        return "status" in value or any(
            statuses(inner) for key, inner in value.items() if key not in ("return", "expect", "request"))
    return isinstance(value, list) and any(statuses(inner) for inner in value)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runner", required=True)
    parser.add_argument("--cases", required=True)
    parser.add_argument("--gateway", default=os.path.join(ROOT, ".build/release/gatehouse"))
    parser.add_argument("--filter")
    options = parser.parse_args()
    kept = left = plain = 0
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as out:
        with open(options.cases, encoding="utf-8") as f:
            for line in f:
                case, names = json.loads(line), set()
                scripts = [case.get("functions", {})] + [step.get("functions", {}) for step in case.get("steps", [])]
                if any(statuses(script) for script in scripts):
                    left += 1
                    continue
                config = hosted(case["config"], names)
                if not names:
                    plain += 1
                    continue
                config["functions"] = {
                    name: {
                        "command": [sys.executable, os.path.join(ROOT, "fixtures/functions/forward/forward.py"),
                                    "{{FUNCTIONS}}/2015-03-31/functions/" + name + "/invocations"],
                        "timeoutInSeconds": 900, "concurrency": 8,
                    } for name in sorted(names)}
                kept += 1
                out.write(json.dumps(case | {"config": config}) + "\n")
        out.flush()
        print(f"{kept} cases with hosted functions; {left} left out, {plain} without functions", flush=True)
        command = [sys.executable, options.runner, "--cases", out.name, "--gateway", os.path.abspath(options.gateway)]
        if options.filter:
            command += ["--filter", options.filter]
        sys.exit(subprocess.run(command).returncode)


main()
