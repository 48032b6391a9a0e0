#!/usr/bin/env python3
"""Large bodies through a running gateway: contents, memory, throttled ends, many at once (stdlib only).

  bigbody.py --gateway HOST:PORT --backend-port PORT --pid PID [--mb 1024] [--limit-mib 16]

The gateway forwards every path to 127.0.0.1:BACKEND-PORT and limits no body (bodyBytes 0). The script is client and
backend at once. It checks SHA-256 end to end, samples the gateway's VmRSS, and fails when one transfer costs more than
the limit.
"""
import argparse, hashlib, os, socket, sys, threading, time

BLOCK = hashlib.sha256(b"gatehouse").digest() * 8192  # 256 KiB


class Throttle:
    def __init__(self, megabytes):
        self.rate, self.began, self.done = megabytes * 1e6, time.monotonic(), 0

    def passed(self, count):
        self.done += count
        if self.rate:
            wait = self.done / self.rate - (time.monotonic() - self.began)
            if wait > 0:
                time.sleep(wait)


def digest_of(size):
    h, left = hashlib.sha256(), size
    while left:
        n = min(left, len(BLOCK))
        h.update(BLOCK[:n])
        left -= n
    return h.hexdigest()


def send_body(sock, size, rate):
    throttle, left = Throttle(rate), size
    step = 65536 if rate else len(BLOCK)
    while left:
        # The block's phase must not depend on the step.
        offset = (size - left) % len(BLOCK)
        n = min(left, step, len(BLOCK) - offset)
        sock.sendall(BLOCK[offset:offset + n])
        left -= n
        throttle.passed(n)


def read_head(sock):
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        if not more:
            raise OSError("ended inside a head")
        data += more
    head, rest = data.split(b"\r\n\r\n", 1)
    lines = head.decode("latin-1").split("\r\n")
    return lines[0], {l.split(":", 1)[0].lower(): l.split(":", 1)[1].strip() for l in lines[1:]}, rest


def read_body(sock, fields, rest, rate):
    """Digest and size of a body of known length."""
    size, h, throttle = int(fields["content-length"]), hashlib.sha256(), Throttle(rate)
    left = size
    while left:
        piece = rest or sock.recv(min(left, 65536 if rate else 1 << 20))
        rest = b""
        if not piece:
            raise OSError("ended %d bytes early" % left)
        h.update(piece)
        left -= len(piece)
        throttle.passed(len(piece))
    return h.hexdigest(), size


def serve(sock):
    try:
        while True:
            line, fields, rest = read_head(sock)
            method, target, _ = line.split(" ")
            options = dict(p.split("=") for p in target.split("?")[1].split("&"))
            rate = float(options.get("rate", 0))
            if method == "GET":
                size = int(options["size"])
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
                send_body(sock, size, rate)
            else:
                digest, _ = read_body(sock, fields, rest, rate)
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n" + digest.encode())
    except OSError:
        sock.close()


def backend(port):
    listener = socket.create_server(("127.0.0.1", port), backlog=256)
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


def transfer(gateway, kind, size, client_rate, backend_rate, expected, failures):
    try:
        with socket.create_connection(gateway) as sock:
            target = "/big?size=%d&rate=%g" % (size, backend_rate)
            if kind == "down":
                sock.sendall(("GET %s HTTP/1.1\r\nHost: big\r\n\r\n" % target).encode())
                line, fields, rest = read_head(sock)
                digest = read_body(sock, fields, rest, client_rate)[0] if " 200 " in line else line
            else:
                sock.sendall(("POST %s HTTP/1.1\r\nHost: big\r\nContent-Length: %d\r\n\r\n" % (target, size)).encode())
                send_body(sock, size, client_rate)
                line, fields, rest = read_head(sock)
                while len(rest) < 64:
                    rest += sock.recv(64)
                digest = rest.decode()
            if digest != expected:
                failures.append("%s: wrong digest %s" % (kind, digest))
    except OSError as error:
        failures.append("%s: %s" % (kind, error))


def rss(pid):
    with open("/proc/%d/status" % pid) as status:
        for line in status:
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024


def run(name, arguments, transfers, limit):
    before, failures, began = rss(arguments.pid), [], time.monotonic()
    expected = {size: digest_of(size) for size in {t[1] for t in transfers}}
    threads = [threading.Thread(target=transfer, args=(arguments.gateway, *t, expected[t[1]], failures)) for t in transfers]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    peak = before
    while any(t.is_alive() for t in threads):
        peak = max(peak, rss(arguments.pid))
        time.sleep(0.02)
    seconds = time.monotonic() - began
    total = sum(t[1] for t in transfers) / 1e6
    each = (peak - before) / len(transfers)
    verdict = "ok" if not failures and each <= limit else "FAILED"
    print("%-34s %7.1f s %8.0f MB/s  RSS %6.1f -> %6.1f MiB, %5.2f MiB each  %s" % (
        name, seconds, total / seconds, before, peak, each, verdict), *failures, flush=True)
    return verdict == "ok"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--backend-port", type=int, required=True)
    parser.add_argument("--pid", type=int, required=True)
    parser.add_argument("--mb", type=int, default=1024)
    parser.add_argument("--limit-mib", type=float, default=16)
    parser.add_argument("--rate", type=float, default=20, help="MB/s of a throttled end")
    a = parser.parse_args()
    host, port = a.gateway.rsplit(":", 1)
    a.gateway = (host, int(port))
    threading.Thread(target=backend, args=(a.backend_port,), daemon=True).start()
    time.sleep(0.2)
    big, r = a.mb << 20, a.rate
    results = [
        run("download", a, [("down", big, 0, 0)], a.limit_mib),
        run("upload", a, [("up", big, 0, 0)], a.limit_mib),
        run("each side throttled, up and down", a,
            [("down", big, r, 0), ("down", big, 0, r), ("up", big, r, 0), ("up", big, 0, r)], a.limit_mib),
        run("20 x 50 MB, clients at 20 MB/s", a,
            [(k, 50_000_000, r, 0) for k in ("down", "up") * 10], a.limit_mib),
        run("20 x 50 MB, backend at 20 MB/s", a,
            [(k, 50_000_000, 0, r) for k in ("down", "up") * 10], a.limit_mib),
    ]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
