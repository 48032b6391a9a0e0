#!/usr/bin/env python3
"""Sends streams of mutated, pipelined requests, cut into pieces, through a running gateway and checks on the wire that
the backend gets what the accepted requests say, byte for byte, and nothing else. Standard library only.

  request-streams.py --gateway BINARY --model STREAM-MODEL [--count 20000] [--seed 1] [--first 0] [--lane LANE]

stream-model says what the parser makes of a stream: accepted, refused or unfinished requests. What the backend must get
for an accepted one is written here a second time. A request whose body breaks off or is refused may have begun
upstream, but must never be complete there. Each complete request must get its one answer, in order.
"""
import argparse
import json
import os
import random
import selectors
import socket
import subprocess
import sys
import tempfile
import time

BODY_LIMIT = 1_048_576
METHODS = {b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"PATCH", b"OPTIONS"}
# Of one connection only.
HOP = set(b"connection keep-alive proxy-connection proxy-authenticate proxy-authorization te trailer upgrade "
          b"http2-settings transfer-encoding".split())
# Written by the gateway, or for the gateway alone.
OWN = set(b"host content-length expect forwarded x-forwarded x-real-ip x-amzn-trace-id x-amzn-apigateway-api-id "
          b"proxy x-original-url x-original-uri x-rewrite-url x-rewrite-uri x-http-method-override x-http-method "
          b"x-method-override".split())
# Names that `Connection` cannot strike out, beside those of HOP and OWN.
KNOWN = set(b"authorization cookie set-cookie accept accept-charset accept-encoding accept-language accept-ranges "
            b"user-agent origin referer range age pragma cache-control expires etag last-modified vary location allow "
            b"retry-after if-match if-none-match if-modified-since if-unmodified-since if-range warn warning "
            b"max-forwards www-authenticate date server via x-api-key x-request-id traceparent tracestate "
            b"strict-transport-security".split())
PROTECTED = (b"x-forwarded-", b"x-amz", b"apigw-", b"sec-", b"access-control-", b"content-")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def configuration(port, backend, lane):
    upstream = {"targets": [{"url": f"http://127.0.0.1:{backend}"}]}
    if lane:
        upstream["lane"] = lane
    return {
        "version": 1,
        "api": {"name": "streams", "type": "HTTP", "apiId": "streams123", "region": "eu-west-1",
                "accountId": "123456789012", "defaultStage": "$default"},
        "server": {"listen": f"127.0.0.1:{port}", "workers": 1, "limits": {"bodyBytes": BODY_LIMIT}},
        "stages": {"$default": {}},
        "upstreams": {"recorder": upstream},
        "integrations": {"recorder": {"type": "HTTP_PROXY", "uri": "upstream:recorder{path}"}},
        "routes": {"$default": {"authorizationType": "NONE", "integration": "recorder"}},
    }


class Expected:
    """What a stream must lead to: messages upstream, answers to the client."""

    def __init__(self, steps, port, backend):
        self.messages = []  # (head line, fields, length, body, complete)
        self.answers = []  # (status, method)
        for step in steps:
            if not self.add(step, port, backend):
                break

    def add(self, step, port, backend):
        """Whether the connection goes on."""
        if step["kind"] == "incomplete":
            return False
        method = bytes.fromhex(step["method"])
        if step["kind"] == "refused":
            self.answers.append((step["status"], method))
            return False
        if step["length"] > BODY_LIMIT:
            self.answers.append((413, method))
            return False
        goes_on = step["isComplete"] and step["keepAlive"]
        # Who waits for `100 Continue` and gets an answer instead may send the body or not: the connection ends.
        goes_on_unasked = goes_on and not step["expectsContinue"]
        if "path" not in step:
            self.answers.append((400, method))
            return goes_on_unasked
        if method not in METHODS:
            self.answers.append((405, method))
            return goes_on_unasked
        self.messages.append(self.message(step, method, port, backend))
        if step["isComplete"]:
            self.answers.append((200, method))
        elif "code" in step:
            self.answers.append((step["status"], method))
        return goes_on

    @staticmethod
    def message(step, method, port, backend):
        path = bytes.fromhex(step["path"])
        query = b"?" + bytes.fromhex(step["query"]) if "query" in step else b""
        lines = [(bytes.fromhex(name), bytes.fromhex(value)) for name, value in step["fields"]]
        struck = set()
        for name, value in lines:
            if name.lower() == b"connection":
                struck |= {member.strip(b" \t").lower() for member in value.split(b",")}
        struck = {n for n in struck if n not in KNOWN and not n.startswith(PROTECTED)}
        fields = [(b"Host", b"127.0.0.1:%d" % backend)]
        for name, value in lines:
            low = name.lower()
            if low in HOP or low in OWN or low in struck or low.startswith(b"x-forwarded-"):
                continue
            fields.append((name, value))
        fields += [(b"X-Forwarded-For", b"127.0.0.1"), (b"X-Forwarded-Proto", b"http")]
        said = b""
        if "host" in step:
            host = bytes.fromhex(step["host"])
            fields.append((b"X-Forwarded-Host", host))
            said = b";host=" + (b'"%s"' % host if set(host) & set(b":[") else host)
        fields += [(b"X-Forwarded-Port", b"%d" % port), (b"Forwarded", b"for=127.0.0.1" + said + b";proto=http"),
                   (b"Via", b"HTTP/1.1 AmazonAPIGateway")]
        return (b"%s %s%s HTTP/1.1" % (method, path, query), fields, step["length"], bytes.fromhex(step["body"]),
                step["isComplete"])


class Received:
    """One message as the backend got it, read by the letter: anything odd is a fault."""

    def __init__(self):
        self.raw = bytearray()
        self.line, self.fields, self.length = None, None, None
        self.body = bytearray()
        self.offset = 0
        self.complete = False
        self.fault = None

    def feed(self, data):
        """Takes what belongs to this message; returns the rest."""
        before = len(self.raw)
        self.raw += data
        if self.line is None and not self.read_head():
            return b""
        if self.length == -1:
            self.read_chunks()
        else:
            self.body = self.raw[self.offset:self.offset + self.length]
            self.complete = len(self.body) == self.length
        if self.complete:
            used = self.offset if self.length == -1 else self.offset + self.length
            rest = bytes(self.raw[used:])
            del self.raw[used:]
            assert len(rest) <= len(data) and used > before
            return rest
        return b""

    def read_head(self):
        end = self.raw.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self.raw[:end])
        lines = head.split(b"\r\n")
        if b"\0" in head or any(b"\r" in line or b"\n" in line for line in lines):
            self.fault = "control bytes in the head"
        self.line, self.fields, self.length = lines[0], [], 0
        lengths, codings = [], []
        for line in lines[1:]:
            name, colon, value = line.partition(b": ")
            if not colon:
                name, colon, value = line.partition(b":")
            if not colon or not name:
                self.fault = "a line without a name"
            low = name.lower()
            if low == b"content-length":
                lengths.append(value)
            elif low == b"transfer-encoding":
                codings.append(value)
            else:
                self.fields.append((name, value))
        if len(lengths) + len(codings) > 1 or codings and codings != [b"chunked"]:
            self.fault = f"framing {lengths} {codings}"
        if lengths:
            if not lengths[0].isdigit():
                self.fault = f"length {lengths}"
            self.length = int(lengths[0])
        if codings:
            self.length = -1
        self.offset = end + 4
        return True

    def read_chunks(self):
        while not self.complete:
            feed = self.raw.find(b"\r\n", self.offset)
            if feed < 0:
                return
            digits = bytes(self.raw[self.offset:feed])
            if not digits or digits.strip(b"0123456789abcdefABCDEF"):
                self.fault = f"chunk size {digits!r}"
                return
            size = int(digits, 16)
            end = feed + 2 + size
            if len(self.raw) < end + 2:
                self.partial = bytes(self.raw[feed + 2:end])
                return
            if self.raw[end:end + 2] != b"\r\n":
                self.fault = "chunk data without an end"
                return
            self.body += self.raw[feed + 2:end]
            self.offset = end + 2
            self.complete = size == 0


class Wire:
    """The backend's connections and the one client, in one loop."""

    def __init__(self, backend):
        self.selector = selectors.DefaultSelector()
        self.listener = socket.create_server(("127.0.0.1", backend), backlog=128)
        self.listener.setblocking(False)
        self.selector.register(self.listener, selectors.EVENT_READ, None)
        self.open = {}
        self.received = []

    def turn(self, seconds):
        """One turn; false when nothing happened."""
        events = self.selector.select(seconds)
        for key, _ in events:
            if key.fileobj is self.listener:
                connection, _ = self.listener.accept()
                connection.setblocking(False)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.selector.register(connection, selectors.EVENT_READ, self.serve)
                self.open[connection] = None
            else:
                key.data(key.fileobj)
        return bool(events)

    def serve(self, connection):
        try:
            data = connection.recv(65536)
        except OSError:
            data = b""
        if not data:
            self.selector.unregister(connection)
            connection.close()
            del self.open[connection]
            return
        while data:
            message = self.open[connection]
            if message is None:
                message = self.open[connection] = Received()
                self.received.append(message)
            data = message.feed(data)
            if message.complete:
                self.open[connection] = None
                is_head = message.line.startswith(b"HEAD ")
                connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + (b"" if is_head else b"ok"))

    def settle(self):
        """Until nothing comes any more and no message is half there."""
        stop = time.monotonic() + 3
        while time.monotonic() < stop:
            if not self.turn(0) and not any(self.open.values()):
                return not self.turn(0) or self.settle()
        return False


class Client:
    """One connection to the gateway, and the answers on it."""

    def __init__(self, wire, port, expected):
        self.wire, self.expected = wire, expected
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        wire.selector.register(self.socket, selectors.EVENT_READ, self.read)
        self.data = bytearray()
        self.statuses = []
        self.ended = False

    def read(self, _):
        try:
            data = self.socket.recv(65536)
        except OSError:
            data = b""
        if not data:
            self.ended = True
            self.wire.selector.unregister(self.socket)
            return
        self.data += data
        while self.answer():
            pass

    def answer(self):
        end = self.data.find(b"\r\n\r\n")
        if end < 0:
            return False
        lines = bytes(self.data[:end]).split(b"\r\n")
        status = int(lines[0].split(b" ")[1])
        if status == 100:
            del self.data[:end + 4]
            return True
        lengths = [int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")]
        number = len(self.statuses)
        is_head = number < len(self.expected.answers) and self.expected.answers[number][1] == b"HEAD"
        length = 0 if is_head else lengths[0] if lengths else 0
        if len(self.data) < end + 4 + length:
            return False
        del self.data[:end + 4 + length]
        self.statuses.append(status)
        return True

    def send(self, bytes_, generator):
        offset = 0
        whole = generator.random() < 0.2
        while offset < len(bytes_) and not self.ended:
            size = len(bytes_) if whole else generator.choice([1, 2, 3, 7, 20, 50, 200, 1000])
            try:
                offset += self.socket.send(bytes_[offset:offset + size])
            except BlockingIOError:
                self.wire.turn(0.1)
            except OSError:
                break
            self.wire.turn(0.0002 if generator.random() < 0.3 else 0)

    def finish(self):
        """Whether the gateway answered as it should within three seconds."""
        stop = time.monotonic() + 3
        while not self.ended and len(self.statuses) < len(self.expected.answers) and time.monotonic() < stop:
            self.wire.turn(0.05)
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        while not self.ended and time.monotonic() < stop:
            self.wire.turn(0.05)
        if not self.ended:
            self.wire.selector.unregister(self.socket)
        self.socket.close()
        return self.ended


def fault(expected, received, statuses):
    """What is not as it must be; None when all is."""
    for index, message in enumerate(received):
        if message.fault:
            return f"message {index}: {message.fault}"
        if index >= len(expected.messages):
            return f"message {index} is not in the stream: {bytes(message.raw[:200])!r}"
        line, fields, length, body, complete = expected.messages[index]
        if message.line is None:
            if complete:
                return f"message {index}: its head is not whole"
            continue
        if message.line != line:
            return f"message {index}: {message.line!r} instead of {line!r}"
        if message.fields != fields:
            return f"message {index}: fields {message.fields!r} instead of {fields!r}"
        if message.length != max(length, 0) and not (length == -1 == message.length):
            return f"message {index}: framing {message.length} instead of {length}"
        if message.complete != complete:
            return f"message {index}: complete is {message.complete} instead of {complete}"
        got = bytes(message.body)
        if complete and got != body or not complete and not body.startswith(got):
            return f"message {index}: body {got!r} instead of {body!r}"
    whole = sum(1 for message in expected.messages if message[4])
    if len(received) < whole:
        return f"{len(received)} messages instead of {len(expected.messages)}"
    wanted = [status for status, _ in expected.answers]
    # A request that never ends may be told so.
    if statuses != wanted and not (statuses[:-1] == wanted and statuses[-1] in (400, 408)):
        return f"answers {statuses} instead of {wanted}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lane", default="", help="the lane of the upstream; the default when left out")
    parser.add_argument("--leave-out-head-bodies", action="store_true",
                        help="leave streams out in which a HEAD request has a body: on the classic lane it is not answered")
    options = parser.parse_args()

    port, backend = free_port(), free_port()
    wire = Wire(backend)
    folder = tempfile.TemporaryDirectory()
    path = os.path.join(folder.name, "gateway.json")
    with open(path, "w") as file:
        json.dump(configuration(port, backend, options.lane), file)
    log = open(os.path.join(folder.name, "log"), "w+")
    gateway = subprocess.Popen([options.gateway, "serve", "--config", path], stdout=log, stderr=log)
    model = subprocess.Popen([options.model, str(options.seed), str(options.first), str(options.count)],
                             stdout=subprocess.PIPE)
    counts = dict(streams=0, left_out=0, head_bodies=0, bytes=0, forwarded=0, begun=0, answered_here=0)
    faults = 0
    began = time.monotonic()
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        for line in model.stdout:
            stream = json.loads(line)
            # A WebSocket handshake turns the connection into a tunnel: what follows is no HTTP.
            if any(step["isUpgrade"] for step in stream["steps"]):
                counts["left_out"] += 1
                continue
            if options.leave_out_head_bodies and any(
                    step["method"] == b"HEAD".hex() and step["length"] != -2 for step in stream["steps"]):
                counts["head_bodies"] += 1
                continue
            data = bytes.fromhex(stream["bytes"])
            expected = Expected(stream["steps"], port, backend)
            wire.received = []
            client = Client(wire, port, expected)
            client.send(data, random.Random(options.seed * 1_000_003 + stream["index"]))
            ended = client.finish()
            settled = wire.settle()
            problem = fault(expected, wire.received, client.statuses)
            if not ended:
                problem = f"the gateway did not end the connection ({problem})"
            elif not settled:
                problem = f"a message stays half there ({problem})"
            counts["streams"] += 1
            counts["bytes"] += len(data)
            whole = sum(1 for message in wire.received if message.complete)
            counts["forwarded"] += whole
            counts["begun"] += len(wire.received) - whole
            counts["answered_here"] += sum(1 for status, _ in expected.answers if status != 200)
            if problem:
                faults += 1
                print(f"FAULT stream {stream['index']}: {problem}\n  {data!r}", file=sys.stderr)
                if faults == 20:
                    break
            if gateway.poll() is not None:
                print("the gateway ended", file=sys.stderr)
                faults += 1
                break
    finally:
        model.kill()
        model.wait()
        gateway.terminate()
        gateway.wait()
        if not counts["streams"] or faults and os.environ.get("VERBOSE"):
            log.seek(0)
            sys.stderr.write(log.read()[-4000:])
    print(f"seed {options.seed}, {counts['streams']} streams ({counts['bytes']} bytes) in "
          f"{time.monotonic() - began:.0f} s: {counts['forwarded']} requests forwarded whole, {counts['begun']} begun "
          f"and broken off, {counts['answered_here']} refused or answered here, {counts['left_out']} streams with a "
          f"WebSocket handshake and {counts['head_bodies']} with a body of HEAD left out; faults: {faults}")
    return 1 if faults or not counts["streams"] else 0


sys.exit(main())
