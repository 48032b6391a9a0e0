#!/usr/bin/env python3
"""A token authorizer and a backend function, both Python, behind the gate and behind MiniStack, in one run.

  Benchmarks/functions.py [--binary BIN] [--requests N]

Nothing is cached: every request asks the authorizer (TTL 0) and then the backend, one after the other on one keep-alive
connection. Prints requests per second and p50 of both and their ratio, and p50 of one warm authorizer call at the gate
(a route that is answered by the gate itself). MiniStack, awslambdaric and boto3 are installed into .build/functions-bench.
"""
import argparse, http.client, io, json, os, signal, socket, statistics, subprocess, sys, tempfile, time, zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HOME = os.path.join(ROOT, ".build", "functions-bench")
PACKAGES = "ministack==1.5.33 boto3==1.43.106 awslambdaric"
sys.path.insert(0, os.path.join(ROOT, "scripts"))
from borrowed import with_package  # noqa: E402
CODE = '''
def authorize(event, context):
    if event["authorizationToken"] != "let-me-in":
        raise Exception("Unauthorized")
    return {"principalId": "p", "context": {"rank": "15"}, "policyDocument": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}]}}


def work(event, context):
    return {"statusCode": 200, "body": event["requestContext"]["authorizer"]["rank"]}
'''


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("a server did not start")


def measure(port, path, count, expected):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times, wrong = [], 0
    for number in range(count + 5):
        begun = time.monotonic()
        client.request("GET", path, headers={"Authorization": "let-me-in"})
        answer = client.getresponse()
        body = answer.read()
        # The first ones start processes.
        if number >= 5:
            times.append(time.monotonic() - begun)
            wrong += (answer.status, body) != expected
    return count / sum(times), statistics.median(times) * 1000, wrong


def gate(binary, folder, count):
    port = free_port()
    with open(os.path.join(folder, "functions.py"), "w", encoding="utf-8") as f:
        f.write(CODE)
    function = {"runtime": "python3", "codeUri": folder}
    document = {
        "version": 1, "api": {"type": "REST", "defaultStage": "dev", "defaultAuthorizer": "a"},
        "server": {"listen": f"127.0.0.1:{port}"},
        "functions": {"authorize": function | {"handler": "functions.authorize"},
                      "work": function | {"handler": "functions.work"}},
        "authorizers": {"a": {"type": "TOKEN", "identitySource": "method.request.header.Authorization",
                              "authorizerUri": "function:authorize", "authorizerResultTtlInSeconds": 0}},
        "routes": {"GET /work": {"integration": {"type": "AWS_PROXY", "uri": "function:work"}},
                   "GET /mock": {"integration": {"type": "MOCK", "response": {"statusCode": 200, "body": "ok"}}}}}
    path = os.path.join(folder, "gateway.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(document, f)
    environment = dict(os.environ, PATH=os.path.join(HOME, "bin") + ":" + os.environ["PATH"])
    server = subprocess.Popen([binary, "serve", "--config", path], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, env=environment)
    try:
        wait(port)
        both = measure(port, "/work", count, (200, b"15"))
        one = measure(port, "/mock", count, (200, b"ok"))
        return both, one
    finally:
        server.terminate()
        server.wait(20)


def ministack(count):
    import boto3
    from botocore.config import Config
    port = free_port()
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            [os.path.join(HOME, "bin", "ministack")], stdout=log, stderr=log, start_new_session=True,
            env=os.environ | {"GATEWAY_PORT": str(port), "MINISTACK_HOST": "127.0.0.1"})
        try:
            wait(port)

            def client(name):
                return boto3.client(
                    name, endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1", aws_access_key_id="x",
                    aws_secret_access_key="x", config=Config(retries={"max_attempts": 1}))
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as z:
                z.writestr("functions.py", CODE)
            functions, api = client("lambda"), client("apigateway")
            uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{}/invocations"
            uris = {}
            for name in ("authorize", "work"):
                made = functions.create_function(
                    FunctionName=name, Runtime="python3.11", Role="arn:aws:iam::000000000000:role/r",
                    Handler="functions." + name, Code={"ZipFile": packed.getvalue()})
                uris[name] = uri.format(made["FunctionArn"])
            rest = api.create_rest_api(name="bench")["id"]
            guard = api.create_authorizer(
                restApiId=rest, name="a", type="TOKEN", authorizerUri=uris["authorize"], authorizerResultTtlInSeconds=0,
                identitySource="method.request.header.Authorization")["id"]
            root = api.get_resources(restApiId=rest)["items"][0]["id"]
            place = api.create_resource(restApiId=rest, parentId=root, pathPart="work")["id"]
            api.put_method(restApiId=rest, resourceId=place, httpMethod="GET", authorizationType="CUSTOM",
                           authorizerId=guard)
            api.put_integration(restApiId=rest, resourceId=place, httpMethod="GET", type="AWS_PROXY",
                                integrationHttpMethod="POST", uri=uris["work"])
            api.create_deployment(restApiId=rest, stageName="dev")
            return measure(port, f"/_aws/execute-api/{rest}/dev/work", count, (200, b"15"))
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(10)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build/release/gatehouse"))
    parser.add_argument("--requests", type=int, default=2000)
    options = parser.parse_args()
    if not with_package("ministack boto3 awslambdaric", PACKAGES, HOME, always=True):
        print("skipped: MiniStack, boto3 and awslambdaric cannot be had from PyPI")
        return
    with tempfile.TemporaryDirectory() as folder:
        both, one = gate(os.path.abspath(options.binary), folder, options.requests)
    other = ministack(max(100, options.requests // 20))
    print(f"gatehouse: {both[0]:.0f} requests/s, p50 {both[1]:.2f} ms, {both[2]} wrong answers")
    print(f"MiniStack: {other[0]:.1f} requests/s, p50 {other[1]:.2f} ms, {other[2]} wrong answers")
    print(f"ratio {both[0] / other[0]:.1f}; one warm authorizer call at the gate: p50 {one[1]:.2f} ms")


main()
