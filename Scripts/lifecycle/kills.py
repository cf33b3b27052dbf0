"""Kills over the rows of the crash table: real processes, SIGKILL, answers held back so that the kill hits its row."""

import concurrent.futures
import random
import secrets
import shutil
import time

from .probes import Probe, ProbeFailed, Server, read_lines
from .referee import Verdict, steps

LIMIT = 30  # seconds for any step of a trial
GRACE = 5


class Row:
    """Where a process is killed, and what the next start has to find.

    `park` is the journal's step at which the process stops by itself; `faults` are the server's, one for each request;
    `wait` is the kind of line in the server's log that says that the process is where it should be.
    """

    def __init__(self, name, park=None, faults=(), wait=None, full_disk=False, logout=False, requests=None):
        self.name, self.park, self.faults, self.wait = name, park, faults, wait
        self.full_disk, self.logout, self.requests = full_disk, logout, requests


ROWS = [
    # 1-3: nothing was sent; the next start refreshes as if nothing had been.
    Row("lease held", park="leased", requests=1),
    # 4: the intent is durable, no byte was sent.
    Row("intent durable, nothing sent", park="sending", requests=1),
    # 6: sent, and never processed.
    Row("sent, not committed at the server", faults=["holdDrop"], wait="held", requests=2),
    # 6: the server committed, the answer is on its way.
    Row("server committed, answer unread", faults=["holdAnswer"], wait="held", requests=2),
    # 6: the answer was read and is nowhere durable.
    Row("answer read, commit not durable", park="answered", requests=2),
    # 11: durable, not published.
    Row("committed, not published", park="committed", requests=1),
    # 11: published, lease not released.
    Row("published, lease not released", park="published", requests=1),
    # 12: the store refuses the commit; the new token is in memory only.
    Row("commit impossible", faults=["holdAnswer"], wait="held", full_disk=True, requests=2),
    # 14: the tombstone is durable, nothing was revoked.
    Row("tombstone durable, not revoked", park="loggedOut", logout=True, requests=0),
]


class Trial:
    """One login, one process that is killed, one that starts anew on the same store."""

    def __init__(self, part, rotation, row, number, seed):
        self.part, self.rotation, self.row = part, rotation, row
        self.random = random.Random(f"{seed}/{rotation}/{row.name}/{number}")
        self.name = f"{rotation.replace(':', '')}-{ROWS.index(row)}-{number}"
        self.folder = part.work / self.name
        self.server = part.servers[rotation]
        self.gate = f"gate-{self.name}"
        self.journal = self.folder / "journal"
        self.full = self.folder / "full"
        self.key = secrets.token_hex(32)

    def client(self, park=None, refresh_token=None):
        # A client that knows nothing of the server must lose no more than one that knows its grace.
        profile = self.random.choice(["unknown", self.rotation])
        return Probe(
            self.part.binary, "client",
            {"endpoint": f"{self.server.origin}/token", "revocation": f"{self.server.origin}/revoke",
             "issuer": self.server.origin, "store": self.folder / "store",
             "journal": self.journal, "profile": profile, "park": park, "full": self.full},
            self.folder / "stderr",
            {"TESSERA_PROBE_STORE_KEY": self.key, "TESSERA_PROBE_REFRESH_TOKEN": refresh_token or ""})

    def run(self):
        self.folder.mkdir()
        self.login, refresh_token = self.server.log_in()
        faults = [fault + ":" + self.gate for fault in self.row.faults]
        self.server.script(self.login, *faults)
        hit = self.kill(refresh_token)
        self.server.release(self.gate)  # a held answer goes to nobody now
        outcome = self.start_anew()
        return hit, outcome

    def kill(self, refresh_token):
        """Starts the process, brings it to its row and kills it. Whether it was there."""
        with self.client(self.row.park, refresh_token) as client:
            client.ask("begin")
            client.tell("logout" if self.row.logout else "ask", tasks=3)
            hit = self.wait_for(client)
            if self.row.full_disk and hit:
                self.full.touch()
                self.server.release(self.gate)
                hit = self.wait_for_step("unsaved")
            if not self.row.park:
                # Anywhere in the time that the row lasts, not always at its beginning.
                time.sleep(self.random.uniform(0, 0.01))
            client.kill()
            self.full.unlink(missing_ok=True)
            return hit

    def wait_for(self, client):
        if self.row.park:
            return self.wait_for_step(self.row.park)
        return self.server.wait(
            lambda events: any(
                event["kind"] == self.row.wait and event.get("gate") == self.gate for event in events), LIMIT)

    def wait_for_step(self, kind):
        until = time.monotonic() + LIMIT
        while time.monotonic() < until:
            if steps(read_lines(self.journal), kind):
                return True
            time.sleep(0.005)
        return False

    def start_anew(self):
        """What the next start says: the code of its end, or "token"."""
        with self.client() as client:
            answer = client.ask("ask", tasks=3, limit=LIMIT)
            if self.row.logout:  # the revocation is made up for beside what the caller asked for
                self.server.wait(lambda _: self.server.generation(self.login) is None, 5)
            return answer

    def verdict(self):
        return Verdict(
            self.rotation, self.server.of(self.login), read_lines(self.journal), self.server.generation(self.login))


class Kills:
    def __init__(self, binary, work, count, seed, parallel=2):
        self.binary, self.work, self.count, self.seed, self.parallel = binary, work, count, seed, parallel
        self.servers = {}

    def prove(self, figures, rotations=("strict", f"grace:{GRACE}", "never"), rows=None):
        self.work.mkdir(parents=True, exist_ok=True)
        figures.fact("kills, seed", self.seed, f"--seed {self.seed}")
        for rotation in rotations:
            with Server(self.binary, self.work / "server.err", rotation=rotation, lifetime=600) as server:
                self.servers[rotation] = server
                for row in rows or ROWS:
                    self.prove_row(figures, rotation, row)

    def prove_row(self, figures, rotation, row):
        trials = [Trial(self, rotation, row, number, self.seed) for number in range(self.count)]
        hits = lost = allowed = 0
        problems = []
        with concurrent.futures.ThreadPoolExecutor(self.parallel) as pool:
            for trial, result in zip(trials, pool.map(self.attempt, trials)):
                if isinstance(result, str):
                    problems.append(f"{trial.name}: {result}")
                    continue
                hit, outcome, verdict = result
                hits += hit
                lost += bool(verdict.lost)
                allowed += verdict.allowed
                found = self.problems_of(trial, outcome, verdict)
                problems += [f"{trial.name}: {problem}" for problem in found]
                if not found:
                    shutil.rmtree(trial.folder, ignore_errors=True)
        name = f"kills, {rotation}, {row.name}"
        figures.check(f"{name}: hit", hits, f">= {self.count}", hits >= self.count)
        bar = f"= the {allowed} that the logs allow" if rotation == "strict" else "0"
        figures.check(
            f"{name}: logins lost", lost, bar, lost == allowed and (rotation == "strict" or lost == 0))
        figures.check(
            f"{name}: violations", len(problems) if not problems else "; ".join(problems[:3]), "0", not problems)

    def attempt(self, trial):
        try:
            hit, outcome = trial.run()
            return hit, outcome, trial.verdict()
        except (ProbeFailed, OSError, KeyError, ValueError) as problem:
            return f"{type(problem).__name__}: {problem} (see {trial.folder})"

    def problems_of(self, trial, outcome, verdict):
        problems = list(verdict.problems)
        if trial.row.logout:
            if outcome.get("errors") != {"loginRequired/loggedOut": outcome["tasks"]}:
                problems.append(f"after a logout the next start says {outcome}")
            if not verdict.ended:
                problems.append("the server still has the login")
            return problems
        if bool(verdict.lost) != bool(verdict.allowed):
            problems.append(f"lost {verdict.lost}, but the logs allow {verdict.allowed}")
        if verdict.lost:
            if any("responseLost" not in reason for reason in verdict.lost):
                problems.append(f"the reason is {verdict.lost}")
            if outcome.get("errors") != {"loginRequired/responseLost": outcome["tasks"]}:
                problems.append(f"the next start says {outcome}")
        elif outcome.get("served") != outcome["tasks"]:
            problems.append(f"the next start says {outcome}")
        requests = len(verdict.requests)
        if requests != trial.row.requests:
            problems.append(f"{requests} token requests, not {trial.row.requests}")
        return problems
