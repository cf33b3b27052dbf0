"""Google Secret Manager: the same requests as Google's own library makes, damaged payloads, URLs that are not believed,
and signatures that joserfc verifies.

This proves what is sent, and not that the cloud accepts it: there is no Secret Manager here.
"""

import json
import os
import pathlib
import random
import subprocess
import tempfile
import urllib.parse

from proving.environments import environment

from .google_server import PAYLOAD, GoogleServer, Stranger, crc32c, private_address
from .google_referee import ALGORITHMS

PACKAGES = ["google-cloud-secret-manager==2.32.0", "google-auth==2.63.0", "requests==2.34.2", "joserfc==1.8.0"]
REFEREE = pathlib.Path(__file__).with_name("google_referee.py")  # run with -P: its folder has a google.py
NAME = "projects/proof/secrets/s/versions/"
FLIPS = 64

# What the comparison leaves out, and why.
IGNORED_HEADERS = {
    "accept", "accept-encoding", "connection", "content-length", "host", "user-agent",  # of the HTTP client
    "x-goog-api-client",  # names the library and its version
    "x-goog-request-params",  # routing of gRPC gateways; the path says the same
}
IGNORED_QUERY = {"$alt"}  # asks for enums as numbers; the answer holds none
IGNORED_FORM = {"assertion"}  # signatures and times differ; it is read and compared by its claims
IGNORED_MEMBERS = {"delegates"}  # empty
# The library asks the metadata server for the account's name as well.
IGNORED_PATHS = {"/computeMetadata/v1/instance/service-accounts/default/"}


def normalized(request, read_assertion):
    """A request without what the library and this package may do differently."""
    form, document, assertion = [], None, None
    kind = request["headers"].get("content-type", "").partition(";")[0]
    if request["body"] and kind == "application/json":
        document = {name: value for name, value in json.loads(request["body"]).items()
                    if name not in IGNORED_MEMBERS or value}
    elif request["body"]:
        pairs = urllib.parse.parse_qsl(request["body"], keep_blank_values=True)
        form = sorted(pair for pair in pairs if pair[0] not in IGNORED_FORM)
        if "assertion" in dict(pairs):
            assertion = read_assertion(dict(pairs)["assertion"])
    headers = {name: value for name, value in request["headers"].items() if name not in IGNORED_HEADERS}
    headers.pop("content-type", None)
    return {
        "method": request["method"], "path": request["path"], "kind": kind if request["body"] else "",
        "query": sorted(pair for pair in request["query"] if pair[0] not in IGNORED_QUERY),
        "headers": headers, "form": form, "document": document, "assertion": assertion,
    }


class Bench:
    def __init__(self, probe, python, folder):
        self.probe, self.python, self.folder = str(probe), str(python), pathlib.Path(folder)
        self.server = GoogleServer()
        self.origin = f"http://127.0.0.1:{self.server.port}"
        self.key = (self.folder / "RS256.pem").read_text()

    def document(self, kind, **changes):
        if kind == "service_account":
            document = {"client_email": "robot@proof.iam.gserviceaccount.com", "private_key": self.key,
                        "private_key_id": "k1", "token_uri": f"{self.origin}/token", "project_id": "proof"}
        elif kind == "authorized_user":
            document = {"client_id": "id.apps.example", "client_secret": "client-secret-1",
                        "refresh_token": "1//refresh+token/1", "token_uri": f"{self.origin}/token"}
        else:
            (self.folder / "subject").write_text("eyJ.subject.token")
            document = {"audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
                        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "token_url": f"{self.origin}/v1/token",
                        "credential_source": {"file": str(self.folder / "subject")}}
        path = self.folder / "credentials.json"
        path.write_text(json.dumps({"type": kind, **document, **changes}))
        return str(path)

    def run(self, command, **variables):
        settings = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "NO_GCE_CHECK": "true", **variables}
        run = subprocess.run(command, capture_output=True, text=True, timeout=120, env=settings)
        return (run.stdout.strip() or run.stderr.strip()[-400:]), self.server.take()

    def ours(self, credentials, name="latest", trusted=None, **variables):
        trusted = [self.origin] if trusted is None else trusted
        return self.run([self.probe, "access", credentials, self.origin, NAME + name, *trusted], **variables)

    def theirs(self, credentials, name="latest", **variables):
        return self.run([self.python, "-P", str(REFEREE), "access", credentials, self.origin, NAME + name], **variables)

    def assertion(self, token):
        run = subprocess.run([self.python, "-P", str(REFEREE), "assertion", str(self.folder), token], capture_output=True,
                             text=True, check=True, timeout=60)
        read = json.loads(run.stdout)
        claims = read["claims"]
        # The library names Google's own endpoint whatever the file says; here it is the one that gets the assertion, so
        # that no other can use it. On loopback these differ.
        assert claims.pop("aud") in ("https://oauth2.googleapis.com/token", f"{self.origin}/token")
        return {**read, "life": claims.pop("exp") - claims.pop("iat")}


def flows(bench):
    """Name, credentials, the secret's version, environment."""
    impersonation = f"{bench.origin}/v1/projects/-/serviceAccounts/robot:generateAccessToken"
    json_format = {"type": "json", "subject_token_field_name": "value"}
    url = {"url": f"{bench.origin}/subject?audience=a", "headers": {"X-Request-Kind": "proof"}, "format": json_format}
    host = f"127.0.0.1:{bench.server.port}"
    yield "a service account", lambda: bench.document("service_account"), "latest", {}
    yield "a pinned version", lambda: bench.document("service_account"), "3", {}
    yield "a user", lambda: bench.document("authorized_user"), "latest", {}
    yield "a workload with a file", lambda: bench.document("external_account"), "latest", {}
    yield "a workload with a URL", lambda: bench.document("external_account", credential_source=url), "latest", {}
    yield "a workload with a client", lambda: bench.document(
        "external_account", client_id="pool-client", client_secret="pool-secret-1"), "latest", {}
    yield "a workload that lends an account", lambda: bench.document(
        "external_account", service_account_impersonation_url=impersonation), "latest", {}
    yield "a lent account for 20 minutes", lambda: bench.document(
        "external_account", service_account_impersonation_url=impersonation,
        service_account_impersonation={"token_lifetime_seconds": 1200}), "latest", {}
    yield "a machine", lambda: "metadata", "latest", {"GCE_METADATA_HOST": host, "GCE_METADATA_IP": host}
    yield "the default", lambda: bench.document("service_account") and "default", "latest", {
        "GOOGLE_APPLICATION_CREDENTIALS": str(bench.folder / "credentials.json")}


def compare(figures, bench):
    same, all_flows = 0, list(flows(bench))
    for name, credentials, version, variables in all_flows:
        source = credentials()
        ours, our_requests = bench.ours(source, version, **variables)
        theirs, their_requests = bench.theirs(source, version, **variables)
        first = [normalized(each, bench.assertion) for each in our_requests]
        second = [normalized(each, bench.assertion) for each in their_requests if each["path"] not in IGNORED_PATHS]
        holds = first == second and len(first) >= 2 and ours == theirs == f"value {PAYLOAD.decode()}"
        same += holds
        if not holds:
            print(f"google, {name}: {ours} / {theirs}", *map(json.dumps, first), "instead of", *map(json.dumps, second),
                  sep="\n  ", flush=True)
    figures.check("google, flows with the requests of google-cloud-secret-manager", same, f"{len(all_flows)}",
                  same == len(all_flows))


def damage(figures, bench):
    dice, refused = random.Random(20261128), 0
    source = bench.document("service_account")
    for _ in range(FLIPS):
        damaged = bytearray(PAYLOAD)
        bit = dice.randrange(len(damaged) * 8)
        damaged[bit // 8] ^= 1 << bit % 8
        bench.server.payload = bytes(damaged)
        refused += bench.ours(source)[0].startswith("error protocolViolation")
    bench.server.payload, bench.server.checksum = PAYLOAD, crc32c(PAYLOAD)
    figures.check("google, damaged payloads refused", refused, f"{FLIPS}", refused == FLIPS)


def strangers(figures, bench):
    addresses = ["127.0.0.1"] + [each for each in [private_address()] if each]
    listeners = [Stranger(each) for each in addresses]
    figures.fact("google, addresses of strangers", " ".join(addresses))
    cases = refused = 0
    try:
        for address, listener in zip(addresses, listeners):
            spellings = [f"http://{address}:{listener.port}/x", f"http://[::ffff:{address}]:{listener.port}/x",
                         f"https://{address}:{listener.port}/x"]
            if address == "127.0.0.1":
                spellings.append(f"http://localhost:{listener.port}/x")
            for url in spellings:
                for kind, changes in [
                    ("service_account", {"token_uri": url}), ("authorized_user", {"token_uri": url}),
                    ("external_account", {"token_url": url}),
                    ("external_account", {"service_account_impersonation_url": url}),
                    ("external_account", {"credential_source": {"url": url}}),
                ]:
                    cases += 1
                    refused += bench.ours(bench.document(kind, **changes))[0].startswith("error misconfigured")
                bench.server.redirects = url
                for kind in ("service_account", "authorized_user", "external_account"):
                    cases += 1
                    refused += bench.ours(bench.document(kind))[0].startswith("error redirectRefused")
                bench.server.redirects = None
        proxy = f"http://127.0.0.1:{listeners[0].port}"
        for host in ("metadata.google.internal", "192.0.2.1", f"{addresses[-1]}:1" if len(addresses) > 1 else "10.0.0.1"):
            cases += 1
            refused += bench.ours(
                "metadata", GCE_METADATA_HOST=host, HTTP_PROXY=proxy, http_proxy=proxy)[0].startswith("error")
        reached = [each.connections for each in listeners]
        figures.check("google, documents that want strangers asked refused", refused, f"{cases}", refused == cases)
        figures.check("google, connections to strangers", sum(reached), "0", sum(reached) == 0)
        # The listener counts: one that is named as trusted is connected.
        url = f"http://127.0.0.1:{listeners[0].port}/token"
        bench.ours(bench.document("service_account", token_uri=url),
                   trusted=[bench.origin, f"http://127.0.0.1:{listeners[0].port}"])
        figures.check("google, connections to a stranger that was named", listeners[0].connections, ">= 1",
                      listeners[0].connections >= 1)
    finally:
        for each in listeners:
            each.close()


def signatures(figures, probe, python, folder, count):
    for algorithm in ALGORITHMS:
        tokens = subprocess.run(
            [str(probe), "sign", str(pathlib.Path(folder) / f"{algorithm}.pem"), algorithm, str(count)],
            capture_output=True, text=True, check=True, timeout=600).stdout
        run = subprocess.run([python, "-P", str(REFEREE), "verify", str(folder), algorithm], input=tokens, capture_output=True,
                             text=True, timeout=600)
        good, _, bad = (run.stdout.strip() or "0 0").partition(" ")
        if run.returncode != 0:
            print(f"{algorithm}: {run.stderr.strip()[-400:]}", flush=True)
        figures.check(f"jws, {algorithm} tokens that joserfc verifies", good, f"{count}", good == str(count))
        figures.check(f"jws, changed {algorithm} tokens that joserfc refuses", bad, "20", bad == "20")


def prove(figures, probe, count=1000):
    """`count` tokens are signed with each algorithm."""
    python = str(environment("google", PACKAGES) / "bin" / "python")
    with tempfile.TemporaryDirectory(prefix="tessera-google-") as folder:
        subprocess.run([python, "-P", str(REFEREE), "keys", folder], check=True, timeout=120)
        bench = Bench(probe, python, folder)
        try:
            compare(figures, bench)
            damage(figures, bench)
            strangers(figures, bench)
        finally:
            bench.server.close()
        signatures(figures, probe, python, folder, count)
