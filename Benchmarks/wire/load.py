"""wrk before one entrant, and what a request cost that entrant."""
import http.client, json, os, shutil, subprocess, sys

from process import raise_descriptors
from tokens import Keyring

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "scripts"))
from borrowed import with_package  # noqa: E402


def need(*tools):
    """Ends the benchmark with a word when one of the programs is not here."""
    for tool in tools:
        if not shutil.which(tool):
            sys.exit(f"skipped: {tool} is not here (Debian and Ubuntu: apt-get install haproxy nginx wrk)")
    if not with_package("cryptography", "cryptography", os.path.join(ROOT, ".build", "bench-venv")):
        sys.exit("skipped: cryptography, which signs the tokens, is not here and cannot be had from PyPI")


class Bench:
    """What entrants share: the working folder, the keys, the backend."""

    def __init__(self, folder):
        from cases import Case
        from entrants import Backend
        self.folder = os.path.abspath(folder)
        os.makedirs(self.folder, exist_ok=True)
        # Of these a proxy needs two for each connection, one to either side.
        self.connections = min(20000, (raise_descriptors() - 100) // 2)
        self.keys = Keyring(os.path.join(self.folder, "keys"))
        self.backend = Backend("backend", self)
        self.backend.start(Case("none"))
        self.tokens, self.written = {}, {}

    def requests(self, case):
        """The file of what wrk sends in turn."""
        if case.name not in self.written:
            self.written[case.name] = self.write(case)
        return self.written[case.name]

    def write(self, case):
        path = os.path.join(self.folder, "requests." + case.name)
        tokens = ["-"]
        if case.algorithm:
            made = self.tokens.setdefault(case.algorithm, [])
            made += [self.keys.token(case.algorithm, number) for number in range(len(made), case.tokens)]
            tokens = made[:case.tokens]
        with open(path, "w") as f:
            for number in range(max(len(tokens), len(case.paths))):
                f.write(f"{case.paths[number % len(case.paths)]} {tokens[number % len(tokens)]}\n")
        return path

    def measure(self, entrant, case, seconds):
        """One run of wrk: microseconds of processor time for a request, rates, latencies, what went wrong."""
        environment = os.environ | {
            "BENCH_REQUESTS": self.requests(case), "BENCH_METHOD": case.method, "BENCH_HOST": "api.example.org"}
        if case.body:
            environment["BENCH_BODY"] = case.body
        before = entrant.process.cpu()
        ran = subprocess.run(
            ["wrk", "-t1", f"-c{case.connections}", f"-d{seconds}s", "--timeout", "30s", "-s",
             os.path.join(HERE, "requests.lua"), f"http://127.0.0.1:{entrant.port}/"],
            env=environment, capture_output=True, text=True)
        used = entrant.process.cpu() - before
        line = next((line for line in ran.stdout.splitlines() if line.startswith("BENCH ")), None)
        if line is None:
            sys.exit(f"wrk before {entrant.name}, {case.name}: {ran.stdout}{ran.stderr}")
        told = json.loads(line[6:])
        count, micros = max(1, told["requests"]), told["micros"]
        result = {"cpu": used * 1e6 / count, "rate": count * 1e6 / micros, "p50": told["p50"], "p99": told["p99"],
                  "megabytes": told["bytes"] / micros, "rss": entrant.process.rss() / 1024,
                  "errors": told["statuses"] + told["broken"], "requests": told["requests"]}
        entrant.process.empty_log()
        return result

    def prove(self, entrant, case):
        """Ends the run unless the entrant lets the good through, with its subject, and refuses what it should."""
        def ask(path, token):
            connection = http.client.HTTPConnection("127.0.0.1", entrant.port, timeout=10)
            connection.request("GET", path, headers={"Authorization": "Bearer " + token} if token else {})
            answer = connection.getresponse()
            body = answer.read().decode("latin-1")
            connection.close()
            return answer.status, body

        if not case.algorithm:
            if ask("/api/items", None)[0] != 200:
                sys.exit(f"{entrant.name}, {case.name}: does not answer 200")
            return
        token = self.keys.token(case.algorithm)
        lean = getattr(entrant, "lean", False)
        status, body = ask("/echo", token)
        if (status, body) != (200, f"{'' if lean else 'user-0'}|Bearer {token}"):
            sys.exit(f"{entrant.name}, {case.name}: a good token, or its subject, does not reach the backend: {status}, {body}")
        for name, spoilt in self.keys.spoilt(case.algorithm).items() | {("none", None)}:
            if lean and name in ("issuer", "audience", "algorithm"):
                continue
            if ask("/echo", spoilt)[0] not in (401, 403):
                sys.exit(f"{entrant.name}, {case.name}: lets a token with a wrong {name} through")

    def close(self):
        self.backend.stop()
