#!/usr/bin/env python3
"""Runs the console blocks of the documentation and compares what they print; one mechanism for all pages.

  scripts/transcripts.py --check [FILE …]      compares; ends with 1 when a page is out of date
  scripts/transcripts.py --write [FILE …]      writes what was printed into the pages
  GATEHOUSE=PATH                               the binary: the newer of the release and the debug one when absent

Files: README.md and everything under docs/ when none is named. A block counts when the line before it is a mark:

  <!-- run -->            run the block's commands
  <!-- run: demo -->      the same while `gatehouse demo` runs; its ports are put in for 8080 and 3000
  <!-- file: NAME -->     before any other block: its text becomes the file NAME of the page's folder
  <!-- shown -->          not run (says so because every console block needs a mark)

The blocks of a page run one after the other in one empty folder that holds the project's `fixtures` and `gateway.json`
as `fixtures/` and `project.json`, with `gatehouse` on the PATH. Lines that begin with "$ " are commands; what follows
up to the next command is what they must print, both streams together. A line that is only "…" stands for any number of
lines. Durations, achieved paces, temporary folders and the program's version are compared loosely: "3 ms" equals "7 ms".
A command that fails must be followed by `$ echo $?`, which prints its status.
"""
import argparse, difflib, os, re, shutil, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MARK = re.compile(r"^<!-- (run|run: demo|shown|file: (?P<name>[\w./-]+)) -->\s*$")
LOOSE = [
    (re.compile(r"\b\d+(\.\d+)? (ms|s)\b"), r"N \2"),
    (re.compile(r"\(\d+/s\)"), "(N/s)"),
    (re.compile(r"\bachieved \d+(\.\d+)?(x|/s)"), r"achieved N\2"),
    (re.compile(r"sha256:[0-9a-f]{8}"), "sha256:N"),
    (re.compile(r"\b\d\d:\d\d:\d\d(\.\d+)?\b"), "TIME"),
]


def binary():
    named = os.environ.get("GATEHOUSE")
    built = [named] if named else [f"{ROOT}/.build/release/gatehouse", f"{ROOT}/.build/debug/gatehouse"]
    built = [path for path in built if os.access(path, os.X_OK)]
    if not built:
        sys.exit("transcripts: build gatehouse first, or name it with GATEHOUSE=PATH")
    return os.path.abspath(max(built, key=os.path.getmtime))


class Block:
    def __init__(self, mark, name, line):
        self.mark, self.name, self.line = mark, name, line  # line: of the first line inside, from 0
        self.lines = []


def blocks(path, text):
    """The marked blocks of a page, and what is wrong with its marks."""
    found, problems, mark, inside = [], [], None, None
    for number, line in enumerate(text):
        if inside is not None:
            if line.startswith("```"):
                inside = None
            elif inside:
                inside.lines.append(line)
        elif line.startswith("```"):
            kind = line[3:].strip()
            if kind == "console" and mark is None:
                problems.append(f"{path}:{number + 1}: a console block needs a mark such as <!-- run -->")
            inside = False
            if mark is not None:
                inside = Block(mark[0], mark[1], number + 1)
                found.append(inside)
            mark = None
        elif m := MARK.match(line):
            mark = (m.group(1).split(": ")[0] if m.group("name") else m.group(1), m.group("name"))
        elif line.strip():
            mark = None
    return found, problems


def commands(block):
    """(offset in the block, command, expected lines) for each command; a trailing backslash goes on."""
    out, index = [], 0
    while index < len(block.lines):
        line = block.lines[index]
        if not line.startswith("$ "):
            out.append((index, None, [line]))
            index += 1
            continue
        start, text = index, line[2:]
        while text.endswith("\\") and index + 1 < len(block.lines):
            index += 1
            text += "\n" + block.lines[index].removeprefix("> ")
        index += 1
        expected = []
        while index < len(block.lines) and not block.lines[index].startswith("$ "):
            expected.append(block.lines[index])
            index += 1
        out.append((start, text, expected))
    return out


def loose(line):
    for pattern, text in LOOSE:
        line = pattern.sub(text, line)
    return line.rstrip()


def equal(expected, actual):
    """Whether the lines agree; "…" matches any number of lines."""
    if not expected:
        return not actual
    if expected[0].strip() == "…":
        return any(equal(expected[1:], actual[i:]) for i in range(len(actual) + 1))
    return bool(actual) and loose(expected[0]) == loose(actual[0]) and equal(expected[1:], actual[1:])


class Page:
    def __init__(self, path, gatehouse):
        self.path, self.gatehouse, self.demo, self.count, self.status = path, gatehouse, None, 0, 0
        self.ports = ("8080", "3000")
        self.folder = tempfile.mkdtemp(prefix="transcripts-")
        shutil.copytree(f"{ROOT}/fixtures", f"{self.folder}/fixtures")
        shutil.copy(f"{ROOT}/gateway.json", f"{self.folder}/project.json")
        os.mkdir(f"{self.folder}/.bin")
        os.symlink(gatehouse, f"{self.folder}/.bin/gatehouse")
        keep = {k: v for k, v in os.environ.items() if not k.startswith("GATEHOUSE") and k != "NO_COLOR"}
        self.environment = keep | {
            "PATH": f"{self.folder}/.bin:{keep.get('PATH', '')}", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8",
            "TERM": "dumb", "HOME": self.folder,
        }

    def start_demo(self):
        log = open(f"{self.folder}/.bin/demo.log", "w+")
        self.demo = subprocess.Popen(
            [self.gatehouse, "demo", "--write", ".gatehouse/demo", "--port", "0", "--backend-port", "0"],
            cwd=self.folder, env=self.environment, stdout=log, stderr=subprocess.STDOUT)
        for _ in range(300):
            text = open(log.name).read()
            if "Ctrl-C ends" in text:
                found = re.findall(r"http://127\.0\.0\.1:(\d+)", text)
                self.ports = (found[0], found[1])
                return
            if self.demo.poll() is not None:
                break
            time.sleep(0.05)
        sys.exit(f"transcripts: the demo does not start:\n{open(log.name).read()}")

    def local(self, text):
        """The page's ports as those of the demo that runs."""
        if self.demo is None:
            return text
        return text.replace("127.0.0.1:8080", f"127.0.0.1:{self.ports[0]}").replace(
            "127.0.0.1:3000", f"127.0.0.1:{self.ports[1]}")

    def shown(self, text):
        if self.demo is None:
            return text
        return text.replace(f"127.0.0.1:{self.ports[0]}", "127.0.0.1:8080").replace(
            f"127.0.0.1:{self.ports[1]}", "127.0.0.1:3000")

    def run(self, command):
        # `echo $?` asks for the status of the command before, which was another shell's.
        script = f"(exit {self.status})\n{self.local(command)}"
        done = subprocess.run(["bash", "-c", script], cwd=self.folder, env=self.environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
        self.status = done.returncode
        text = self.shown(done.stdout.decode("utf-8", "replace")).replace(self.folder, "FOLDER")
        lines = text.split("\n")
        return lines[:-1] if lines[-1] == "" else lines

    def close(self):
        if self.demo is not None:
            self.demo.terminate()
            self.demo.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def work(path, gatehouse, write):
    with open(path, encoding="utf-8") as file:
        text = file.read().split("\n")
    name = os.path.relpath(path, ROOT)
    found, problems = blocks(name, text)
    if not any(block.mark != "shown" for block in found):
        return 0, problems
    page, edits = Page(path, gatehouse), []
    try:
        for block in found:
            if block.mark == "file":
                target = f"{page.folder}/{block.name}"
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "w", encoding="utf-8") as file:
                    file.write("\n".join(block.lines) + "\n")
            if block.mark in ("shown", "file"):
                continue
            if block.mark == "run: demo" and page.demo is None:
                page.start_demo()
            steps = commands(block)
            for position, (offset, command, expected) in enumerate(steps):
                place = f"{name}:{block.line + offset + 1}"
                if command is None:
                    problems.append(f"{place}: output without a command")
                    continue
                page.count += 1
                actual = page.run(command)
                follows = position + 1 < len(steps) and steps[position + 1][1] == "echo $?"
                if page.status != 0 and not follows:
                    problems.append(f"{place}: `{command}` ended with {page.status}; show it with `echo $?`\n"
                                    + "\n".join(actual[:20]))
                if equal(expected, actual):
                    continue
                first = block.line + offset + 1 + command.count("\n")
                edits.append((first, first + len(expected), actual))
                if not write:
                    diff = difflib.unified_diff(expected, actual, place, "printed", lineterm="")
                    problems.append(f"{place}: {command}\n" + "\n".join(diff))
    finally:
        page.close()
    if write and edits:
        for first, last, actual in reversed(edits):
            text[first:last] = actual
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(text))
    return page.count, problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--check", action="store_true")
    mode.add_argument("--write", action="store_true")
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()
    files = [os.path.abspath(f) for f in arguments.files]
    if not files:
        files = [f"{ROOT}/README.md"]
        for folder, _, names in sorted(os.walk(f"{ROOT}/docs")):
            files += [os.path.join(folder, name) for name in sorted(names) if name.endswith(".md")]
    gatehouse, total, failed = binary(), 0, []
    for path in files:
        count, problems = work(path, gatehouse, arguments.write)
        total += count
        failed += problems
    for problem in failed:
        print(f"transcripts: {problem}")
    print(f"transcripts: {total} commands on {len(files)} pages, {len(failed)} problems")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
