"""What the benchmarks over the wire share: a gateway of its own, asked by wrk, and its processor time by request."""
import json, os, shutil, socket, statistics, subprocess, sys, tempfile, time

BINARY = os.environ.get("GATEHOUSE", ".build/release/gatehouse")
ROUNDS, SECONDS = int(os.environ.get("ROUNDS", "8")), 2
folder = tempfile.TemporaryDirectory()


def need(tool, name):
    if not shutil.which(tool):
        print(f"{name}: {tool} is not here: skipped")
        sys.exit(0)


def path(name):
    return os.path.join(folder.name, name)


def configuration(authorizer):
    """A guarded MOCK route, which costs least beside the check."""
    return {
        "version": 1, "api": {"type": "REST", "defaultStage": "dev"}, "stages": {"dev": {}},
        "server": {"limits": {"requestsPerConnection": 10_000_000}},
        "keys": {"hs": {"type": "secret", "alg": "HS256", "secret": "0123456789abcdef0123456789abcdef"}},
        "authorizers": {"a": {"type": "TOKEN", "identitySource": "method.request.header.Authorization",
            "jwt": {"keys": ["hs"], "issuer": None, "audience": None}} | authorizer},
        "integrations": {"m": {"type": "MOCK", "response": {"statusCode": 200, "body": "ok"}}},
        "routes": {"GET /x": {"authorizer": "a", "integration": "m"}},
    }


class Gateway:
    def __init__(self, name, config, *flags):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        config = json.loads(json.dumps(config))
        config["server"]["listen"] = f"127.0.0.1:{self.port}"
        self.config = path(name + ".json")
        with open(self.config, "w") as f:
            json.dump(config, f)
        self.process = subprocess.Popen([BINARY, "serve", "--config", self.config, *flags],
            stdout=open(path(name + ".log"), "w"), stderr=subprocess.DEVNULL)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    sys.exit(f"{name}: the gateway did not start")
                time.sleep(0.02)

    def sign(self, *claims):
        words = [word for claim in claims for word in ("--claim", claim)]
        return subprocess.run([BINARY, "token", "sign", "--config", self.config, "--authorizer", "a", *words, "--exp",
            "+1h"], capture_output=True, text=True, check=True).stdout.strip()

    def ticks(self):
        with open(f"/proc/{self.process.pid}/stat") as f:
            fields = f.read().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def cost(self, token, refused=False):
        """Microseconds of user and system time of one request; all of them are answered as expected, or it ends."""
        before = self.ticks()
        out = subprocess.run(["wrk", "-t1", "-c16", f"-d{SECONDS}s", "-H", f"Authorization: Bearer {token}",
            f"http://127.0.0.1:{self.port}/x"], capture_output=True, text=True, check=True).stdout
        count = int(next(l for l in out.splitlines() if " requests in " in l).split()[0])
        others = next((int(l.split()[-1]) for l in out.splitlines() if "Non-2xx" in l), 0)
        if others != (count if refused else 0):
            sys.exit(f"{others} of {count} answers were not 2xx")
        return (self.ticks() - before) * 1e6 / os.sysconf("SC_CLK_TCK") / count

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def by_turns(measures):
    """The median of each measure's rounds; one round of all, then the next."""
    for measure in measures:
        measure()
    costs = [[] for _ in measures]
    for _ in range(ROUNDS):
        for measure, own in zip(measures, costs):
            own.append(measure())
    return [statistics.median(own) for own in costs]
