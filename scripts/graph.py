#!/usr/bin/env python3
"""Prints the target graph and verifies that the sources keep to it. Exit status 1 names every breach.

  scripts/graph.py [--root DIR] [--quiet] [--lower-ceilings]

Checked: layers, declared dependencies and imports, outside packages, compiler settings, forbidden words, the places of
`unsafe` marks, counted ceilings, long files, and paths with spaces. Python 3.11+, no packages.
"""
import argparse, collections, json, os, re, subprocess, sys

# The design's table: layer, our targets it may use, outside modules it may use. Only downward; siblings never meet.
Target = collections.namedtuple("Target", "layer ours outside")
C = {name: Target(0, "", "") for name in ("COpenSSL", "CLibcurl", "CNghttp2", "CPCRE2", "CPlatform", "CAssets", "CKeeper")}
TABLE = C | {
    "Documents": Target(1, "", "Yams CYaml"),
    "HTTP": Target(1, "", ""),
    "EventLoop": Target(1, "CPlatform", ""),
    "Limits": Target(1, "", ""),
    "Tokens": Target(2, "Documents COpenSSL", ""),
    "Policies": Target(2, "Documents", ""),
    "Routes": Target(2, "Documents HTTP", ""),
    "Server": Target(2, "HTTP EventLoop COpenSSL CNghttp2 CPlatform", "Logging"),
    "Upstream": Target(2, "HTTP EventLoop CLibcurl CPlatform", "Logging Metrics"),
    "Authorizers": Target(3, "Tokens Policies Routes HTTP Documents CPCRE2", "Logging Metrics"),
    "Functions": Target(3, "Server EventLoop Routes Documents HTTP Policies CPlatform", "Logging"),
    "FunctionHost": Target(3, "Server EventLoop Documents HTTP CPlatform", ""),
    "Gateway": Target(4, "Documents HTTP EventLoop Tokens Policies Routes Server Upstream Authorizers Functions FunctionHost Limits", "Logging Metrics"),
    "Recordings": Target(5, "Gateway Upstream Authorizers Tokens Documents HTTP Policies Routes EventLoop CKeeper", "Logging"),
    "PolicyTests": Target(5, "Gateway Authorizers Tokens Policies Routes Documents HTTP", ""),
    "Importers": Target(5, "Routes Documents HTTP", ""),
    "Inspector": Target(6, "Server Gateway Recordings CAssets Documents HTTP EventLoop", ""),
    "gatehouse": Target(7, "*", "ArgumentParser Logging"),
    "FuzzTargets": Target(6, "Documents HTTP Tokens Policies Recordings", ""),
    "TestRandom": Target(1, "", ""),
    "TestSupport": Target(6, "Gateway FunctionHost Server Tokens Documents HTTP EventLoop Upstream Policies Routes Authorizers", ""),
}
FOR_TESTS = {"TestRandom", "TestSupport"}
PURE = {"Documents", "HTTP", "Tokens", "Policies", "Routes", "Limits"}
TOOLCHAIN = {"Swift", "Synchronization", "Testing", "XCTest", "_Concurrency"}
PLATFORM = {"Glibc", "Musl", "Darwin", "Dispatch"}
NO_FOUNDATION = {"HTTP", "Tokens", "Policies", "Routes", "Upstream", "Server", "EventLoop", "Documents", "Limits"}
NO_SWALLOWED_ERRORS = {"Tokens", "Policies", "Authorizers"}
STRICT = {"swiftLanguageMode", "strictMemorySafety", "treatAllWarnings"}
COUNTED = {
    "@unchecked Sendable": r"@unchecked\s+Sendable\b",
    "nonisolated(unsafe)": r"\bnonisolated\s*\(\s*unsafe\s*\)",
    "fatalError": r"\bfatalError\s*\(",
}
MAXIMUM_LINES = 400
IMPORT = re.compile(
    r"^[ \t]*(?:@\w+(?:\([^)]*\))?[ \t]+)*(?:(?:public|package|internal|fileprivate|private)[ \t]+)?import[ \t]+"
    r"(?:(?:struct|class|enum|protocol|func|var|let|typealias)[ \t]+)?(\w+)", re.M)


def code_only(text):
    """The source with comments and the text of string literals blanked, line by line as before. Interpolations stay."""
    out, i, n, stack = [], 0, len(text), []
    depth = 0
    while i < n:
        c = text[i]
        if text.startswith("//", i):
            j = text.find("\n", i)
            i = n if j < 0 else j
        elif text.startswith("/*", i):
            level, j = 1, i + 2
            while j < n and level:
                if text.startswith("/*", j): level += 1; j += 2
                elif text.startswith("*/", j): level -= 1; j += 2
                else: j += 1
            out.append("\n" * text.count("\n", i, j)); i = j
        elif c == '"' or (c == "#" and re.match(r'#+"', text[i:i + 12])):
            m = re.match(r'(#*)("""|")', text[i:i + 16])
            out.append('"'); i += m.end()
            i = literal(text, i, m.group(1), m.group(2), out)
        else:
            out.append(c); i += 1
    return "".join(out)


def literal(text, i, hashes, quote, out):
    end, escape = quote + hashes, "\\" + hashes
    while i < len(text):
        if text.startswith(end, i):
            out.append('"'); return i + len(end)
        if text.startswith(escape + "(", i):
            level, j = 1, i + len(escape) + 1
            while j < len(text) and level:
                level += {"(": 1, ")": -1}.get(text[j], 0); j += 1
            out.append(" " + code_only(text[i + len(escape) + 1:j - 1]) + " "); i = j
        elif text.startswith(escape, i):
            i += len(escape) + 1
        else:
            if text[i] == "\n":
                out.append("\n")
                if quote == '"': return i + 1
            i += 1
    return i


class Check:
    def __init__(self, root):
        self.root, self.problems, self.counts = root, [], collections.Counter()

    def fail(self, text):
        self.problems.append(text)

    def read(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8") as f:
            return f.read()

    def ledger(self, name):
        """Lines `key | value` of a committed list; `#` starts a comment."""
        rows = {}
        try:
            text = self.read("scripts/" + name)
        except FileNotFoundError:
            self.fail(f"scripts/{name} is missing")
            return rows
        for number, line in enumerate(text.splitlines(), 1):
            line = line.split("#", 1)[0].strip()
            if line:
                key, bar, value = (part.strip() for part in line.partition("|"))
                if not bar or not value:
                    self.fail(f"scripts/{name}:{number}: expected `key | value`")
                rows[key] = value
        return rows

    def files(self):
        """What git would commit, or everything outside build folders when there is no git here."""
        git = subprocess.run(["git", "-C", self.root, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True)
        if git.returncode == 0:
            found = git.stdout.splitlines()
        else:
            found = []
            for folder, folders, names in os.walk(self.root):
                folders[:] = [f for f in folders if f not in (".build", ".git")]
                found += [os.path.relpath(os.path.join(folder, name), self.root) for name in names]
        return sorted(f for f in found if os.path.exists(os.path.join(self.root, f)))

    # The manifest

    def manifest(self):
        run = subprocess.run(["swift", "package", "dump-package", "--package-path", self.root], capture_output=True, text=True)
        if run.returncode:
            self.fail("Package.swift cannot be read: " + run.stderr.strip()[-400:])
            return {}
        targets = {}
        for t in json.loads(run.stdout)["targets"]:
            ours, products = set(), set()
            for d in t["dependencies"]:
                (kind, value), = d.items()
                (products if kind == "product" else ours).add(value[0])
            targets[t["name"]] = {"type": t["type"], "ours": ours, "products": products, "settings": t["settings"]}
        text = code_only_keeping_strings(self.read("Package.swift"))
        for word in ("unsafeFlags", "-Ounchecked", "enforce-exclusivity", "disable-exclusivity"):
            if word in text:
                self.fail(f"Package.swift: {word} is forbidden")
        for name, t in targets.items():
            for setting in t["settings"]:
                if "unsafeFlags" in setting["kind"]:
                    self.fail(f"Package.swift: {name} uses unsafe flags")
        return targets

    def table(self):
        for name, row in TABLE.items():
            for below in row.ours.split():
                if below != "*" and TABLE[below].layer >= row.layer:
                    self.fail(f"the table itself is wrong: {name} may not use {below} of its own or a higher layer")

    def dependencies(self, targets):
        for name, t in sorted(targets.items()):
            if t["type"] == "test":
                continue
            row = TABLE.get(name)
            if row is None:
                self.fail(f"{name}: not in the table of scripts/graph.py; give it a layer and a duty first")
                continue
            allowed = set(TABLE) - {name} - FOR_TESTS if row.ours == "*" else set(row.ours.split())
            for other in sorted(t["ours"] - allowed):
                self.fail(f"{name} may not depend on {other}" + self.direction(name, other))
            for product in sorted(t["products"] - set(row.outside.split())):
                self.fail(f"{name} may not depend on the package product {product}")
            kinds = {k for s in t["settings"] if s["tool"] == "swift" for k in s["kind"]}
            if row.layer > 0 and not STRICT <= kinds:
                self.fail(f"{name}: Package.swift lacks the strict settings ({', '.join(sorted(STRICT - kinds))})")

    @staticmethod
    def direction(name, other):
        if other not in TABLE:
            return ""
        a, b = TABLE[name].layer, TABLE[other].layer
        return " (an upward dependency)" if b > a else " (siblings never meet)" if a == b else ""

    # The sources

    def sources(self, targets):
        places = self.ledger("unsafe-places.txt")
        used = set()
        for path in self.files():
            if " " in path:
                self.fail(f"{path!r}: no spaces in paths")
            parts = path.split("/")
            if not path.endswith(".swift") or parts[0] not in ("Sources", "Tests") or len(parts) < 3:
                continue
            text = self.read(path)
            code = code_only(text)
            if parts[0] == "Tests":
                continue
            target = parts[1]
            self.imports(path, target, code, targets)
            self.words(path, target, code)
            for name, pattern in COUNTED.items():
                self.counts[name] += len(re.findall(pattern, code))
            marks = re.sub(COUNTED["nonisolated(unsafe)"], "", code)
            if re.search(r"(?<![.\w])unsafe\s+(?!in\b)[\w(&*!~\[\"-]|@unsafe\b|@safe\b", marks):
                hit = [p for p in places if path == p or path.startswith(p.rstrip("/") + "/")]
                used.update(hit)
                if not hit:
                    self.fail(f"{path}: `unsafe` marks belong where C is called (scripts/unsafe-places.txt)")
        for place in places:
            if not os.path.exists(os.path.join(self.root, place)) and place.endswith(".swift"):
                self.fail(f"scripts/unsafe-places.txt: {place} is gone; delete its line")

    def imports(self, path, target, code, targets):
        row = TABLE.get(target)
        if row is None:
            return
        declared = targets.get(target, {"ours": set()})["ours"]
        outside = set(row.outside.split())
        for module in sorted(set(IMPORT.findall(code))):
            if module == "Foundation" or module.startswith("Foundation"):
                if target in NO_FOUNDATION:
                    self.fail(f"{path}: {target} may not import {module}")
            elif module in PLATFORM:
                if target in PURE:
                    self.fail(f"{path}: {target} is pure and may not import {module}")
            elif module in TABLE:
                allowed = row.ours == "*" or module in row.ours.split()
                if module in FOR_TESTS or not allowed:
                    self.fail(f"{path}: {target} may not import {module}" + self.direction(target, module))
                elif module not in declared:
                    self.fail(f"{path}: {target} imports {module} but Package.swift does not declare it")
            elif module not in TOOLCHAIN and module not in outside:
                self.fail(f"{path}: {target} may not import {module}")

    def words(self, path, target, code):
        for number, line in enumerate(code.splitlines(), 1):
            if target in NO_SWALLOWED_ERRORS and re.search(r"\btry\?", line):
                self.fail(f"{path}:{number}: try? swallows an error that must deny")
            if target != "gatehouse" and re.search(r"(?<![\w.])print\s*\(", line) and not re.search(r"func\s+print", line):
                self.fail(f"{path}:{number}: only the command prints")
            if re.search(r"\btry!", line):
                self.fail(f"{path}:{number}: try! can stop the process")

    def ceilings(self, lower):
        rows = self.ledger("ceilings.txt")
        for name in COUNTED:
            count = self.counts[name]
            text = rows.get(name, "")
            if not text.isdigit():
                self.fail(f"scripts/ceilings.txt: a line `{name} | {count}` is missing")
            elif count > int(text):
                self.fail(f"{name}: {count} uses, the ceiling is {text}; it may only fall")
            elif count < int(text):
                if lower:
                    path = os.path.join(self.root, "scripts/ceilings.txt")
                    old = self.read("scripts/ceilings.txt")
                    with open(path, "w", encoding="utf-8") as f:
                        f.write(re.sub(rf"(?m)^{re.escape(name)}\s*\|\s*\d+", f"{name} | {count}", old))
                else:
                    self.fail(f"{name}: {count} uses, the ceiling is still {text}; run scripts/graph.py --lower-ceilings")

    def lengths(self):
        allowed = self.ledger("long-files.txt")
        for path in self.files():
            if path.endswith(".swift") and path.split("/")[0] in ("Sources", "Tests"):
                lines = self.read(path).count("\n")
                if lines > MAXIMUM_LINES and path not in allowed:
                    self.fail(f"{path}: {lines} lines; split it, or give the reason in scripts/long-files.txt")
                if lines <= MAXIMUM_LINES and path in allowed:
                    self.fail(f"scripts/long-files.txt: {path} is short enough now; delete its line")
        for path in allowed:
            if not os.path.exists(os.path.join(self.root, path)):
                self.fail(f"scripts/long-files.txt: {path} is gone; delete its line")


def code_only_keeping_strings(text):
    """The manifest without its comment lines: flags stand in strings there."""
    return "\n".join(re.sub(r"(^|\s)//.*", r"\1", line) for line in text.splitlines())


def show(targets):
    present = {n: t for n, t in targets.items() if t["type"] != "test"}
    for layer in sorted({TABLE[n].layer for n in present if n in TABLE}, reverse=True):
        for name in sorted(n for n in present if n in TABLE and TABLE[n].layer == layer):
            t = present[name]
            uses = sorted(t["ours"], key=lambda n: (-TABLE[n].layer if n in TABLE else 0, n)) + [f"[{p}]" for p in sorted(t["products"])]
            print(f"L{layer}  {name:<12} {' '.join(uses) or '-'}")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--root", default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    ap.add_argument("--quiet", action="store_true")
    ap.add_argument("--lower-ceilings", action="store_true")
    a = ap.parse_args()
    check = Check(a.root)
    targets = check.manifest()
    check.table()
    check.dependencies(targets)
    check.sources(targets)
    check.ceilings(a.lower_ceilings)
    check.lengths()
    if not a.quiet:
        show(targets)
    for problem in check.problems:
        print("graph:", problem, file=sys.stderr)
    counts = ", ".join(f"{n} {check.counts[n]}" for n in COUNTED)
    print(f"graph: {len(targets)} targets, {counts}, {len(check.problems)} problems")
    return 1 if check.problems else 0


if __name__ == "__main__":
    sys.exit(main())
