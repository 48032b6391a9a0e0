#!/usr/bin/env python3
"""chromium-har.py [--keep FILE]: a HAR file from a real browser session, imported and replayed.

Starts the sample backend and the gate of gateway.json, drives a headless Chromium through the DevTools protocol (a
page, then fetches with the tokens of the demo's people), writes what its network domain reports as a HAR file the way
the browser's own export does, imports that and decides it again offline. Fails unless every request of the session is
in the recording with the decision that the browser saw, the replay has no drift, and no signature is found.
Needs chromium-headless-shell (apt), and nothing else but Python 3."""
import base64, json, os, re, shutil, socket, struct, subprocess, sys, tempfile, time, urllib.parse, urllib.request
from datetime import datetime, timezone

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GATEHOUSE = os.environ.get("GATEHOUSE", os.path.join(ROOT, ".build/debug/gatehouse"))
BROWSER = next((found for name in ("chromium-headless-shell", "chrome-headless-shell", "chromium", "google-chrome")
    if (found := shutil.which(name))), None)
started = []


class DevTools:
    """One page of the browser: a WebSocket (RFC 6455) with JSON messages, answers by number, events in order."""

    def __init__(self, url):
        place = urllib.parse.urlsplit(url)
        self.socket = socket.create_connection((place.hostname, place.port), 20)
        self.socket.sendall((f"GET {place.path} HTTP/1.1\r\nHost: {place.netloc}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n").encode())
        self.input, self.number, self.events = self.socket.makefile("rb"), 0, []
        assert b" 101 " in self.input.readline(), "the browser refuses the protocol"
        while self.input.readline() != b"\r\n":
            pass

    def send(self, text):
        data, mask = text.encode(), os.urandom(4)
        length = bytes([0x80 | len(data)]) if len(data) < 126 else (
            struct.pack("!BH", 0xFE, len(data)) if len(data) < 65536 else struct.pack("!BQ", 0xFF, len(data)))
        self.socket.sendall(b"\x81" + length + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))

    def receive(self):
        message = b""
        while True:
            first, second = self.input.read(2)
            length = second & 127
            if length == 126:
                length, = struct.unpack("!H", self.input.read(2))
            elif length == 127:
                length, = struct.unpack("!Q", self.input.read(8))
            data = self.input.read(length)
            if first & 15 == 8:
                raise EOFError("the browser has ended")
            if first & 15 in (0, 1):
                message += data
                if first & 0x80:
                    return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        self.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = self.receive()
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def until(self, ready):
        while not ready(self.events):
            self.events.append(self.receive())


def start(words, **options):
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, **options)
    started.append(process)
    return process


def wait(read, what):
    for _ in range(200):
        found = read()
        if found:
            return found
        time.sleep(0.1)
    sys.exit(f"chromium-har: {what} did not start")


def search(path, pattern):
    if not os.path.exists(path):
        return None
    found = re.search(pattern, open(path).read(), re.M)
    return found and found.group(1)


def headers(given):
    return [{"name": name, "value": line} for name, value in given.items() for line in value.split("\n")]


def har(page):
    """The session's entries as Chromium's HAR export (with sensitive data) writes them."""
    requests = {}
    for event in page.events:
        kind, data = event.get("method", ""), event.get("params", {})
        if kind.startswith("Network.") and "requestId" in data:
            requests.setdefault(data["requestId"], {})[kind[8:]] = data
    entries = []
    for number, seen in requests.items():
        if "requestWillBeSent" not in seen or "responseReceived" not in seen:
            continue
        sent, got = seen["requestWillBeSent"], seen["responseReceived"]["response"]
        began = datetime.fromtimestamp(sent["wallTime"], timezone.utc)
        ended = seen.get("loadingFinished", seen["responseReceived"])["timestamp"]
        content = {"size": 0, "mimeType": got.get("mimeType", "")}
        if "loadingFinished" in seen:
            body = page.call("Network.getResponseBody", requestId=number)
            content["text"] = body["body"]
            content["size"] = len(base64.b64decode(body["body"]) if body["base64Encoded"] else body["body"].encode())
            if body["base64Encoded"]:
                content["encoding"] = "base64"
        url = sent["request"]["url"]
        request = {"method": sent["request"]["method"], "url": url, "httpVersion": got.get("protocol", "http/1.1"),
            "headers": headers(seen.get("requestWillBeSentExtraInfo", {}).get("headers") or sent["request"]["headers"]),
            "queryString": [{"name": n, "value": v} for n, v in urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query)],
            "cookies": [], "headersSize": -1, "bodySize": len(sent["request"].get("postData", ""))}
        if "postData" in sent["request"]:
            request["postData"] = {"mimeType": sent["request"]["headers"].get("Content-Type", ""),
                "text": sent["request"]["postData"]}
        entries.append({"_initiator": {"type": sent["initiator"]["type"]}, "_priority": sent["request"]["initialPriority"],
            "_resourceType": sent.get("type", "").lower(), "cache": {}, "pageref": "page_1", "request": request,
            "response": {"status": got["status"], "statusText": got["statusText"], "httpVersion": got.get("protocol", ""),
                "headers": headers(seen.get("responseReceivedExtraInfo", {}).get("headers") or got["headers"]),
                "cookies": [], "content": content, "redirectURL": "", "headersSize": -1, "bodySize": -1, "_error": None},
            "serverIPAddress": got.get("remoteIPAddress", ""), "time": max(0, (ended - sent["timestamp"]) * 1000),
            "startedDateTime": began.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "timings": {"blocked": -1, "dns": -1, "send": 0, "wait": 0, "receive": 0, "ssl": -1, "connect": -1}})
    return {"log": {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"},
        "pages": [{"id": "page_1", "startedDateTime": entries[0]["startedDateTime"], "title": "", "pageTimings": {}}],
        "entries": entries}}


def run(*words):
    result = subprocess.run([GATEHOUSE, *words], capture_output=True, text=True, cwd=ROOT)
    print(f"$ gatehouse {' '.join(os.path.basename(word) if '/' in word else word for word in words)}")
    print(result.stderr + result.stdout, end="")
    return result


def session(folder):
    tokens = os.path.join(folder, "tokens")
    start([GATEHOUSE, "demo", "--port", "0", "--backend-port", "0", "--write", tokens], cwd=ROOT,
        stdout=open(folder + "/demo.log", "w"), stderr=subprocess.STDOUT)
    backend = wait(lambda: search(folder + "/demo.log", r"^backend +(http\S+)"), "the sample backend")
    wait(lambda: os.path.exists(tokens + "/tampered.jwt"), "the issuer of tokens")
    start([GATEHOUSE, "serve"], cwd=ROOT, stdout=open(folder + "/gate.log", "w"), stderr=open(folder + "/gate.err", "w"),
        env=os.environ | {"GATEHOUSE_DEMO_BACKEND": backend, "GATEHOUSE_DEMO_LISTEN": "127.0.0.1:0"})
    gate = wait(lambda: search(folder + "/gate.err", r"gateway +(http\S+)"), "the gateway")
    start([BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--remote-debugging-address=127.0.0.1", "--remote-debugging-port=0", f"--user-data-dir={folder}/profile",
        "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    port = wait(lambda: search(folder + "/profile/DevToolsActivePort", r"^(\d+)$"), "the browser")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
        pages = [page for page in json.load(answer) if page["type"] == "page"]
    page = DevTools(pages[0]["webSocketDebuggerUrl"])
    version = page.call("Browser.getVersion")["product"]
    page.call("Network.enable")
    page.call("Page.enable")
    page.call("Page.navigate", url=f"{gate}/health")
    page.until(lambda events: any(event.get("method") == "Page.loadEventFired" for event in events))
    said = []
    for method, path, who, body in [("GET", "/ships", "captain", None), ("GET", "/ships/42?view=all", "cadet", None),
            ("GET", "/me", "captain", None), ("POST", "/ships", "captain", {"name": "Delta Flyer"}),
            ("DELETE", "/ships/42", "cadet", None), ("GET", "/ships", "expired", None), ("GET", "/ships", "tampered", None),
            ("GET", "/ships", None, None), ("GET", "/logo.png", None, None), ("GET", "/nowhere", "captain", None)]:
        options = {"method": method, "headers": {}, "cache": "no-store"}
        if who:
            options["headers"]["Authorization"] = "Bearer " + open(f"{tokens}/{who}.jwt").read().strip()
        if body:
            options["headers"]["Content-Type"], options["body"] = "application/json", json.dumps(body)
        result = page.call("Runtime.evaluate", awaitPromise=True, returnByValue=True,
            expression=f"fetch({json.dumps(path)}, {json.dumps(options)}).then(a => a.text().then(_ => a.status))")
        said.append((method, path, result["result"]["value"]))
    time.sleep(0.5)
    page.call("Runtime.evaluate", expression="1")
    return version, har(page), said, [open(f"{tokens}/{name}").read().strip() for name in os.listdir(tokens)]


def main():
    if not BROWSER:
        sys.exit("chromium-har: no headless Chromium here: apt-get install chromium-headless-shell")
    with tempfile.TemporaryDirectory() as folder:
        try:
            version, log, said, tokens = session(folder)
        finally:
            for process in reversed(started):
                process.terminate()
            for process in started:
                process.wait(20)
        file, recording = folder + "/session.har", folder + "/session.gtr.jsonl"
        with open(file, "w") as output:
            json.dump(log, output)
        print(f"{version}: {len(log['log']['entries'])} entries, {os.path.getsize(file)} bytes")
        assert run("import", "har", file, "--all", "-o", recording).returncode == 0, "the import failed"
        lines = [json.loads(line) for line in open(recording)]
        kept = [line for line in lines if "request" in line]
        seen = {}
        for line in kept:
            path = line["request"]["url"].split("/", 3)[3]
            seen.setdefault((line["request"]["method"], "/" + path), []).append(line)
        for method, path, status in said:
            found = seen[(method, path)].pop(0)
            assert found["response"]["status"] == status, f"{method} {path}: {found['response']['status']}, not {status}"
            allowed = found["_gatehouse"]["decision"] == "allow"
            assert allowed == (status < 400), f"{method} {path}: {found['_gatehouse']['decision']}, but {status}"
        text = open(recording).read()
        for token in tokens:
            assert token.rsplit(".", 1)[-1] not in text, "a signature is in the recording"
        replay = run("replay", recording, "--offline")
        assert replay.returncode == 0 and re.search(r"DRIFT +0", replay.stdout), "the replay drifts"
        if "--keep" in sys.argv:
            shutil.copy(file, sys.argv[sys.argv.index("--keep") + 1])
        print(f"{len(said)} requests of the session: each in the recording as the browser saw it; no drift; no signature")


main()
