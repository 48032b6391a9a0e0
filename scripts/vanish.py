#!/usr/bin/env python3
"""Clients that vanish at random moments: is the gateway alive, and are descriptors and memory flat? (stdlib only)

  vanish.py --gateway HOST:PORT --backend-port PORT --pid PID [--count 5000] [--seed 1]

The gateway forwards every path to 127.0.0.1:BACKEND-PORT, where this script answers slowly and now and then breaks off.
"""
import argparse, os, random, socket, struct, sys, threading, time


def backend(port):
    listener = socket.create_server(("127.0.0.1", port), backlog=512)

    def serve(sock, number):
        rng = random.Random(number)
        try:
            while True:
                data = sock.recv(65536)
                if not data:
                    break
                fate = rng.random()
                if fate < 0.05:
                    break
                time.sleep(rng.random() * 0.004)
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n")
                for _ in range(20):
                    sock.sendall(b"x" * 10000)
                    if fate > 0.9:
                        time.sleep(0.001)
                    if rng.random() < 0.002:
                        return
        except OSError:
            pass
        finally:
            sock.close()

    number = 0
    while True:
        number += 1
        threading.Thread(target=serve, args=(listener.accept()[0], number), daemon=True).start()


def vanish(gateway, rng):
    sock = socket.create_connection(gateway)
    sock.settimeout(2)
    request = rng.choice([
        b"GET /v HTTP/1.1\r\nHost: v\r\n\r\n",
        b"POST /v HTTP/1.1\r\nHost: v\r\nContent-Length: 100000\r\n\r\n" + b"y" * 100000,
        b"POST /v HTTP/1.1\r\nHost: v\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1000\r\n" + b"z" * 4096 + b"\r\n0\r\n\r\n",
        b"GET /v HTTP/1.1\r\nHost: v\r\n\r\n" * 20,
    ])
    try:
        sock.sendall(request[:rng.randrange(1, len(request) + 1)] if rng.random() < 0.5 else request)
        fate = rng.random()
        if fate < 0.2:
            sock.shutdown(socket.SHUT_WR)
        if fate < 0.7:
            for _ in range(rng.randrange(4)):
                sock.recv(rng.randrange(1, 65536))
        if rng.random() < 0.5:
            time.sleep(rng.random() * 0.005)
        if rng.random() < 0.5:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass
    sock.close()


def state(pid):
    rss = next(int(l.split()[1]) for l in open("/proc/%d/status" % pid) if l.startswith("VmRSS")) / 1024
    return len(os.listdir("/proc/%d/fd" % pid)), rss


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--backend-port", type=int, required=True)
    parser.add_argument("--pid", type=int, required=True)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    host, port = a.gateway.rsplit(":", 1)
    gateway = (host, int(port))
    threading.Thread(target=backend, args=(a.backend_port,), daemon=True).start()
    time.sleep(0.2)
    states = [state(a.pid)]
    for part in range(5):
        lanes = [
            threading.Thread(
                target=lambda lane=lane: [
                    vanish(gateway, random.Random("%d/%d/%d/%d" % (a.seed, part, lane, n))) for n in range(a.count // 40)])
            for lane in range(8)
        ]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
        time.sleep(3)
        states.append(state(a.pid))
    for number, (fds, rss) in enumerate(states):
        print("after %5d: %4d descriptors, RSS %6.1f MiB" % (number * (a.count // 5), fds, rss))
    with socket.create_connection(gateway) as sock:
        sock.settimeout(5)
        sock.sendall(b"GET /v HTTP/1.1\r\nHost: v\r\nConnection: close\r\n\r\n")
        answer = b""
        try:
            while True:
                more = sock.recv(65536)
                if not more:
                    break
                answer += more
        except OSError:
            pass
    alive = answer.startswith(b"HTTP/1.1 ")
    print("alive" if alive else "DEAD")
    sys.exit(0 if alive else 1)


if __name__ == "__main__":
    main()
