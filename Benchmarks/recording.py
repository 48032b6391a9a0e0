#!/usr/bin/env python3
"""What recording costs, by turns with and without it, on the release binary:
  at full load (wrk, 32 connections, 100,000 requests each), then at fixed rates: requests/s, p50, p99, processor time;
  what was dropped, how large the file is; and with --kill, what a recorder loses that is killed under full load.
ROUNDS (default 3) and REQUESTS (default 100,000) change the size; RATES names the rates (default "1000 4000")."""
import json, os, re, shutil, signal, socket, subprocess, sys, threading, time
import gatebench
from gatebench import Gateway, configuration, folder, need, path

ROUNDS = int(os.environ.get("ROUNDS", "3"))
REQUESTS = int(os.environ.get("REQUESTS", "100000"))
RATES = [int(rate) for rate in os.environ.get("RATES", "1000 4000").split()]
CLAIMS = ["sub=u-100", "rank=cadet", "email=kathryn@fleet.example", "name=Kathryn Janeway"]


def gateway(name, *flags):
    config = configuration({"policy": [{"sid": "All", "effect": "Allow", "resources": ["*"]}]})
    # Bodies of about 1 KB, as APIs answer them.
    body = json.dumps([{"id": number, "name": f"ship {number}", "class": "Intrepid"} for number in range(20)])
    config["integrations"]["m"]["response"] = {
        "statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": body}
    return Gateway(name, config, *flags)


def milliseconds(text):
    number, unit = re.match(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def load(gate, token, seconds, delay=0, connections=32):
    """(requests, requests/s, p50, p99, microseconds of processor time for a request)"""
    script = path("load.lua")
    with open(script, "w") as f:
        f.write(f"function delay() return {delay} end\n" if delay else "")
    before = gate.ticks()
    out = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script,
        "-H", f"Authorization: Bearer {token}", "-H", "Accept: application/json", "-H", "User-Agent: example/1",
        f"http://127.0.0.1:{gate.port}/x"], capture_output=True, text=True, check=True).stdout
    count = int(re.search(r"(\d+) requests in", out).group(1))
    if "Non-2xx" in out or "Socket errors" in out:
        sys.exit(out)
    rate = float(re.search(r"Requests/sec: *([\d.]+)", out).group(1))
    p50, p99 = (milliseconds(re.search(rf" {p}% +(\S+)", out).group(1)) for p in (50, 99))
    return count, rate, p50, p99, (gate.ticks() - before) * 1e6 / os.sysconf("SC_CLK_TCK") / max(1, count)


def show(name, count, rate, p50, p99, cost):
    print(f"  {name:14} {count:7} requests  {rate:8.0f}/s   p50 {p50:6.2f} ms   p99 {p99:6.2f} ms   {cost:5.0f} us CPU",
        flush=True)


def compare():
    recording = path("bench.gtr.jsonl")
    plain, kept = gateway("plain"), gateway("kept", "--record", recording)
    token, sent = plain.sign(*CLAIMS), 0
    rate = load(plain, token, 2)[1]
    load(kept, token, 1)
    seconds = max(1, round(REQUESTS / rate))
    print(f"at full load, 32 connections, {seconds} s for each ({REQUESTS} requests without recording)")
    for _ in range(ROUNDS):
        show("not recording", *load(plain, token, seconds))
        show("recording", *load(kept, token, seconds))
    for rate in RATES:
        print(f"at {rate}/s")
        connections = max(8, rate // 25)
        for _ in range(ROUNDS):
            for name, gate in (("not recording", plain), ("recording", kept)):
                show(name, *load(gate, token, max(4, min(seconds, REQUESTS // rate)), 1000 * connections // rate,
                    connections))
    plain.stop()
    kept.stop()
    entries, dropped = 0, 0
    with open(recording, "rb") as f:
        for line in f:
            if b'"request":{' in line:
                entries += 1
            elif b'"note":"dropped"' in line:
                dropped += json.loads(line)["_gatehouse"]["entries"]
    print(f"recorded {entries}, dropped {dropped}, {os.path.getsize(recording) >> 20} MiB, exit {kept.process.returncode}")
    if os.environ.get("KEEP"):
        shutil.copy(recording, os.environ["KEEP"])
        shutil.copy(kept.config, os.environ["KEEP"] + ".json")


def kill_once(number):
    """Numbered requests until the recorder is killed: those that were answered must be in the file."""
    recording = path(f"killed-{number}.gtr.jsonl")
    gate = gateway(f"killed-{number}", "--record", recording)
    token = gate.sign(*CLAIMS)
    answered, lock = [], threading.Lock()

    def ask(client):
        mine, asked = [], 0
        try:
            with socket.create_connection(("127.0.0.1", gate.port)) as connection:
                while True:
                    asked += 1
                    # Sixteen at a time, so that the gateway has more to do than this client.
                    connection.sendall(b"".join(
                        f"GET /x?n={client}-{asked}-{part} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n"
                        .encode() for part in range(16)))
                    got = b""
                    for part in range(16):
                        while b"\r\n\r\n" not in got:
                            more = connection.recv(262144)
                            if not more:
                                return
                            got += more
                        head, _, got = got.partition(b"\r\n\r\n")
                        length = int(re.search(rb"(?i)content-length: *(\d+)", head).group(1))
                        while len(got) < length:
                            more = connection.recv(262144)
                            if not more:
                                return
                            got += more
                        got = got[length:]
                        mine.append(f"{client}-{asked}-{part}".encode())
        except OSError:
            pass
        finally:
            with lock:
                answered.extend(mine)

    clients = [threading.Thread(target=ask, args=(client,)) for client in range(8)]
    for client in clients:
        client.start()
    time.sleep(1 + number % 4 * 0.25)
    os.kill(gate.process.pid, signal.SIGKILL)
    gate.process.wait()
    for client in clients:
        client.join()
    # Until whoever writes the rest is through.
    size = -1
    while size != os.path.getsize(recording):
        size = os.path.getsize(recording)
        time.sleep(0.2)
    with open(recording, "rb") as f:
        content = f.read()
    lines = content.split(b"\n")
    damaged = 0
    for line in lines[:-1]:
        try:
            json.loads(line)
        except ValueError:
            damaged += 1
    kept = set(re.findall(rb"/x\?n=([\d-]+)\"", content))
    missing = [name for name in answered if name not in kept]
    print(f"  killed after {len(answered):6} answers: {len(kept):6} in the recording, {len(missing)} answered ones "
        f"missing, {damaged} lines damaged, {len(lines[-1])} bytes of an unfinished line", flush=True)
    return len(missing), damaged


if __name__ == "__main__":
    need("wrk", "recording")
    if "--kill" not in sys.argv:
        compare()
    else:
        found = [kill_once(number) for number in range(12)]
        print(f"twelve kills: {sum(missing for missing, _ in found)} missing, {sum(bad for _, bad in found)} damaged")
