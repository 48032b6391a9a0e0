#!/usr/bin/env python3
"""1,000 identities on 10 routes under load, two workers, one function authorizer: how often is the function called?

Every answer is checked to be 200 by wrk's own count, and the calls are compared with the number of identities. Needs
wrk."""
import collections, http.server, json, subprocess, sys, threading
from gatebench import Gateway, configuration, need, path

IDENTITIES, ROUTES, SECONDS = 1000, 10, 5
need("wrk", "authorizercache")
calls = collections.Counter()


class Function(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        calls[event["authorizationToken"]] += 1
        answer = json.dumps({"principalId": event["authorizationToken"], "policyDocument": {"Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}]}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 1024


server = Server(("127.0.0.1", 0), Function)
threading.Thread(target=server.serve_forever, daemon=True).start()
config = configuration({})
del config["keys"]
config["server"]["workers"] = 2
config["authorizers"]["a"] = {"type": "TOKEN", "identitySource": "method.request.header.Authorization",
    "authorizerResultTtlInSeconds": 3600,
    "authorizerUri": f"http://127.0.0.1:{server.server_port}/2015-03-31/functions/f/invocations"}
config["routes"] = {f"GET /r{number}": {"authorizer": "a", "integration": "m"} for number in range(ROUTES)}
gateway = Gateway("cache", config)
with open(path("requests.lua"), "w") as f:
    f.write(f"""local number = 0
request = function()
  number = number + 1
  local identity = (number * 7919) % {IDENTITIES}
  return wrk.format("GET", "/r" .. (number % {ROUTES}), {{["Authorization"] = "user-" .. identity}})
end
""")
out = subprocess.run(["wrk", "-t2", "-c64", f"-d{SECONDS}s", "-s", path("requests.lua"),
    f"http://127.0.0.1:{gateway.port}/"], capture_output=True, text=True, check=True).stdout
gateway.stop()
requests = int(next(line for line in out.splitlines() if " requests in " in line).split()[0])
refused = next((int(line.split()[-1]) for line in out.splitlines() if "Non-2xx" in line), 0)
print(f"{requests} requests in {SECONDS} s, {refused} not 2xx; {len(calls)} identities, {sum(calls.values())} function calls")
sys.exit(0 if refused == 0 and len(calls) == IDENTITIES and sum(calls.values()) == IDENTITIES else 1)
