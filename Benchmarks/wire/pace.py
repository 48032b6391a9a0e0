#!/usr/bin/env python3
"""Sends requests at a fixed pace, whatever the answers do, and prints what came of it as JSON.

  pace.py PORT RATE SECONDS CONNECTIONS ADDRESS FILE

FILE holds a token on each line, used in turn; the connections come from ADDRESS. A request that is due goes out on the
next connection that is not waiting for an answer, on the next of all when every one waits. Latency counts from the
moment a request was due, so a gateway that stalls the sender is not excused.
"""
import collections, json, select, socket, sys, time


class Line:
    """One connection: when its unanswered requests were due, and the beginning of an answer."""

    def __init__(self, address, port):
        self.socket = socket.socket()
        self.socket.bind((address, 0))
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.due, self.read, self.unsent = collections.deque(), b"", b""

    def answers(self):
        """Statuses of the answers that are complete; None at the end of the connection."""
        try:
            piece = self.socket.recv(65536)
        except BlockingIOError:
            return []
        except OSError:
            return None
        if not piece:
            return None
        self.read += piece
        statuses = []
        while (end := self.read.find(b"\r\n\r\n")) >= 0:
            head = self.read[:end].lower()
            at = head.find(b"\r\ncontent-length:")
            length = int(head[at + 17:].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.read) < end + 4 + length:
                break
            statuses.append(int(head[9:12]))
            self.read = self.read[end + 4 + length:]
        return statuses


def main():
    port, rate, seconds, count, address, file = (kind(word) for kind, word in zip(
        (int, float, float, int, str, str), sys.argv[1:]))
    with open(file) as f:
        requests = [f"GET /api/items?id=42 HTTP/1.1\r\nHost: api.example.org\r\nAuthorization: Bearer {line.strip()}\r\n\r\n"
                    .encode() for line in f]
    poll = select.epoll()
    lines = {}

    def connect():
        line = Line(address, port)
        lines[line.socket.fileno()] = line
        poll.register(line.socket, select.EPOLLIN)
        idle.append(line)

    idle, busy = collections.deque(), collections.deque()
    for _ in range(count):
        connect()
    latencies, statuses, lost, sent, waited = [], collections.Counter(), 0, 0, 0
    begun = time.perf_counter()
    total = int(rate * seconds)
    end = begun + seconds + 2
    while (now := time.perf_counter()) < end and (sent < total or any(line.due for line in lines.values())):
        while sent < total and begun + sent / rate <= now:
            if idle:
                line = idle.popleft()
            else:
                line = busy.popleft()
                waited += 1
            busy.append(line)
            line.due.append(begun + sent / rate)
            line.unsent += requests[sent % len(requests)]
            sent += 1
            flush(line)
        pause = max(0.0, begun + sent / rate - time.perf_counter()) if sent < total else 0.05
        for descriptor, _ in poll.poll(pause):
            line = lines[descriptor]
            flush(line)
            found = line.answers()
            now = time.perf_counter()
            if found is None:
                lost += len(line.due)
                del lines[descriptor]
                poll.unregister(descriptor)
                line.socket.close()
                for queue in (idle, busy):
                    if line in queue:
                        queue.remove(line)
                connect()
                continue
            for status in found:
                statuses[status] += 1
                latencies.append(now - line.due.popleft())
            if found and not line.due:
                if line in busy:
                    busy.remove(line)
                idle.append(line)
    took = time.perf_counter() - begun
    latencies.sort()

    def quantile(share):
        return latencies[min(len(latencies) - 1, int(share * len(latencies)))] * 1000 if latencies else None
    unanswered = lost + sum(len(line.due) for line in lines.values())
    print(json.dumps({"sent": sent, "rate": sent / min(took, seconds) if took else 0, "answered": len(latencies),
                      "unanswered": unanswered, "statuses": dict(statuses), "pipelined": waited, "p50": quantile(0.5),
                      "p99": quantile(0.99), "most": quantile(1.0)}))


def flush(line):
    if line.unsent:
        try:
            line.unsent = line.unsent[line.socket.send(line.unsent):]
        except OSError:
            pass


main()
