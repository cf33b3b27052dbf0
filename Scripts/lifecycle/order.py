"""The order of writes, as the kernel sees it (I4c): strace around a real client on a file store.

An intent is durable before the first byte of its request; a commit is durable before the token it brings appears on any
socket or on standard output. Durable: the new file is synced, takes the old one's place, and the directory is synced.
"""

import re
import secrets
import shutil

from .probes import Probe, Server

ROUNDS = 8
CALLS = "fsync,fdatasync,fallocate,rename,renameat,renameat2,write,writev,sendto,sendmsg"


class Order:
    def __init__(self, binary, work):
        self.binary, self.work = binary, work

    def prove(self, figures):
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        trace = self.work / "trace"
        with Server(self.binary, self.work / "server.err", rotation="strict", lifetime=600) as server:
            _, refresh_token = server.log_in()
            strace = Strace(
                self.binary, trace,
                {"endpoint": f"{server.origin}/token", "issuer": server.origin, "store": self.work / "store",
                 "journal": self.work / "journal"},
                self.work / "client.err",
                {"TESSERA_PROBE_STORE_KEY": secrets.token_hex(32), "TESSERA_PROBE_REFRESH_TOKEN": refresh_token})
            with strace as client:
                client.ask("begin")
                served = 0
                for _ in range(ROUNDS):
                    served += client.ask("call", limit=60)["served"]
                    client.ask("invalidate")
        text = trace.read_text(errors="replace")
        found = Writes(text)
        figures.check("order: resource requests answered", served, f"{ROUNDS}", served == ROUNDS)
        figures.check("order: requests with a durable intent before the first byte", found.intents,
                      f"{ROUNDS} of {found.requests}", found.intents == found.requests == ROUNDS)
        figures.check("order: requests with space for the commit set aside", found.reserved, f"{ROUNDS}",
                      found.reserved == ROUNDS)
        figures.check("order: new tokens on the wire after a durable commit", found.commits,
                      f"{ROUNDS} of {found.uses}", found.commits == found.uses == ROUNDS)
        # The reader of traces can say no: without the syncs of files, or of the directory, nothing is durable.
        for what, pattern in (("files", r"fsync\(.*\.(next|space)>"), ("the directory", r"fsync\(.*/store>")):
            poorer = Writes("\n".join(line for line in text.splitlines() if not re.search(pattern, line)))
            figures.check(f"order: durable in a trace without the syncs of {what}", poorer.intents + poorer.commits,
                          "0", poorer.intents + poorer.commits == 0)


class Strace(Probe):
    """A client probe under strace."""

    def __init__(self, binary, trace, options, errors, environment):
        wrapper = trace.parent / "traced"
        wrapper.write_text(f'#!/bin/sh\nexec strace -f -y -s 8192 -o "{trace}" -e trace={CALLS} "{binary}" "$@"\n')
        wrapper.chmod(0o700)
        super().__init__(wrapper, "client", options, errors, environment)


class Writes:
    """What the trace says, in the order in which calls to the store ended and bytes for others began."""

    def __init__(self, text):
        self.requests = self.intents = self.reserved = self.uses = self.commits = 0
        self.started = {}
        self.synced = set()       # files whose content is on the disk
        self.renamed = False      # a new entry is in place, its directory not synced yet
        self.puts = 0             # entries that became durable since the last request or use
        self.spaces = set()       # files with space set aside, until they take an entry's place
        self.seen = set()
        for line in text.splitlines():
            self.read(line)

    def read(self, line):
        match = re.match(r"(\d+) +(.*)", line)
        if not match:
            return
        thread, call = match.groups()
        if "<unfinished ...>" in call:
            self.started[thread] = call
            self.begins(call)
            return
        resumed = re.match(r"<\.\.\. \w+ resumed>(.*)", call)
        if resumed:
            call = self.started.pop(thread, "").replace("<unfinished ...>", "") + resumed.group(1)
        else:
            self.begins(call)
        if re.search(r"\) += -1 ", call):
            return
        self.ends(call)

    def begins(self, call):
        """Bytes that leave the process count from the beginning of their call."""
        if not re.match(r"(write|writev|sendto|sendmsg)\(", call):
            return
        if "POST /token" in call:
            self.requests += 1
            self.intents += self.puts > 0 and not self.renamed
            self.reserved += bool(self.spaces)
            self.puts = 0
        token = re.search(r"Bearer (at\.[\w.]+)", call)
        if token and token.group(1) not in self.seen:
            self.seen.add(token.group(1))
            self.uses += 1
            self.commits += self.puts > 0 and not self.renamed
            self.puts = 0

    def ends(self, call):
        name = call.split("(", 1)[0]
        if name in ("fsync", "fdatasync"):
            path = re.search(r"<([^>]*)>", call)
            if self.renamed and path and path.group(1).endswith("/store"):
                self.renamed = False
                self.puts += 1
            elif path:
                self.synced.add(path.group(1).rsplit("/", 1)[-1])
        elif name == "fallocate":
            self.spaces.update(each.rsplit("/", 1)[-1] for each in re.findall(r"<([^>]*)>", call)[:1])
        elif name.startswith("rename"):
            names = re.findall(r'"([^"]*)"', call)
            if len(names) == 2 and names[1].endswith(".login"):
                new = names[0].rsplit("/", 1)[-1]
                self.renamed = True
                if new not in self.synced:
                    self.puts = -1_000_000  # what was not synced is never durable
                self.synced.discard(new)
                self.spaces.discard(new)
