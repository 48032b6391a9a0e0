#!/usr/bin/env python3
"""Judges configurations by the JSON Schema with a validator written by others, and compares it with the program.

  scripts/schema-check.py [--require] [--cases DIR]
      --require        to have no validator is a failure
      --cases DIR      also the configurations that the tests make, written there by
                       GATEHOUSE_SCHEMA_CASES=DIR swift test --filter SchemaTests
  GATEHOUSE=PATH                           the binary: the newer of the release and the debug one when absent

Checked: both schemas against their meta-schema; the project's configurations; each mistake of
fixtures/mistakes/seeded.jsonl. A mistake that only the program can see (a name that leads nowhere, an unset variable,
a key twice) must be accepted by the schema, every other one refused. The validator is PyPI's jsonschema, from a
virtual environment in .build/schema-venv when Python does not have it.
"""
import json, os, re, subprocess, sys

from borrowed import with_package

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Codes of what is wrong between the parts of a document, or outside it.
BEYOND = re.compile(r"GH(1\d\d\d|22\d\d|2302|2501|3201)")


def validator():
    if not with_package("jsonschema", "jsonschema", os.path.join(ROOT, ".build", "schema-venv")):
        return None
    import jsonschema
    return jsonschema


def binary():
    named = os.environ.get("GATEHOUSE")
    built = [named] if named else [f"{ROOT}/.build/release/gatehouse", f"{ROOT}/.build/debug/gatehouse"]
    built = [path for path in built if os.access(path, os.X_OK)]
    if not built:
        sys.exit("schema-check: build gatehouse first, or name it with GATEHOUSE=PATH")
    return os.path.abspath(max(built, key=os.path.getmtime))


def plain(text):
    """JSON without comments and trailing commas."""
    out = re.sub(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*|/\*.*?\*/', lambda m: m.group(1) or " ", text, flags=re.S)
    return re.sub(r'("(?:[^"\\\n]|\\.)*")|,(?=\s*[}\]])', lambda m: m.group(1) or "", out)


def main():
    gatehouse = binary()
    jsonschema = validator()
    if jsonschema is None:
        print("schema-check: PyPI's jsonschema cannot be installed here: skipped")
        return 1 if "--require" in sys.argv else 0
    schema = json.loads(subprocess.run([gatehouse, "schema", "gateway"], capture_output=True, check=True).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    other = json.loads(subprocess.run([gatehouse, "schema", "test"], capture_output=True, check=True).stdout)
    jsonschema.Draft202012Validator.check_schema(other)
    judge = jsonschema.Draft202012Validator(schema)
    passed, failed = 2, 0

    def count(name, right, detail=""):
        nonlocal passed, failed
        if right:
            passed += 1
        else:
            failed += 1
            print(f"{name}: {detail}")

    base = {}
    folder = f"{ROOT}/fixtures/gateway"
    files = [f"{ROOT}/gateway.json"] + [f"{folder}/{n}" for n in sorted(os.listdir(folder)) if n.endswith(".jsonc")]
    for path in files:
        name = os.path.relpath(path, ROOT)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        base[os.path.basename(path).split(".")[0]] = text
        errors = list(judge.iter_errors(json.loads(plain(text))))
        wanted = "mistakes" not in name
        count(name, (not errors) == wanted, errors[0].message if errors else "accepted")
    with open(f"{ROOT}/fixtures/mistakes/seeded.jsonl", encoding="utf-8") as file:
        cases = [json.loads(line) for line in file]
    for number, case in enumerate(cases, 1):
        text = base[case["base"]].replace(case["old"], case["new"].replace("⌖", ""), 1)
        try:
            errors = list(judge.iter_errors(json.loads(plain(text))))
        except json.JSONDecodeError:
            count(f"mistake {number}", case["code"].startswith("GH10"), "not JSON")
            continue
        wanted = bool(BEYOND.match(case["code"]))
        count(f"mistake {number} ({case['code']})", (not errors) == wanted,
              "accepted by the schema" if not errors else errors[0].message[:200])
    if "--cases" in sys.argv:
        folder = sys.argv[sys.argv.index("--cases") + 1]
        for name in sorted(n for n in os.listdir(folder) if n.endswith(".jsonl")):
            with open(f"{folder}/{name}", encoding="utf-8") as file:
                for number, line in enumerate(file, 1):
                    case = json.loads(line)
                    count(f"{name}:{number}", judge.is_valid(json.loads(case["text"])) == case["accepted"], case["text"][:300])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
