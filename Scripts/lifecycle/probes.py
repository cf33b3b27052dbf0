"""Processes of tessera-token-probe, spoken to in JSON lines."""

import contextlib
import json
import os
import queue
import subprocess
import threading
import time


class ProbeFailed(Exception):
    """A probe ended, or did not answer in time."""


class Probe:
    """One process. Whatever happens to it, `close` leaves nothing behind."""

    def __init__(self, binary, mode, options, errors, environment=None):
        arguments = [str(binary), mode]
        for name, value in options.items():
            if value is not None:
                arguments += [f"--{name}", str(value)]
        self.errors = open(errors, "ab")
        self.process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
            env={**os.environ, "SWIFT_BACKTRACE": "enable=no", **(environment or {})})
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        with contextlib.suppress(ValueError, OSError):
            for line in self.process.stdout:
                self.lines.put(line)
        self.lines.put(None)

    def tell(self, do, **command):
        try:
            self.process.stdin.write((json.dumps({"do": do, **command}) + "\n").encode())
            self.process.stdin.flush()
        except OSError as problem:
            raise ProbeFailed(f"{do}: the probe has ended ({problem})") from None

    def answer(self, limit=30):
        try:
            line = self.lines.get(timeout=limit)
        except queue.Empty:
            raise ProbeFailed(f"no answer within {limit} s") from None
        if line is None:
            raise ProbeFailed(f"the probe ended with {self.process.wait(5)}")
        return json.loads(line)

    def ask(self, do, limit=30, **command):
        self.tell(do, **command)
        return self.answer(limit)

    def kill(self):
        """SIGKILL: the process gets no chance to do anything more."""
        self.process.kill()
        self.process.wait(10)

    def close(self):
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process.stdout.close()
        self.errors.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Server(Probe):
    """The hostile authorization server; its log is the referee."""

    def __init__(self, binary, errors, **options):
        super().__init__(binary, "serve", options, errors)
        self.origin = self.answer()["origin"]
        self.events = []
        self.lock = threading.Lock()

    def command(self, do, **command):
        with self.lock:
            return self.ask(do, **command)

    def log_in(self):
        answer = self.command("logIn")
        return answer["login"], answer["refreshToken"]

    def script(self, login, *faults):
        self.command("faults", login=login, faults=list(faults))

    def release(self, gate):
        self.command("release", gate=gate)

    def generation(self, login):
        """The generation of the login's current refresh token; None when the login has ended."""
        return self.command("state", login=login).get("generation")

    def log(self):
        """All lines of the log so far."""
        with self.lock:
            self.events += self.ask("events", **{"from": len(self.events)})["events"]
            return list(self.events)

    def of(self, login):
        """The lines of one login's requests."""
        events = self.log()
        mine = {event["request"] for event in events if event.get("login") == login}
        return [event for event in events if event["request"] in mine]

    def wait(self, condition, limit=10):
        """Waits until the log satisfies a condition; false when it does not in time."""
        until = time.monotonic() + limit
        while not condition(self.log()):
            if time.monotonic() > until:
                return False
            time.sleep(0.005)
        return True


def read_lines(path):
    """The whole JSON lines of a file; the last one of a killed process may be cut."""
    lines = []
    try:
        with open(path, "rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    lines.append(json.loads(line))
    except FileNotFoundError:
        pass
    return lines
