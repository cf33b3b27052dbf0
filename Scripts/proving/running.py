"""Runs programs so that nothing of them is left, and keeps what they printed."""

import contextlib
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

from .figures import Unusable


class Run:
    """What became of a program: `code` is None when it was ended at its time limit."""

    def __init__(self, code, out, err, seconds):
        self.code, self.out, self.err, self.seconds = code, out, err, seconds

    @property
    def good(self):
        return self.code == 0

    @property
    def text(self):
        return re.sub(r"\x1b\[[0-9;]*m", "", self.out + "\n" + self.err)

    @property
    def ending(self):
        return "hung" if self.code is None else f"exit {self.code}"


class Runner:
    """Runs programs in sessions of their own, with their output in files: an orphan holds no pipe open, and all that a
    program started is found by its session and ended by its pid, also when it made a process group of its own."""

    def __init__(self, logs):
        self.logs, self.number, self.quiet = logs, 0, False
        logs.mkdir(parents=True, exist_ok=True)

    def run(self, name, arguments, cwd, limit, files=None):
        self.number += 1
        stem = self.logs / f"{self.number:03}-{name}"
        start = time.monotonic()
        with open(f"{stem}.out", "wb") as out, open(f"{stem}.err", "wb") as err:
            child = subprocess.Popen(
                [str(a) for a in arguments], cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                start_new_session=True, preexec_fn=(lambda: limit_files(files)) if files else None)
            try:
                code = child.wait(limit)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                end_session(child)
        read = lambda kind: pathlib.Path(f"{stem}.{kind}").read_text(errors="replace")
        result = Run(code, read("out"), read("err"), time.monotonic() - start)
        if not result.good and not self.quiet:
            tail = "\n".join(result.text.strip().splitlines()[-15:])
            print(f"-- {name}: {result.ending} after {result.seconds:.0f} s; {stem}.out and .err\n{tail}", file=sys.stderr)
        return result


def limit_files(count):
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))


def end_session(child):
    """Ends whatever is left of the session that `child` leads: asks, then insists."""
    for number, patience in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        until = time.monotonic() + patience
        members = session_members(child.pid)
        for pid in members:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        while members and time.monotonic() < until:
            child.poll()
            time.sleep(0.05)
            members = session_members(child.pid)
        if not members:
            break
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(1)


def session_members(leader):
    return [pid for pid in all_pids() if session_of(pid) == leader and not is_zombie(pid)]


def all_pids():
    proc = pathlib.Path("/proc")
    if (proc / "self" / "stat").exists():
        return [int(name) for name in os.listdir(proc) if name.isdigit()]
    listing = subprocess.run(["ps", "-A", "-o", "pid="], capture_output=True, text=True, timeout=30)
    return [int(word) for word in listing.stdout.split()]


def session_of(pid):
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return None


def is_zombie(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


@contextlib.contextmanager
def environment_of(values):
    """For what is started meanwhile."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def require(programs):
    missing = {name: package for name, package in programs.items() if shutil.which(name) is None}
    if missing:
        raise Unusable("missing: " + "; ".join(f"{name} (install {package})" for name, package in missing.items()))
