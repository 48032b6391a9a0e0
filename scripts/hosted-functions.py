#!/usr/bin/env python3
"""Runs examples/serverless-session as people would, with real Python processes, and tries to break it.

  scripts/hosted-functions.py [--gateway BIN] [--invocations N] [--only WORD]

Checked: login, an allowed call, a forged rank, an expired session; the same authorizer in shell; boto3 against the
admin listener; N invocations over four processes with crashes, hangs and time-outs; nothing left after SIGKILL; the
start of a process beside that of its runtime alone. awslambdaric, PyJWT and boto3 come from PyPI into .build; without
a package index this says so and ends with 0. The last line says how many checks passed; exit status 1 when one failed.
"""
import argparse, base64, concurrent.futures, hashlib, hmac, http.client, json, os, signal, socket, statistics
import subprocess, sys, tempfile, time
from borrowed import with_package

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HOME = os.path.join(ROOT, ".build", "functions-venv")
passed = failed = 0


def check(name, condition, seen=""):
    global passed, failed
    passed, failed = passed + bool(condition), failed + (not condition)
    print(f"{'ok  ' if condition else 'FAIL'} {name}" + ("" if condition else f": {seen}"), flush=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Gate:
    def __init__(self, binary, document, **variables):
        self.port, self.admin = free_port(), free_port()
        document = json.loads(json.dumps(document))
        document["server"] = {"listen": f"127.0.0.1:{self.port}", "admin": {"listen": f"127.0.0.1:{self.admin}"}}
        self.folder = tempfile.mkdtemp(prefix="gatehouse-functions-")
        path = os.path.join(self.folder, "gateway.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(document, f)
        self.log = open(os.path.join(self.folder, "log"), "wb")
        environment = dict(os.environ, PATH=os.path.join(HOME, "bin") + ":" + os.environ["PATH"], **variables)
        self.process = subprocess.Popen(
            [binary, "serve", "--config", path, "--log-format", "json"], stdout=self.log, stderr=self.log,
            env=environment)
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            except OSError:
                time.sleep(0.02)
        sys.exit("the gateway did not start: " + self.text())

    def text(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as f:
            return f.read()

    def ask(self, method, path, body=None, token=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        headers = {"Authorization": "Bearer " + token} if token else {}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else None

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def descendants(pid):
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", encoding="latin-1") as f:
                    parents[int(entry)] = int(f.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                pass
    found, todo = [], [pid]
    while todo:
        parent = todo.pop()
        for child, its in parents.items():
            if its == parent:
                found.append(child)
                todo.append(child)
    return found


def alive(pids):
    out = []
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat", encoding="latin-1") as f:
                if f.read().rsplit(")", 1)[1].split()[0] != "Z":
                    out.append(pid)
        except OSError:
            pass
    return out


def example():
    with open(os.path.join(ROOT, "examples/serverless-session/gateway.json"), encoding="utf-8") as f:
        text = "\n".join(line for line in f.read().splitlines() if not line.lstrip().startswith("//"))
    document = json.loads(text)
    for function in document["functions"].values():
        function["codeUri"] = os.path.join(ROOT, "fixtures/functions/session")
    return document


SECRET = b"for-trying-out-only-32-bytes-long"


def forged(token, **claims):
    """The client edits its own claims and keeps the signature."""
    head, payload, signature = token.split(".")
    body = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    body.update(claims)
    return ".".join([head, b64(json.dumps(body).encode()), signature])


def signed(**claims):
    text = b64(b'{"alg":"HS256","typ":"JWT"}') + "." + b64(json.dumps(claims).encode())
    return text + "." + b64(hmac.new(SECRET, text.encode(), hashlib.sha256).digest())


def lesson(binary, document, name):
    gate = Gate(binary, document)
    try:
        status, body = gate.ask("POST", "/login", '{"email":"wesley@enterprise.example","password":"wrong"}')
        check(f"{name}: a wrong password gives no session", status == 401 and "token" not in body, (status, body))
        status, body = gate.ask("POST", "/login", '{"email":"wesley@enterprise.example","password":"warp-field"}')
        check(f"{name}: login", status == 200, (status, body))
        wesley = body["token"]
        _, body = gate.ask("POST", "/login", '{"email":"picard@enterprise.example","password":"earl-grey"}')
        picard = body["token"]
        status, body = gate.ask("GET", "/ships/ncc-1701", token=wesley)
        check(f"{name}: an allowed call", status == 200 and body["principal"] == "u-1702", (status, body))
        status, body = gate.ask("POST", "/ships/ncc-1701", token=wesley)
        check(f"{name}: not for this rank", status == 403, (status, body))
        status, body = gate.ask("POST", "/ships/ncc-1701", token=picard)
        check(f"{name}: for the captain's", status == 200, (status, body))
        for what, token in [
            ("a forged rank", forged(wesley, rank="15")), ("no signature", wesley.rsplit(".", 1)[0] + "."),
            ("an expired session", signed(sub="u-1701", nickname="x", rank="15", name="x", iat=1, exp=2)),
            ("no exp", signed(sub="u-1701", nickname="x", rank="15", name="x", iat=1)), ("garbage", "x.y.z"),
        ]:
            status, body = gate.ask("POST", "/ships/ncc-1701", token=token)
            check(f"{name}: {what} is refused", status == 401 and body == {"message": "Unauthorized"}, (status, body))
        status, body = gate.ask("GET", "/ships/ncc-1701")
        check(f"{name}: nothing without a token", status == 401, (status, body))
        log = gate.text()
        check(f"{name}: no token in the log", picard not in log and wesley not in log)
        if name == "python":
            aws(gate)
        below = descendants(gate.process.pid)
        check(f"{name}: there are processes", len(below) >= 4, below)
        gate.process.send_signal(signal.SIGKILL)
        gate.process.wait()
        time.sleep(1)
        check(f"{name}: none a second after SIGKILL", not alive(below), alive(below))
    finally:
        if gate.process.poll() is None:
            gate.stop()


def aws(gate):
    import boto3, botocore.config
    client = boto3.client(
        "lambda", endpoint_url=f"http://127.0.0.1:{gate.admin}", region_name="us-east-1", aws_access_key_id="x",
        aws_secret_access_key="x", config=botocore.config.Config(retries={"max_attempts": 0}))
    event = {"httpMethod": "GET", "path": "/x", "requestContext": {"authorizer": {"principalId": "p", "rank": "1"}}}
    answer = client.invoke(FunctionName="ships", Payload=json.dumps(event))
    body = json.loads(answer["Payload"].read())
    check("boto3: invoke", answer["StatusCode"] == 200 and body["statusCode"] == 200, body)
    arn = "arn:aws:lambda:us-east-1:123456789012:function:verify-session"
    answer = client.invoke(FunctionName=arn, Payload=b'{"authorizationToken":"no","methodArn":"a/b/c"}')
    body = json.loads(answer["Payload"].read())
    check("boto3: FunctionError", answer.get("FunctionError") == "Unhandled" and
          body["errorMessage"] == "Unauthorized", (answer, body))
    try:
        client.invoke(FunctionName="nobody", Payload=b"{}")
        check("boto3: unknown function", False)
    except client.exceptions.ResourceNotFoundException:
        check("boto3: unknown function", True)


def shell(binary):
    if subprocess.run(["sh", "-c", "command -v curl openssl"], capture_output=True).returncode:
        print("skipped: the authorizer in shell needs curl and openssl")
        return
    document = example()
    verify = document["functions"]["verify-session"]
    verify.pop("handler")
    verify.update(runtime="provided", codeUri=os.path.join(ROOT, "fixtures/functions/session-shell"))
    lesson(binary, document, "shell")


MIXTURE = """
import os, sys, time

def handler(event, context):
    what = event.get("do")
    if what == "exit": os._exit(3)
    if what == "hang": time.sleep(600)
    if what == "raise": raise ValueError("no")
    if what == "fork":
        if os.fork() == 0:
            os.setsid()
            time.sleep(600)
    return {"number": event["number"], "pid": os.getpid()}
"""


def mixture(binary, count):
    folder = tempfile.mkdtemp(prefix="gatehouse-mixture-")
    with open(os.path.join(folder, "mixture.py"), "w", encoding="utf-8") as f:
        f.write(MIXTURE)
    document = example()
    document["functions"]["mixture"] = {
        "runtime": "python3", "handler": "mixture.handler", "codeUri": folder, "concurrency": 4, "timeoutInSeconds": 1}
    gate = Gate(binary, document)
    begun = time.monotonic()
    kinds = [("hang", 500, 1), ("fork", 250, 21), ("raise", 50, 13), ("exit", 40, 7)]
    memory = []

    def resident():
        with open(f"/proc/{gate.process.pid}/status", encoding="utf-8") as f:
            return int(next(line for line in f if line.startswith("VmRSS")).split()[1])

    def run(worker):
        connection = http.client.HTTPConnection("127.0.0.1", gate.admin, timeout=120)
        out = []
        for number in range(worker, count, 8):
            what = next((kind for kind, every, rest in kinds if number % every == rest), "")
            connection.request("POST", "/2015-03-31/functions/mixture/invocations",
                               json.dumps({"number": number, "do": what}), {"Host": "127.0.0.1"})
            answer = connection.getresponse()
            body = json.loads(answer.read())
            error = answer.getheader("X-Amz-Function-Error")
            if what in ("", "fork"):
                out.append(body.get("number") == number and not error)
            else:
                wanted = {"exit": "Runtime.ExitError", "hang": "Sandbox.Timedout", "raise": "ValueError"}[what]
                out.append(error == "Unhandled" and body["errorType"] == wanted)
            if worker == 0 and number % 800 == 0:
                memory.append(resident())
        return out

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        results = [one for part in pool.map(run, range(8)) for one in part]
    seconds = time.monotonic() - begun
    check(f"{count} invocations with crashes, hangs and forks: each exactly one right answer",
          len(results) == count and all(results), f"{results.count(False)} wrong of {len(results)}")
    print(f"     {count / seconds:.0f}/s; memory of the gateway {memory[1] // 1024} to {memory[-1] // 1024} MiB")
    below = descendants(gate.process.pid)
    gate.stop()
    time.sleep(0.5)
    check("no orphan afterwards", not alive(below), alive(below))


def cold(binary):
    document = example()
    folder = tempfile.mkdtemp(prefix="gatehouse-cold-")
    with open(os.path.join(folder, "cold.py"), "w", encoding="utf-8") as f:
        f.write("def handler(event, context): return 1\n")
    python = os.path.join(HOME, "bin", "python3")
    def alone(text):
        times = []
        for _ in range(10):
            begun = time.monotonic()
            subprocess.run([python, "-c", text], check=True)
            times.append((time.monotonic() - begun) * 1000)
        return statistics.median(times)

    document["functions"]["cold"] = {"runtime": "python3", "handler": "cold.handler", "codeUri": folder}
    document["functions"]["plain"] = {
        "command": [python, "-c", "import os, http.client, json\n"
                    "c = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])\n"
                    "c.request('GET', '/2018-06-01/runtime/invocation/next')\nr = c.getresponse(); r.read()\n"
                    "i = r.getheader('Lambda-Runtime-Aws-Request-Id')\n"
                    "c.request('POST', f'/2018-06-01/runtime/invocation/{i}/response', '1')\nc.getresponse().read()"]}
    first, plain = [], []
    for _ in range(10):
        gate = Gate(binary, document)
        for name, into in (("cold", first), ("plain", plain)):
            connection = http.client.HTTPConnection("127.0.0.1", gate.admin, timeout=20)
            begun = time.monotonic()
            connection.request("POST", f"/2015-03-31/functions/{name}/invocations", "{}")
            assert connection.getresponse().read() == b"1"
            into.append((time.monotonic() - begun) * 1000)
        gate.stop()
    print(f"     first answer {statistics.median(first):.1f} ms, import awslambdaric alone "
          f"{alone('import awslambdaric'):.1f} ms, with its client {alone('import awslambdaric.bootstrap'):.1f} ms "
          "(medians of 10)")
    print(f"     a process without awslambdaric: first answer {statistics.median(plain):.1f} ms, its imports alone "
          f"{alone('import os, http.client, json'):.1f} ms")
    check("the first answer comes", True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gateway", default=os.path.join(ROOT, ".build/release/gatehouse"))
    parser.add_argument("--invocations", type=int, default=1000)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    if not with_package("awslambdaric jwt boto3", "awslambdaric PyJWT boto3", HOME, always=True):
        print("skipped: awslambdaric, PyJWT and boto3 cannot be had from PyPI")
        return
    parts = [("python", lambda: lesson(options.gateway, example(), "python")), ("shell", lambda: shell(options.gateway)),
             ("mixture", lambda: mixture(options.gateway, options.invocations)), ("cold", lambda: cold(options.gateway))]
    for name, part in parts:
        if options.only in name:
            part()
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
