#!/usr/bin/env python3
"""POSTs through the gateway to a backend that closes each kept connection a moment after its answer.

  scripts/at-most-once.py [--binary BIN] [--requests 20000] [--lanes fast,classic]

Each POST has an ID of its own. The backend answers, and 0 to 3 ms later it closes the connection, so that its end crosses
with the next request again and again. No ID may reach the backend twice, and each client must get exactly one answer: the
backend's, or the gateway's word that the backend failed.
"""
import argparse, asyncio, collections, json, os, random, socket, subprocess, sys, tempfile

CLIENTS = 64


class Backend:
    """Counts the IDs that it is asked for."""

    def __init__(self, seed):
        self.seen = collections.Counter()
        self.connections = self.closed = 0
        self.random = random.Random(seed)

    async def serve(self, reader, writer):
        self.connections += 1
        loop = asyncio.get_running_loop()
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
                fields = {name.lower(): value for name, value in fields.items()}
                if b"content-length" in fields:
                    body = await reader.readexactly(int(fields[b"content-length"]))
                else:
                    body = b""
                    while True:
                        size = int(await reader.readuntil(b"\r\n"), 16)
                        body += await reader.readexactly(size)
                        await reader.readexactly(2)
                        if size == 0:
                            break
                self.seen[body.strip()] += 1
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
                loop.call_later(self.random.random() * 0.003, self.close, writer)
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            pass
        finally:
            writer.close()

    def close(self, writer):
        self.closed += 1
        writer.close()


async def client(port, ids, tally, wrong):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while ids:
        name = ids.pop()
        chunked = name.endswith(b"7")
        if chunked:
            frame, body = b"Transfer-Encoding: chunked", b"%x\r\n%s\r\n0\r\n\r\n" % (len(name), name)
        else:
            frame, body = b"Content-Length: %d" % len(name), name
        writer.write(b"POST /orders HTTP/1.1\r\nHost: shop.test\r\n%s\r\n\r\n%s" % (frame, body))
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        length = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))[15:])
        answer = await reader.readexactly(length)
        tally[status] += 1
        if status == 200 and answer != name:
            wrong.append((name, answer))
        if b"\r\nconnection: close" in head.lower():
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    # Whatever else came would be an answer that nobody asked for.
    await asyncio.sleep(0.2)
    rest = reader._buffer if hasattr(reader, "_buffer") else b""
    if rest:
        wrong.append((b"surplus", bytes(rest)))
    writer.close()


async def run(lane, arguments):
    backend = Backend(arguments.seed)
    server = await asyncio.start_server(backend.serve, "127.0.0.1", 0, backlog=512)
    target = server.sockets[0].getsockname()[1]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        config = os.path.join(folder, "gateway.json")
        with open(config, "w") as f:
            json.dump({
                "version": 1, "api": {"type": "HTTP", "defaultStage": "$default"}, "stages": {"$default": {}},
                "server": {"listen": f"127.0.0.1:{port}", "workers": 2},
                "integrations": {"b": {"type": "HTTP_PROXY", "uri": f"http://127.0.0.1:{target}{{path}}", "lane": lane}},
                "routes": {"$default": {"authorizationType": "NONE", "integration": "b"}}}, f)
        with open(os.path.join(folder, "log"), "w") as log:
            gateway = subprocess.Popen([arguments.binary, "serve", "--config", config], stdout=log, stderr=log)
        try:
            for _ in range(500):
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    await asyncio.sleep(0.02)
            ids = [b"order-%06d-%s" % (number, lane.encode() * (number % 40)) for number in range(arguments.requests)]
            tally, wrong = collections.Counter(), []
            await asyncio.wait_for(
                asyncio.gather(*(client(port, ids, tally, wrong) for _ in range(CLIENTS))), arguments.seconds)
        finally:
            gateway.terminate()
            gateway.wait()
    server.close()
    twice = sum(1 for count in backend.seen.values() if count > 1)
    answers = sum(tally.values())
    print(f"{lane}: {answers} answers to {arguments.requests} POSTs {dict(tally)}, {backend.connections} connections, "
          f"{backend.closed} closed after an answer, IDs seen twice: {twice}, wrong or surplus answers: {len(wrong)}")
    return twice == 0 and not wrong and answers == arguments.requests


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=".build/release/gatehouse")
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--lanes", default="fast,classic")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=300, help="after which a missing answer counts as lost")
    arguments = parser.parse_args()
    good = [asyncio.run(run(lane, arguments)) for lane in arguments.lanes.split(",")]
    print("%d passed, %d failed" % (sum(good), len(good) - sum(good)))
    sys.exit(not all(good))


main()
