"""Processes that a benchmark starts: their children, processor time and memory, as /proc knows them."""
import glob, os, resource, socket, subprocess, sys, time


def raise_descriptors(wanted=65536):
    """As many descriptors as this user may have, for us and what we start; the limit that holds comes back."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for limit in ((wanted, max(wanted, hard)), (hard, hard)):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, limit)
            break
        except (ValueError, OSError):
            continue
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A server: `log` takes what it prints; started when its port accepts."""

    def __init__(self, name, command, port, log, patience=20):
        self.name, self.log, self.begun = name, log, time.perf_counter()
        # Appending, so that the file can be emptied while it is written.
        with open(log, "ab") as out, open(log + ".err", "ab") as err:
            self.child = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL)
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 0.5).close()
                break
            except OSError:
                if self.child.poll() is not None or time.perf_counter() - self.begun > patience:
                    self.stop()
                    sys.exit(f"{name} does not listen on {port}; see {log} and {log}.err")
                time.sleep(0.0002)
        self.start_seconds = time.perf_counter() - self.begun

    def pids(self):
        found, queue = [], [self.child.pid]
        while queue:
            pid = queue.pop()
            found.append(pid)
            for path in glob.glob(f"/proc/{pid}/task/*/children"):
                queue += [int(word) for word in read(path).split()]
        return found

    def cpu(self):
        """Seconds that all threads have run."""
        return sum(int(read(path).split()[0]) for pid in self.pids()
                   for path in glob.glob(f"/proc/{pid}/task/*/schedstat") if read(path)) / 1e9

    def rss(self):
        """KiB in memory."""
        return sum(int(line.split()[1]) for pid in self.pids()
                   for line in read(f"/proc/{pid}/status").splitlines() if line.startswith("VmRSS:"))

    def empty_log(self):
        os.truncate(self.log, 0)

    def stop(self):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(5)
            except subprocess.TimeoutExpired:
                # nginx's workers and ours wait for open connections; nobody needs these any more.
                for pid in reversed(self.pids()):
                    os.kill(pid, 9)
                self.child.wait(5)


def read(path):
    try:
        with open(path) as f:
            return f.read()
    except OSError:
        return ""
