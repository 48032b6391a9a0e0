#!/usr/bin/env python3
"""Reads requests with h11, for parser-differential.

On standard input batches: a count, then each request behind its length. On standard output a record for each: what h11
made of the first request. All numbers are little-endian; strings stand behind their length in four bytes.

    record  = verdict(1) reason(string) [message]        verdict: 0 incomplete, 1 accepted, 2 refused
    message = method target version(1) framing(1) length(8) { 1 name value } 0 body consumed(4)
    framing: 0 none, 1 length, 2 chunked
"""
import struct
import sys

import h11

U32 = struct.Struct("<I")


def string(data: bytes) -> bytes:
    return U32.pack(len(data)) + data


def framing(headers) -> bytes:
    kind, length = 0, 0
    for name, value in headers:
        if name == b"transfer-encoding":
            return struct.pack("<BQ", 2, 0)
        if name == b"content-length":
            kind, length = 1, min(int(value), 2**64 - 1)
    return struct.pack("<BQ", kind, length)


def read(data: bytes) -> bytes:
    connection = h11.Connection(h11.SERVER)
    if data:  # nothing at all would mean the end of the connection
        connection.receive_data(data)
    request, body = None, []
    try:
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA or event is h11.PAUSED:
                return b"\0" + string(b"")
            if isinstance(event, h11.Request):
                request = event
            elif isinstance(event, h11.Data):
                body.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                break
    except h11.RemoteProtocolError as error:
        return b"\2" + string(str(error).encode("utf-8", "replace")[:200])
    consumed = len(data) - len(connection.trailing_data[0])
    major, minor = request.http_version.split(b".")
    fields = b"".join(b"\1" + string(name) + string(value) for name, value in request.headers)
    return b"".join([
        b"\1", string(b""), string(request.method), string(request.target),
        bytes([int(major) * 10 + int(minor)]), framing(request.headers), fields, b"\0",
        string(b"".join(body)), U32.pack(consumed),
    ])


def main() -> None:
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sink.write(string(h11.__version__.encode()))
    sink.flush()
    while head := source.read(4):
        (count,) = U32.unpack(head)
        requests = []
        for _ in range(count):
            (length,) = U32.unpack(source.read(4))
            requests.append(source.read(length))
        sink.write(b"".join(map(read, requests)))
        sink.flush()


main()
