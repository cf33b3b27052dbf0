"""Reads of a Vault API on loopback, by the probe and by hvac: the server has to see the same requests.

That shows that the requests are those of a client that works with Vault and OpenBao, not that a Vault accepts them: none
of both is to be had here.
"""

import json
import os
import subprocess
import time

from proving.environments import environment

from .recording import RecordingServer, compare, normalised

PACKAGES = ["hvac==2.4.0"]

# Everything that is not compared, and why.
IGNORED_HEADERS = {
    "user-agent": "names the library",
    "accept": "ours prefers JSON, hvac takes anything; Vault answers JSON only",
    "accept-encoding": "the encodings that each can decode",
    "connection": "HTTP/1.1 connections stay open without it",
    "content-length": "follows from the body",
    "host": "the same server",
}

TOKEN, SECRET_ID, JWT, WRAPPING = "hvs.kept-token-0001", "secret-id-0001", "eyJhbGciOiJub25lIn0.e30.x", "hvs.wrapping-0001"
LEASE = 10  # seconds
SECRET = {"password": "s3cr3t", "port": 5432}

REFEREE = """
import json, os, sys, time, hvac
client = lambda token=None: hvac.Client(
    url=os.environ["VAULT_ADDR"], token=token, namespace=os.environ.get("VAULT_NAMESPACE"))
credential, steps = os.environ["TESSERA_PROBE_CREDENTIAL"], json.loads(sys.argv[1])
vault = client("")
for step, *arguments in steps:
    if step == "token": vault = client(credential)
    elif step == "forget": vault = client("")
    elif step == "approle": vault.auth.approle.login(role_id="billing", secret_id=credential)
    elif step == "unwrap": credential = client(credential).sys.unwrap()["data"]["secret_id"]
    elif step == "jwt": vault.auth.jwt.jwt_login(role="billing", jwt=credential)
    elif step == "kubernetes": vault.auth.kubernetes.login(role="billing", jwt=credential)
    elif step == "renew": vault.auth.token.renew_self()
    elif step == "lookup":
        try: vault.auth.token.lookup_self()
        except hvac.exceptions.Forbidden: pass
    elif step == "read":
        try:
            vault.secrets.kv.v2.read_secret_version(
                path=arguments[0], version=arguments[1], mount_point="secret", raise_on_deleted_version=True)
        except (hvac.exceptions.Forbidden, hvac.exceptions.InvalidPath): pass
"""


class Server:
    """What a Vault answers: logins give tokens in turn, and `dead` ones are refused."""

    def __init__(self):
        self.logins, self.dead, self.renewable = 0, set(), True

    def auth(self, token):
        return 200, {}, {"auth": {"client_token": token, "lease_duration": LEASE, "renewable": self.renewable}}

    def answer(self, request):
        token = request.headers.get("x-vault-token")
        if request.path.endswith("/login"):
            self.logins += 1
            return self.auth(f"hvs.login-{self.logins}")
        if token is None or token in self.dead:
            return 403, {}, {"errors": ["permission denied"]}
        if request.path == "/v1/sys/wrapping/unwrap":
            return 200, {}, {"data": {"secret_id": SECRET_ID}}
        if request.path == "/v1/auth/token/renew-self":
            return self.auth(token)
        if request.path == "/v1/auth/token/lookup-self":
            return 200, {}, {"data": {"ttl": LEASE}}
        if request.path == "/v1/secret/data/gone":
            metadata = {"version": 1, "deletion_time": "2026-01-01T00:00:00Z", "destroyed": False}
            return 404, {}, {"data": {"data": None, "metadata": metadata}}
        metadata = {"version": 3, "deletion_time": "", "destroyed": False}
        return 200, {}, {"data": {"data": SECRET, "metadata": metadata}}


# What the probe is told (a name and a version, or a number of seconds to wait), and what hvac does.
SCENARIOS = {
    "token": ("token", TOKEN, ["prod/database"], [["token"], ["read", "prod/database", None]]),
    "pinned version": ("token", TOKEN, ["prod/database 2"], [["token"], ["read", "prod/database", 2]]),
    "signs in a name": ("token", TOKEN, ["a%2fb/c&d=e/f+g"], [["token"], ["read", "a%2fb/c&d=e/f+g", None]]),
    "deleted": ("token", TOKEN, ["gone"], [["token"], ["read", "gone", None]]),
    "AppRole": ("approle", SECRET_ID, ["prod/database", "other"],
                [["approle"], ["read", "prod/database", None], ["read", "other", None]]),
    "wrapped secret id": ("wrapped", WRAPPING, ["prod/database"],
                          [["unwrap"], ["approle"], ["read", "prod/database", None]]),
    "JWT": ("jwt", JWT, ["prod/database"], [["jwt"], ["read", "prod/database", None]]),
    "Kubernetes": ("kubernetes", JWT, ["prod/database"], [["kubernetes"], ["read", "prod/database", None]]),
    "renewal": ("approle", SECRET_ID, ["prod/database", LEASE * 0.965, "prod/database"],
                [["approle"], ["read", "prod/database", None], ["renew"], ["read", "prod/database", None]]),
    "dead token": ("approle", SECRET_ID, ["prod/database"],
                   [["approle"], ["read", "prod/database", None], ["lookup"], ["forget"],
                    ["approle"], ["read", "prod/database", None]]),
}


class Probe:
    """The probe, told one secret a line."""

    def __init__(self, arguments, variables):
        self.process = subprocess.Popen(
            [str(each) for each in arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=variables)

    def ask(self, line):
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline() or "{}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self.process.stdout.close()


def prove(figures, probe):
    """`probe` is the built tessera-secrets-probe."""
    python = environment("hvac", PACKAGES) / "bin" / "python"
    figures.fact("vault, fields that are not compared",
                 "; ".join(f"{name} ({reason})" for name, reason in IGNORED_HEADERS.items()))
    seen, answers = set(), []
    for name, (method, credential, asked, steps) in SCENARIOS.items():
        requests = []
        for client in ("ours", "theirs"):
            state = Server()
            state.dead = {"hvs.login-1"} if name == "dead token" else set()
            with RecordingServer(state.answer) as server:
                variables = {
                    "PATH": os.environ.get("PATH", ""), "VAULT_ADDR": f"http://127.0.0.1:{server.port}",
                    "VAULT_NAMESPACE": "team", "TESSERA_PROBE_CREDENTIAL": credential}
                if client == "ours":
                    with Probe([probe, "vault", "--method", method], variables) as reader:
                        for line in asked:
                            if isinstance(line, str):
                                answers.append((name, reader.ask(line)))
                            else:
                                time.sleep(line)
                else:
                    subprocess.run([python, "-c", REFEREE, json.dumps(steps)], env=variables, check=True, timeout=120)
                log = server.take()
            seen.update(header for each in log for header in each.headers)
            requests.append([normalised(each, IGNORED_HEADERS) for each in log])
        compare(figures, f"vault, {name}", *requests)
    good = [json.loads(answer["secret"]) == SECRET for name, answer in answers if name != "deleted" and "secret" in answer]
    expected = sum(name != "deleted" for name, _ in answers)
    figures.check("vault, secrets read as they are held", sum(good), f"= {expected}", sum(good) == expected)
    gone = [answer.get("error") for name, answer in answers if name == "deleted"]
    figures.check("vault, a deleted version", gone, "secretUnavailable", gone == ["secretUnavailable"])
    figures.fact("vault, header fields seen", ", ".join(sorted(seen)))
