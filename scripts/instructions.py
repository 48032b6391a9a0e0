#!/usr/bin/env python3
"""Instructions that the gateway executes for one request, compared with the committed figures of .ci/instructions.

  scripts/instructions.py [--binary BIN] [--write] [--rounds N] [--keep FOLDER]

valgrind counts them, so the machine's speed and whoever shares it do not matter. Client and backend wait until every
thread of the gateway sleeps before they send the next bytes: each request then takes the same way through the event loop,
and two runs differ by some tenths of a percent. A kind of request costs what a run with more of them costs beyond a run
with few. More than MARGIN above the committed figure fails; as far below it, --write should record the progress.
Figures hold for one architecture, compiler and set of libraries: elsewhere the margin is wider.
--keep leaves callgrind's files for callgrind_annotate. Skipped, with a word, where valgrind or its helpers are missing.
"""
import argparse, base64, glob, hashlib, hmac, json, os, platform, shutil, signal, socket, subprocess, sys, tempfile
import threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FILE = os.path.join(ROOT, ".ci", "instructions")
MARGIN, MARGIN_ELSEWHERE = 0.03, 0.15
FEW, MANY = 200, 800
SECRET = b"for-counting-only-0123456789-abcdefghij"
BODY = b'{"id":42,"items":[{"sku":"a-1","count":2}],"note":"leave at the door"}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n" + b'{"message":"well done"}\n'
# valgrind 3.19 writes to the mask that sigsuspend gets, and libdispatch keeps its own in read-only memory.
SHIM = """#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>
int sigsuspend(const sigset_t *mask) {
    sigset_t copy = *mask;
    return (int)syscall(SYS_rt_sigsuspend, &copy, 8);
}
"""


def skip(reason):
    print(f"instructions: {reason}: skipped")
    sys.exit(0)


def token():
    def part(octets):
        return base64.urlsafe_b64encode(octets).rstrip(b"=")
    # No time but this one: the digits of another would change the length.
    text = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(json.dumps(
        {"iss": "https://login.example.org", "aud": "orders", "sub": "user-200", "rank": "captain",
         "exp": 4_000_000_000}).encode())
    return text + b"." + part(hmac.new(SECRET, text, hashlib.sha256).digest())


def requests():
    host = b" HTTP/1.1\r\nHost: api.example.org\r\n"
    return {
        "none": b"GET /open/items?id=42" + host + b"\r\n",
        "HS256": b"GET /guarded/items?id=42" + host + b"Authorization: Bearer " + token() + b"\r\n\r\n",
        "post": b"POST /open/items" + host + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
            len(BODY), BODY)}


def document(port, backend):
    return {
        "version": 1, "api": {"name": "count", "type": "HTTP", "defaultStage": "$default"}, "stages": {"$default": {}},
        "server": {"listen": f"127.0.0.1:{port}", "workers": 1},
        "keys": {"login": {"type": "secret", "alg": "HS256", "secret": SECRET.decode(), "allowWeak": True}},
        # Under valgrind a minute is soon over.
        "tokenCache": {"ttlSeconds": 86400},
        "authorizers": {"login": {
            "type": "REQUEST", "identitySource": ["$request.header.Authorization"],
            "jwt": {"keys": ["login"], "issuer": "https://login.example.org", "audience": ["orders"]},
            "policy": [{"sid": "All", "effect": "Allow", "resources": ["*"]}]}},
        "integrations": {"backend": {
            "type": "HTTP_PROXY", "uri": f"http://127.0.0.1:{backend}{{path}}",
            "timeoutInMillis": 30000}},
        "routes": {"ANY /open/{rest+}": {"authorizationType": "NONE", "integration": "backend"},
                   "ANY /guarded/{rest+}": {"authorizer": "login", "integration": "backend"}}}


class Quiet:
    """Waits until no thread of a process runs or wants to."""
    pid = None

    def wait(self):
        seen, deadline = 0, time.monotonic() + 30
        while seen < 2:
            seen = seen + 1 if all(self.sleeps(path) for path in glob.glob(f"/proc/{self.pid}/task/*/stat")) else 0
            if time.monotonic() > deadline:
                raise TimeoutError("the gateway never rests")

    @staticmethod
    def sleeps(path):
        try:
            with open(path) as f:
                return f.read().rpartition(") ")[2][:1] not in "RD"
        except OSError:
            return True


class Backend:
    """Reads a request, waits for quiet, answers."""

    def __init__(self, quiet):
        self.quiet = quiet
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, connection.makefile("rb") as stream:
            while stream.readline():
                length = 0
                while (line := stream.readline()) not in (b"\r\n", b""):
                    name, _, value = line.partition(b":")
                    if name.lower() == b"content-length":
                        length = int(value)
                stream.read(length)
                self.quiet.wait()
                connection.sendall(ANSWER)


class Counter:
    def __init__(self, binary, folder):
        self.folder = folder
        self.shim = os.path.join(folder, "shim.so")
        compiler = next((tool for tool in ("cc", "clang", "gcc") if shutil.which(tool)), None)
        strip = next((tool for tool in ("objcopy", "llvm-objcopy") if shutil.which(tool)), None)
        if not compiler or not strip:
            skip("no C compiler or no objcopy")
        with open(self.shim + ".c", "w") as f:
            f.write(SHIM)
        subprocess.run([compiler, "-shared", "-fPIC", "-o", self.shim, self.shim + ".c"], check=True)
        # valgrind 3.19 gives up on the debug information of new compilers.
        self.binary = os.path.join(folder, "gatehouse")
        subprocess.run([strip, "--strip-debug", binary, self.binary], check=True)
        self.quiet = Quiet()
        self.backend = Backend(self.quiet)

    def count(self, name, load):
        """Instructions of a whole run that serves `load`: (request, how many) in turn."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        configuration, out = (os.path.join(self.folder, f"{name}.{kind}") for kind in ("json", "callgrind"))
        with open(configuration, "w") as f:
            json.dump(document(port, self.backend.port), f)
        # Hashing by one seed, and one way to the kernel's functions.
        environment = os.environ | {"LD_PRELOAD": self.shim, "SWIFT_DETERMINISTIC_HASHING": "1"}
        log = os.path.join(self.folder, name + ".log")
        with open(log, "w") as f:
            child = subprocess.Popen(
                ["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out, "--log-file=" + log + ".valgrind",
                 self.binary, "serve", "--config", configuration, "--log-format", "json"],
                stdout=f, stderr=subprocess.STDOUT, env=environment)
        try:
            self.quiet.pid = child.pid
            clients = [self.connect(child, port, log) for _ in range(4)]
            for request, times in load:
                for number in range(times):
                    self.exchange(clients[number % 4], request)
            for client in clients:
                client.close()
            self.quiet.wait()
            child.send_signal(signal.SIGTERM)
            child.wait(30)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        with open(out) as f:
            return next(int(line.split()[1]) for line in f if line.startswith("totals:"))

    def connect(self, child, port, log):
        deadline = time.monotonic() + 60
        while True:
            try:
                client = socket.create_connection(("127.0.0.1", port), 30)
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return client
            except OSError:
                if child.poll() is not None or time.monotonic() > deadline:
                    with open(log) as f, open(log + ".valgrind") as g:
                        sys.exit(f"instructions: the gateway does not start under valgrind:\n{f.read()[-2000:]}{g.read()[-2000:]}")
                time.sleep(0.05)

    def exchange(self, client, request):
        self.quiet.wait()
        client.sendall(request)
        answer = b""
        while not answer.endswith(b"well done\"}\n"):
            piece = client.recv(65536)
            if not piece or not (answer + piece).startswith(b"HTTP/1.1 200 "[:len(answer + piece)]):
                sys.exit(f"instructions: a request was answered {(answer + piece)[:200]}")
            answer += piece

    def figures(self):
        kinds = requests()
        base = self.count("base", [(request, FEW) for request in kinds.values()])
        return {name: (self.count(name, [(request, MANY if name == other else FEW) for other, request in kinds.items()])
                       - base) / (MANY - FEW) for name in kinds}


def place(binary):
    """What the figures depend on beside the program."""
    def first(*command):
        try:
            return subprocess.run(command, capture_output=True, text=True).stdout.strip().splitlines()[0]
        except (OSError, IndexError):
            return "?"
    swift = first("swift", "--version").split("(")[0].strip()
    libraries = [f"{name} {first('pkg-config', '--modversion', name)}" for name in ("libcurl", "libcrypto")]
    # libc and libcrypto choose their functions by what the processor can.
    with open("/proc/cpuinfo") as f:
        machine = platform.machine() + (" with avx2" if " avx2 " in f.read() else "")
    with open(binary, "rb") as f:
        swift += ", dynamic runtime" if b"libswiftCore.so" in f.read() else ", static runtime"
    return ", ".join([machine, swift, *libraries, first("valgrind", "--version")])


def committed():
    """Figures by name, and where they were measured."""
    figures, where = {}, ""
    if os.path.exists(FILE):
        with open(FILE) as f:
            for line in f:
                if line.startswith("# on "):
                    where = line[5:].strip()
                elif line.strip() and not line.startswith("#"):
                    name, figure = line.split()
                    figures[name] = int(figure)
    return figures, where


def write(figures, where):
    with open(FILE, "w") as f:
        f.write("# Instructions of one request; scripts/instructions.py --write writes this file.\n# on " + where + "\n")
        f.writelines(f"{name} {round(figure)}\n" for name, figure in figures.items())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build/release/gatehouse"))
    parser.add_argument("--write", action="store_true", help="commit to the figures measured now")
    parser.add_argument("--rounds", type=int, default=1, help="measure so often, and tell the spread")
    parser.add_argument("--keep", help="folder for callgrind's files")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        skip("valgrind is not here (Debian and Ubuntu: apt-get install valgrind)")
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        if options.keep:
            os.makedirs(options.keep, exist_ok=True)
        counter = Counter(os.path.abspath(options.binary), options.keep or temporary)
        rounds = [counter.figures() for _ in range(options.rounds)]
        figures, where = committed()
        here = place(counter.binary)
        margin = MARGIN if here == where else MARGIN_ELSEWHERE
        if not options.write and any(rounds[0][name] > figures.get(name, 0) * (1 + margin) for name in rounds[0]):
            print("instructions: above the margin; once more, and the lower figures count")
            again = counter.figures()
            rounds = [{name: min(again[name], *(each[name] for each in rounds)) for name in again}]
    measured = {name: sorted(each[name] for each in rounds)[len(rounds) // 2] for name in rounds[0]}
    if figures and here != where:
        print(f"instructions: committed on {where};\n  here is {here}: a margin of {margin:.0%} instead of {MARGIN:.0%}")
    worse = False
    for name, figure in measured.items():
        word = ""
        if name in figures:
            change = figure / figures[name] - 1
            word = f"  committed {figures[name]}, {change:+.1%}"
            if change > margin:
                worse = True
                word += f"  FAILED: more than {margin:.0%} above"
            elif change < -margin:
                word += "  better: record it with scripts/instructions.py --write"
        elif not options.write:
            worse = True
            word = "  FAILED: .ci/instructions has no figure; scripts/instructions.py --write"
        if options.rounds > 1:
            values = [each[name] for each in rounds]
            word += f"  ({min(values):.0f} to {max(values):.0f}: {max(values) / min(values) - 1:.2%})"
        print(f"instructions: {name:8} {figure:9.0f}{word}")
    print(f"instructions: {time.monotonic() - begun:.0f} s")
    if options.write:
        write(measured, here)
        return
    sys.exit(1 if worse else 0)


main()
