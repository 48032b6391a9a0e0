#!/usr/bin/env python3
"""Gives the reports of `gatehouse test` to those who read them: JUnit to an XML schema, TAP to prove, the page for
reviewers to headless Chromium in light and dark.

  scripts/report-check.py [--binary PATH] [--shots FOLDER]

Each is written for the project's own tests, with mutants, and for a file with failures and hostile names. What is not
installed (prove, chromium-headless-shell) or cannot be (xmlschema, into .build/reports) is skipped with a word.
"""
import argparse, json, os, shutil, subprocess, sys, tempfile
import xml.etree.ElementTree as xml

from borrowed import with_package

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HOME = os.path.join(ROOT, ".build", "reports")
HOSTILE = r"""
version: 1
config: CONFIG
principals:
  "<img src=x onerror=alert(1)>": { claims: { rank: cadet } }
  "</td><script>alert(2)</script>": { extends: "<img src=x onerror=alert(1)>", token: expired }
matrix:
  - name: "\e[31m & ]]> \" ' # \\ %0A, : <script>alert(3)</script>"
    rows:
      GET /ships: [allow, allow]
      GET /ships/%3Cscript%3E: [deny!, 401]
cases:
  - name: "<svg onload=alert(4)>"
    request: { method: GET, path: /me, headers: { X-A: "<b>" } }
    as: "<img src=x onerror=alert(1)>"
    expect: { principalId: "<script>alert(5)</script>", context: { rank: "</pre><script>alert(6)</script>" } }
"""
failures = 0


def say(name, good, detail=""):
    global failures
    failures += not good
    print(f"{'ok  ' if good else 'FAIL'} {name}{': ' + detail if detail else ''}")


def junit(name, path, schema):
    root = xml.parse(path).getroot()
    cases = list(root.iter("testcase"))
    counts = int(root.get("tests")) == len(cases) and int(root.get("failures")) == len(list(root.iter("failure")))
    per_suite = all(int(s.get("tests")) == len(s.findall("testcase")) for s in root.iter("testsuite"))
    say(f"junit {name}: counts", counts and per_suite, f"{len(cases)} cases")
    if schema:
        problems = [str(e.reason) for e in schema.iter_errors(path)]
        say(f"junit {name}: schema", not problems, "; ".join(problems[:3]))


def tap(name, path, passes):
    prove = shutil.which("prove")
    if not prove:
        return print("prove: it is not here: skipped")
    done = subprocess.run([prove, "--exec", "cat", path], capture_output=True, text=True)
    tail = done.stdout.strip().splitlines()
    say(f"tap {name}: prove", (done.returncode == 0) == passes and "Parse errors" not in done.stdout, tail[-1] if tail else "")


def page(name, path, shots):
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if not chromium:
        return print("chromium-headless-shell: it is not here: skipped")
    for word, scheme in (("dark", "0"), ("light", "1")):
        shot = os.path.join(shots, f"{name}-{word}.png")
        done = subprocess.run(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr",
             f"--blink-settings=preferredColorScheme={scheme}", "--window-size=1100,1700", f"--screenshot={shot}",
             "file://" + path], capture_output=True, text=True, timeout=120)
        said = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
        drawn = os.path.exists(shot) and os.path.getsize(shot) > 10_000
        say(f"page {name}: {word}", drawn and not said, said[0] if said else f"no console messages, {shot}")
    dom = subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "file://" + path],
                         capture_output=True, text=True, timeout=120).stdout
    foreign = [tag for tag in ("<script", "<img", "<svg", "onerror=\"", "onload=\"") if tag in dom]
    say(f"page {name}: nothing but our own elements", not foreign, " ".join(foreign))


ap = argparse.ArgumentParser()
ap.add_argument("--binary", default=os.path.join(ROOT, ".build", "release", "gatehouse"))
ap.add_argument("--shots", help="where the screenshots are kept")
args = ap.parse_args()
if not os.path.exists(args.binary):
    sys.exit(f"report-check: {args.binary} is missing: swift build -c release --product gatehouse")
schema = None
if with_package("xmlschema", "xmlschema==4.3.2", HOME):
    import xmlschema
    schema = xmlschema.XMLSchema(os.path.join(ROOT, "fixtures", "reports", "junit.xsd"))
else:
    print("xmlschema: it is not here and cannot be installed: skipped")
with tempfile.TemporaryDirectory() as folder:
    shots = args.shots or folder
    os.makedirs(shots, exist_ok=True)
    hostile = os.path.join(folder, "hostile.gatetest.yaml")
    with open(hostile, "w") as f:
        f.write(HOSTILE.replace("CONFIG", os.path.join(ROOT, "gateway.json")))
    for name, words, passes in (("own", ["tests", "--mutate"], True), ("hostile", [hostile], False)):
        out = {kind: os.path.join(folder, f"{name}.{kind}") for kind in ("xml", "tap", "html")}
        done = subprocess.run([args.binary, "test", *words, "--format", "tap", "--junit", out["xml"], "--html", out["html"]],
                              cwd=ROOT, capture_output=True, text=True)
        say(f"{name}: exit code", done.returncode == (0 if passes else 1), done.stderr.strip())
        with open(out["tap"], "w") as f:
            f.write(done.stdout)
        junit(name, out["xml"], schema)
        tap(name, out["tap"], passes)
        page(name, out["html"], shots)
        parsed = subprocess.run([args.binary, "test", *words, "--format", "json"], cwd=ROOT, capture_output=True, text=True)
        say(f"json {name}: parses", json.loads(parsed.stdout)["passed"] == passes)
print(f"report-check: {failures} failures")
sys.exit(1 if failures else 0)
