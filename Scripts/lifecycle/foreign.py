"""Authorization servers that nobody here wrote: django-oauth-toolkit and one on Authlib. Their logs are the referee."""

import collections
import contextlib
import json
import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from proving.checkout import ROOT
from proving.environments import environment
from proving.figures import Unusable

from .probes import Probe, read_lines

sys.path.insert(0, str(ROOT / "Scripts" / "servers"))
from cutting_proxy import CuttingProxy

SERVERS = {
    "dot": ["django-oauth-toolkit==3.4.1", "oauthlib<4", "gunicorn"],
    "authlib": ["authlib>=1.9,<1.10", "flask", "gunicorn"],
}
LIFETIME, GRACE = 1, 30  # seconds
CALLERS = 100


class ForeignServer:
    """A server under gunicorn on a free port, ended with its scope."""

    def __init__(self, name, work, workers=1, **settings):
        self.name, self.python, self.work = name, environment(name, SERVERS[name]), work
        self.path = {"dot": "/o/token/", "authlib": "/token"}[name]
        module = {"dot": "django_oauth_toolkit", "authlib": "authlib_server"}[name]
        work.mkdir(parents=True, exist_ok=True)
        self.log, self.secret, self.password = work / "log", "s/ecret " + secrets.token_hex(8), secrets.token_hex(12)
        self.environment = {
            **os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TESSERA_LOG": str(self.log),
            "TESSERA_LOG_KEY": secrets.token_hex(16), "TESSERA_DATABASE": str(work / "database"),
            "TESSERA_CLIENT_SECRET": self.secret, "TESSERA_PASSWORD": self.password,
            "TESSERA_LIFETIME": str(LIFETIME), **{key: str(value) for key, value in settings.items()}}
        servers = ROOT / "Scripts" / "servers"
        self.errors = open(work / "stderr", "ab")
        if name == "dot":
            subprocess.run(
                [f"{self.python}/bin/python", "django_oauth_toolkit.py", "prepare", "16"], cwd=servers, check=True,
                env=self.environment, stdout=self.errors, stderr=self.errors, timeout=120)
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        with listener:  # handed over, so that nobody else can take the port in between
            self.process = subprocess.Popen(
                [f"{self.python}/bin/gunicorn", "--no-control-socket", "--workers", str(workers), "--threads", "8",
                 "--bind", f"fd://{listener.fileno()}", f"{module}:application"],
                cwd=servers, env=self.environment, stdout=self.errors, stderr=self.errors,
                pass_fds=[listener.fileno()])

    def __enter__(self):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                self.post({"grant_type": "none"})
                return self
            except (urllib.error.URLError, ConnectionError, TimeoutError) as problem:
                if isinstance(problem, urllib.error.HTTPError):
                    return self
                time.sleep(0.1)
        self.__exit__()
        raise Unusable(f"{self.name} did not start; see {self.work}/stderr")

    def __exit__(self, *_):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()
        self.process.wait(10)
        self.errors.close()

    def post(self, form):
        """A request of the proof's own: status and JSON."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{self.path}",
            urllib.parse.urlencode({**form, "client_id": "proof", "client_secret": self.secret}).encode())
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()

    def log_in(self, user=0):
        for _ in range(20):
            status, answer = self.post({
                "grant_type": "password", "username": f"user{user}", "password": self.password, "scope": "read"})
            if status == 200:
                return answer["refresh_token"]
            time.sleep(0.2)
        raise Unusable(f"{self.name} lets nobody in: {status} {answer}")

    def refreshes(self):
        """The refresh requests, each with its answer, in the order of their arrival."""
        requests = {}
        for line in read_lines(self.log):
            if line["grant"] == "refresh_token":
                requests.setdefault(line["request"], {}).update(line)
        return list(requests.values())


class Foreign:
    def __init__(self, binary, work, generations=50):
        self.binary, self.work, self.generations = binary, work, generations

    def prove(self, figures):
        for name in SERVERS:
            environment(name, SERVERS[name])
        self.rotate(figures, "dot", "django-oauth-toolkit")
        self.lose(figures)
        self.reuse(figures, "dot", "django-oauth-toolkit")
        self.locked(figures)
        self.rotate(figures, "authlib", "Authlib")
        self.reuse(figures, "authlib", "Authlib")
        self.lose_strictly(figures)

    def server(self, name, part, **settings):
        return ForeignServer(name, self.work / f"{name}-{part}", **settings)

    def client(self, server, token, number=0, port=None, profile="unknown"):
        origin = f"http://127.0.0.1:{port or server.port}"
        client = Probe(
            self.binary, "client",
            {"endpoint": origin + server.path, "issuer": origin, "client": "proof", "profile": profile,
             # Authlib takes the parts of Basic as they are; RFC 6749 §2.3.1 wants them form-decoded.
             "authentication": "post" if server.name == "authlib" else "basic",
             "store": server.work / f"store-{number}", "journal": server.work / f"journal-{number}"},
            server.work / f"client-{number}.err",
            {"TESSERA_PROBE_STORE_KEY": secrets.token_hex(32), "TESSERA_PROBE_REFRESH_TOKEN": token,
             "TESSERA_PROBE_CLIENT_SECRET": server.secret})
        client.ask("begin")
        return client

    def generations_of(self, client, count):
        """Lets the token expire `count` times; what was served and refused to all callers together."""
        served, errors = 0, collections.Counter()
        for _ in range(count):
            answer = client.ask("ask", tasks=CALLERS, limit=60)
            served += answer["served"]
            errors.update(answer["errors"])
            time.sleep(LIFETIME + 0.05)
        return served, errors

    def rotate(self, figures, name, title):
        with self.server(name, "rotation", TESSERA_GRACE=GRACE) as server:
            with self.client(server, server.log_in()) as client:
                served, errors = self.generations_of(client, self.generations)
            refreshes = server.refreshes()
        asked = self.generations * CALLERS
        figures.check(f"{title}: tokens for {CALLERS} callers at each of {self.generations} expiries", served,
                      f"{asked}, errors {dict(errors)}", served == asked)
        good = chain_length(refreshes)
        figures.check(f"{title}: generations, each from the one before", good, f"= {self.generations}",
                      good == self.generations)
        figures.check(f"{title}: refresh requests", len(refreshes), f"= {self.generations}",
                      len(refreshes) == self.generations)

    def lose(self, figures):
        """Every third answer is lost or cut; the grace lets each repeat through."""
        title = "django-oauth-toolkit with lost answers"
        with self.server("dot", "losses", TESSERA_GRACE=GRACE) as server:
            fate = lambda number: None if number % 3 else ("lose", "half", "refuse")[number // 3 % 3]
            with CuttingProxy(("127.0.0.1", server.port), fate) as proxy:
                with self.client(server, server.log_in(), port=proxy.port) as client:
                    answered = 0
                    until = time.monotonic() + 20 * self.generations
                    while chain_length(server.refreshes()) < self.generations and time.monotonic() < until:
                        answered += client.ask("ask", tasks=CALLERS, limit=90)["served"] == CALLERS
                        time.sleep(LIFETIME + 0.05)
                    last = client.ask("ask", tasks=1, limit=90)
                lost = proxy.lost
            refreshes = server.refreshes()
        figures.check(f"{title}: generations", chain_length(refreshes), f">= {self.generations}",
                      chain_length(refreshes) >= self.generations)
        figures.check(f"{title}: answers lost", lost, "> 0", lost > 0)
        refused = [each for each in refreshes if each.get("status", 0) >= 400]
        figures.check(f"{title}: refusals", len(refused), "0", not refused)
        figures.check(f"{title}: the login lives", last["served"], "1", last["served"] == 1)

    def lose_strictly(self, figures):
        """One lost answer of a strict server: the login ends, once, and says why."""
        title = "Authlib, strict, answer lost"
        with self.server("authlib", "loss") as server:
            with CuttingProxy(("127.0.0.1", server.port), lambda number: "lose" if number == 2 else None) as proxy:
                with self.client(server, server.log_in(), port=proxy.port) as client:
                    first = client.ask("ask", tasks=CALLERS, limit=60)
                    time.sleep(LIFETIME + 0.05)
                    second = client.ask("ask", tasks=CALLERS, limit=60)
                    third = client.ask("ask", tasks=CALLERS, limit=60)
            refreshes = server.refreshes()
        figures.check(f"{title}: before", first["served"], f"{CALLERS}", first["served"] == CALLERS)
        reasons = {**second["errors"], **{f"again {key}": value for key, value in third["errors"].items()}}
        expected = {"loginRequired/responseLost": CALLERS, "again loginRequired/responseLost": CALLERS}
        figures.check(f"{title}: reason", reasons, "responseLost, for all", reasons == expected)
        figures.check(f"{title}: refresh requests", len(refreshes), "3: one good, one lost, one repeat",
                      len(refreshes) == 3)

    def reuse(self, figures, name, title):
        """A stolen old token is used: the server ends the login, and the client says so and stays quiet."""
        with self.server(name, "reuse", TESSERA_GRACE=0) as server:
            stolen = server.log_in()
            with self.client(server, stolen) as client:
                client.ask("ask", tasks=CALLERS, limit=60)
                status, _ = server.post({"grant_type": "refresh_token", "refresh_token": stolen})
                time.sleep(LIFETIME + 0.05)
                before = len(server.refreshes())
                answers = [client.ask("ask", tasks=CALLERS, limit=60) for _ in range(3)]
                requests = len(server.refreshes()) - before
        figures.check(f"{title}, reuse: the thief's answer", status, "400", status == 400)
        errors = sum((collections.Counter(answer["errors"]) for answer in answers), collections.Counter())
        figures.check(f"{title}, reuse: what {3 * CALLERS} callers are told", dict(errors), "loginRequired/refused",
                      errors == {"loginRequired/refused": 3 * CALLERS})
        figures.check(f"{title}, reuse: requests of the client afterwards", requests, "1", requests == 1)

    def recovers(self, client):
        """Whether the login gives a token again. Failures in a row space its requests out, up to a minute."""
        until = time.monotonic() + 150
        while True:
            answer = client.ask("ask", tasks=1, limit=90)
            if answer["served"] or time.monotonic() > until or any("loginRequired" in each for each in answer["errors"]):
                return answer["served"] == 1
            time.sleep(1)

    def locked(self, figures):
        """SQLite that waits for no lock: "database is locked" is answered as 500, and no login may be lost by it."""
        title = "django-oauth-toolkit on a busy SQLite"
        users, rounds = 16, 12
        with self.server("dot", "locked", workers=2, TESSERA_GRACE=GRACE, TESSERA_BUSY=0) as server:
            with contextlib.ExitStack() as stack:
                clients = [
                    stack.enter_context(self.client(server, server.log_in(user), number=user)) for user in range(users)]
                for _ in range(rounds):
                    for client in clients:
                        client.tell("ask", tasks=4)
                    for client in clients:
                        client.answer(90)
                    time.sleep(LIFETIME + 0.05)
                alive = sum(self.recovers(client) for client in clients)
            refreshes = server.refreshes()
        failures = [each for each in refreshes if each.get("status", 0) >= 500]
        figures.check(f"{title}: answers 500 of {len(refreshes)}", len(failures), "> 0", bool(failures))
        figures.check(f"{title}: logins alive", alive, f"{users}", alive == users)


def chain_length(refreshes):
    """How many times a token was exchanged for its successor, counted along the chain of tokens."""
    successors = {each["presented"]: each["issued"] for each in refreshes if each.get("status") == 200}
    starts = set(successors) - set(successors.values())
    longest = 0
    for token in starts:
        length, seen = 0, set()
        while token in successors and token not in seen:
            seen.add(token)
            token, length = successors[token], length + 1
        longest = max(longest, length)
    return longest
