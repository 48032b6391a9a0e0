#!/usr/bin/env python3
"""Matrix cells per second of `gatehouse test`, beside the same decisions asked of MiniStack over HTTP, and the number of
mutants of three sizes of configuration.

  Benchmarks/policytests.py [--binary PATH] [--routes 100] [--principals 100] [--sample 1000] [--no-peer]

The cells are those of one HTTP API with a JWT authorizer: ROUTES by PRINCIPALS, a fifth of the principals each with a
good token, none, one that has expired, one for another audience, and one that was changed. MiniStack gets a sample of
the same cells on one keep-alive connection, with a backend that answers at once. It is installed into .build/ministack
when that is possible; without it its part is skipped with a word.
"""
import argparse, base64, http.client, http.server, json, os, socket, statistics, subprocess, sys, tempfile, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HOME = os.environ.get("GATEHOUSE_MINISTACK", os.path.join(ROOT, ".build", "ministack"))
KINDS = ["good", "missing", "expired", "wrongAudience", "tampered"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def configuration(routes, issuer="https://id.example"):
    return {
        "version": 1,
        "api": {"name": "cells", "type": "HTTP", "apiId": "cells1", "region": "eu-west-1", "accountId": "123456789012",
                "defaultStage": "$default"},
        "server": {"listen": "127.0.0.1:0"},
        "stages": {"$default": {}},
        "keys": {"issuer": {"type": "jwks", "jwksUri": issuer + "/keys"}},
        "authorizers": {"jwt": {"type": "JWT", "identitySource": ["$request.header.Authorization"],
                                "jwtConfiguration": {"issuer": issuer, "audience": ["cells"]},
                                "jwt": {"keys": ["issuer"], "algorithms": ["RS256"]}}},
        "integrations": {"backend": {"type": "HTTP_PROXY", "uri": "http://127.0.0.1:3000{path}"}},
        "routes": {f"GET /thing{n}": {"authorizer": "jwt", "integration": "backend"} for n in range(routes)},
    }


def tests(routes, principals):
    lines = ["version: 1", "config: gateway.json", "clock: 2026-11-21T12:00:00Z", "principals:"]
    for n in range(principals):
        kind = KINDS[n % len(KINDS)]
        token = "" if kind == "good" else f", token: {kind}"
        lines.append(f"  p{n}: {{ claims: {{ sub: u-{n} }}{token} }}")
    cells = ", ".join("allow" if n % len(KINDS) == 0 else "401" for n in range(principals))
    lines += ["matrix:", "  - name: cells", "    rows:"]
    lines += [f"      GET /thing{n}: [{cells}]" for n in range(routes)]
    return "\n".join(lines) + "\n"


def gatehouse(binary, routes, principals):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "gateway.json"), "w") as f:
            json.dump(configuration(routes), f)
        with open(os.path.join(folder, "cells.gatetest.yaml"), "w") as f:
            f.write(tests(routes, principals))
        walls, runs = [], []
        for _ in range(5):
            start = time.monotonic()
            done = subprocess.run([binary, "test", "--format", "json", "cells.gatetest.yaml"], cwd=folder,
                                  capture_output=True, text=True)
            walls.append(time.monotonic() - start)
            report = json.loads(done.stdout)
            assert done.returncode == 0 and report["checks"] == routes * principals, done.stdout[:400] + done.stderr
            checks = report["configurations"][0]["files"][0]["checks"]
            runs.append(sum(c["nanoseconds"] for c in checks) / 1e9)
    cells = routes * principals
    wall, run = statistics.median(walls), statistics.median(runs)
    print(f"gatehouse test: {cells} cells in {wall * 1000:.0f} ms wall, {cells / wall:.0f} cells/s "
          f"(all: start, RSA key, tokens, JSON report); decisions alone {cells / run:.0f} cells/s")
    return cells / wall


# MiniStack

def with_ministack():
    python = os.path.join(HOME, "bin", "python")
    try:
        if not os.path.exists(python):
            subprocess.run([sys.executable, "-m", "venv", HOME], check=True, capture_output=True)
        probe = subprocess.run([python, "-c", "import ministack, boto3, cryptography"], capture_output=True)
        if probe.returncode:
            subprocess.run([python, "-m", "pip", "install", "-q", "ministack==1.5.33", "boto3==1.43.106", "cryptography"],
                           check=True, capture_output=True)
    except (subprocess.CalledProcessError, OSError):
        return None
    return python


class Quiet(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answers = {}

    def do_GET(self):
        body = self.answers.get(self.path, b"{}")
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *a):
        pass


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def peer(routes, principals, sample):
    """Runs inside the environment that has MiniStack."""
    import boto3
    from botocore.config import Config
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    key = rsa.generate_private_key(65537, 2048)
    numbers = key.public_key().public_numbers()
    backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    issuer = f"http://127.0.0.1:{backend.server_port}"
    jwk = {"kty": "RSA", "kid": "k", "alg": "RS256", "use": "sig", "n": b64(numbers.n.to_bytes(256, "big")), "e": "AQAB"}
    Quiet.answers = {
        "/.well-known/openid-configuration": json.dumps({"issuer": issuer, "jwks_uri": issuer + "/keys"}).encode(),
        "/.well-known/jwks.json": json.dumps({"keys": [jwk]}).encode(), "/keys": json.dumps({"keys": [jwk]}).encode()}
    now = int(time.time())

    def token(n):
        kind = KINDS[n % len(KINDS)]
        if kind == "missing":
            return None
        claims = {"iss": issuer, "aud": "other" if kind == "wrongAudience" else "cells", "sub": f"u-{n}",
                  "iat": now - 7200, "exp": now - 3600 if kind == "expired" else now + 3600}
        head = b64(json.dumps({"alg": "RS256", "kid": "k", "typ": "JWT"}).encode())
        body = b64(json.dumps(claims).encode())
        mark = b64(key.sign(f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256()))
        if kind == "tampered":
            body = b64(json.dumps(claims | {"tampered": True}).encode())
        return f"{head}.{body}.{mark}"

    port = free_port()
    log = tempfile.TemporaryFile()
    server = subprocess.Popen([os.path.join(os.path.dirname(sys.executable), "ministack")], stdout=log, stderr=log,
                              env=os.environ | {"GATEWAY_PORT": str(port), "MINISTACK_HOST": "127.0.0.1"})
    try:
        for _ in range(150):
            try:
                with socket.create_connection(("127.0.0.1", port), 1):
                    break
            except OSError:
                time.sleep(0.1)
        api = boto3.client("apigatewayv2", endpoint_url=f"http://127.0.0.1:{port}", region_name="eu-west-1",
                           aws_access_key_id="x", aws_secret_access_key="x", config=Config(retries={"max_attempts": 1}))
        made = api.create_api(Name="cells", ProtocolType="HTTP")["ApiId"]
        guard = api.create_authorizer(
            ApiId=made, AuthorizerType="JWT", Name="jwt", IdentitySource=["$request.header.Authorization"],
            JwtConfiguration={"Audience": ["cells"], "Issuer": issuer})["AuthorizerId"]
        target = api.create_integration(
            ApiId=made, IntegrationType="HTTP_PROXY", IntegrationMethod="GET", IntegrationUri=issuer + "/ok",
            PayloadFormatVersion="1.0")["IntegrationId"]
        for n in range(routes):
            api.create_route(ApiId=made, RouteKey=f"GET /thing{n}", Target=f"integrations/{target}",
                             AuthorizationType="JWT", AuthorizerId=guard)
        api.create_stage(ApiId=made, StageName="dev", AutoDeploy=True)
        tokens = [token(n) for n in range(principals)]
        client = http.client.HTTPConnection("127.0.0.1", port)
        wrong = 0
        start = time.monotonic()
        for number in range(sample):
            principal, route = number % principals, number // principals % routes
            headers = {"Authorization": "Bearer " + tokens[principal]} if tokens[principal] else {}
            client.request("GET", f"/_aws/execute-api/{made}/dev/thing{route}", headers=headers)
            answer = client.getresponse()
            answer.read()
            wrong += answer.status != (200 if principal % len(KINDS) == 0 else 401)
        took = time.monotonic() - start
        print(json.dumps({"cells": sample, "seconds": took, "wrong": wrong}))
    finally:
        server.terminate()
        server.wait(10)
        backend.shutdown()


def mutants(binary):
    for size in (5, 20, 80):
        guarded = {f"GET /thing{n}": {"integration": "backend"} for n in range(size)}
        document = configuration(0) | {"routes": guarded}
        document["api"] |= {"defaultAuthorizer": "jwt"}
        document["keys"] = {"k": {"type": "secret", "alg": "HS256", "secret": "benchmark only: 0123456789abcdef"}}
        policy = [{"sid": f"S{n}", "effect": "Allow", "resources": [f"GET/thing{n}"],
                   "when": {"rank": {"in": ["captain", f"r{n}"]}}} for n in range(size)]
        document["authorizers"] = {"jwt": {
            "type": "REQUEST", "identitySource": ["$request.header.Authorization"],
            "jwt": {"keys": ["k"], "algorithms": ["HS256"], "issuer": "https://id.example", "audience": ["cells"]},
            "policy": policy}}
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "gateway.json"), "w") as f:
                json.dump(document, f)
            lines = ["version: 1", "config: gateway.json", "principals:", "  captain: { claims: { rank: captain } }",
                     "  cadet: { claims: { rank: cadet } }", "  late: { extends: captain, token: expired }", "matrix:",
                     "  - rows:"]
            lines += [f"      GET /thing{n}: [allow, deny, 401]" for n in range(size)]
            with open(os.path.join(folder, "m.gatetest.yaml"), "w") as f:
                f.write("\n".join(lines) + "\n")
            start = time.monotonic()
            done = subprocess.run([binary, "test", "--mutate", "--format", "json"], cwd=folder, capture_output=True, text=True)
            took = time.monotonic() - start
            found = json.loads(done.stdout)["configurations"][0]["mutants"]
            counts = {word: sum(m["verdict"] == word for m in found) for word in ("killed", "survived", "equivalent")}
            print(f"mutants: {size} routes, {size} statements, {3 * size} cells: {len(found)} mutants {counts} "
                  f"in {took * 1000:.0f} ms")


def example(binary):
    walls = []
    for _ in range(15):
        start = time.monotonic()
        done = subprocess.run([binary, "test", "tests/ships.gatetest.yaml"], cwd=ROOT, capture_output=True, text=True)
        walls.append((time.monotonic() - start) * 1000)
        assert done.returncode == 0, done.stdout + done.stderr
    print(f"example: 7 routes x 6 principals, {len(open(os.path.join(ROOT, 'tests/ships.gatetest.yaml')).readlines())} lines: "
          f"{statistics.median(walls):.0f} ms wall (median of {len(walls)}, worst {max(walls):.0f})")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--binary", default=os.path.join(ROOT, ".build", "release", "gatehouse"))
    ap.add_argument("--routes", type=int, default=100)
    ap.add_argument("--principals", type=int, default=100)
    ap.add_argument("--sample", type=int, default=1000)
    ap.add_argument("--no-peer", action="store_true")
    ap.add_argument("--peer", action="store_true", help=argparse.SUPPRESS)
    a = ap.parse_args()
    if a.peer:
        return peer(a.routes, a.principals, a.sample)
    if not os.path.exists(a.binary):
        sys.exit(f"policytests: {a.binary} is missing: swift build -c release --product gatehouse")
    binary = os.path.abspath(a.binary)
    example(binary)
    own = gatehouse(binary, a.routes, a.principals)
    mutants(binary)
    if a.no_peer:
        return
    python = with_ministack()
    if python is None:
        return print("ministack: it is not here and cannot be installed: skipped")
    done = subprocess.run(
        [python, os.path.abspath(__file__), "--peer", "--routes", str(a.routes), "--principals", str(a.principals),
         "--sample", str(a.sample)], capture_output=True, text=True)
    if done.returncode:
        return print("ministack: it could not be run: " + done.stderr.strip().splitlines()[-1])
    found = json.loads(done.stdout.splitlines()[-1])
    rate = found["cells"] / found["seconds"]
    print(f"ministack: {found['cells']} of the same cells over HTTP in {found['seconds']:.1f} s, {rate:.0f} cells/s, "
          f"{found['wrong']} answered otherwise; gatehouse test is {own / rate:.0f} times as fast")


main()
