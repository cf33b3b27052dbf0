"""Reads of an Azure Key Vault on loopback, by the probe and by Azure's own libraries: the servers have to see the same
requests, and a challenge for another domain gets no token from either.

That shows that the requests are those of the official client, not that Azure accepts them: no emulator is to be had.
Azure Arc is not among them, because its keys lie in a folder of the system.
"""

import json
import os
import shutil
import subprocess

from proving.environments import environment
from proving.figures import Unusable

from .recording import RecordingServer, compare, normalised
from .vault import Probe

PACKAGES = ["azure-keyvault-secrets==4.12.0", "azure-identity==1.27.0"]
API = "7.4"
RESOURCE = "https://vault.azure.net"
TENANT, CLIENT = "72f988bf-86f1-41af-91ab-2d7cd011db47", "11111111-2222-3333-4444-555555555555"
SECRET, FEDERATED, HEADER = "client-secret-0001", "eyJhbGciOiJub25lIn0.e30.federated", "process-header-0001"

# Everything that is not compared, and why.
IGNORED_HEADERS = {
    "user-agent": "names the library",
    "accept": "both take JSON",
    "accept-encoding": "the encodings that each can decode",
    "connection": "HTTP/1.1 connections stay open without it",
    "content-length": "follows from the body",
    "host": "the same server",
    "x-ms-client-request-id": "names a request for support",
    "client-request-id": "names a request for support",
    "x-client-sku": "telemetry of MSAL",
    "x-client-ver": "telemetry of MSAL",
    "x-client-os": "telemetry of MSAL",
    "x-client-current-telemetry": "telemetry of MSAL",
    "x-client-last-telemetry": "telemetry of MSAL",
    "x-ms-lib-capability": "telemetry of MSAL",
}
IGNORED_FORM = {
    "client_info": "asks for the account of a person, of whom there is none",
    "claims": "says that claims challenges are answered, which ours are not",
    "client_assertion": "signed anew each time; header, claims and signature are compared by themselves",
}
IGNORED_REQUESTS = {
    "/.well-known/openid-configuration": "MSAL looks the token endpoint up; ours knows its URL",
}
NORMALISED_PATHS = "the slash at the end of the path of a secret without a version"

REFEREE = """
import os, sys
from azure.identity import (
    CertificateCredential, ClientSecretCredential, ManagedIdentityCredential, WorkloadIdentityCredential)
from azure.keyvault.secrets import SecretClient
kind, url, verify, *names = sys.argv[1:]
authority = {"authority": os.environ.get("AZURE_AUTHORITY_HOST", ""), "disable_instance_discovery": True}
tenant, client = os.environ.get("AZURE_TENANT_ID"), os.environ.get("AZURE_CLIENT_ID")
if kind == "secret":
    credential = ClientSecretCredential(tenant, client, os.environ["AZURE_CLIENT_SECRET"], **authority)
elif kind == "certificate":
    credential = CertificateCredential(tenant, client, os.environ["AZURE_CLIENT_CERTIFICATE_PATH"], **authority)
elif kind == "workload":
    credential = WorkloadIdentityCredential(
        tenant_id=tenant, client_id=client, token_file_path=os.environ["AZURE_FEDERATED_TOKEN_FILE"], **authority)
else:
    credential = ManagedIdentityCredential(**({"client_id": client} if client else {}))
vault = SecretClient(
    url, credential, verify_challenge_resource=verify == "verify", api_version="7.4", retry_total=0)
for name in names:
    name, _, version = name.partition(" ")
    try:
        print("read", vault.get_secret(name, version or None).value)
    except Exception as problem:
        print("failed", type(problem).__name__)
"""

# MSAL by itself: azure-identity has it sign with RS256 and name the certificate by its SHA-1, which MSAL itself calls a
# fallback. Given the certificate it does what ours does.
MSAL = """
import sys
import msal
authority, client, certificate = sys.argv[1:]
answer = msal.ConfidentialClientApplication(
    client, authority=authority, instance_discovery=False,
    client_credential={"private_key_pfx_path": certificate, "passphrase": "proof"},
).acquire_token_for_client(["https://vault.azure.net/.default"])
sys.exit(0 if "access_token" in answer else str(answer))
"""

# Says what stands in each assertion once its signature was found good.
VERIFIER = """
import json, sys
import jwt
from cryptography import x509
certificate = x509.load_pem_x509_certificate(open(sys.argv[1], "rb").read())
for assertion in sys.argv[3:]:
    header = jwt.get_unverified_header(assertion)
    # RFC 7515 writes base64url without padding; MSAL pads its thumbprint.
    header["x5t#S256"] = header["x5t#S256"].rstrip("=")
    # Ours names the certificate by its SHA-1 as well, as azure-identity does.
    header.pop("x5t", None)
    claims = jwt.decode(
        assertion, certificate.public_key(), algorithms=["PS256"], audience=jwt.decode(
            assertion, options={"verify_signature": False})["aud"])
    print(json.dumps({
        "header": header, "names": sorted(claims), "iss": claims["iss"], "sub": claims["sub"],
        # The port is another one each time.
        "aud": claims["aud"].partition(sys.argv[2])[2], "life": round(claims["exp"] - claims["iat"])}))
"""


def certificates(folder):
    """An authority, a server's certificate for localhost, and a client's with its key in one file."""
    if shutil.which("openssl") is None:
        raise Unusable("missing: openssl (install openssl)")
    folder.mkdir(parents=True, exist_ok=True)

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=120)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
            "-subj", "/CN=proof authority", "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj",
            "/CN=localhost")
    (folder / "extensions").write_text("subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
            "server.pem", "-days", "2", "-extfile", "extensions")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "client.key", "-out", "client.crt", "-days",
            "2", "-subj", "/CN=billing")
    openssl("pkcs12", "-export", "-in", "client.crt", "-inkey", "client.key", "-passout", "pass:proof", "-out",
            "client.pfx")
    (folder / "client.pem").write_text((folder / "client.key").read_text() + (folder / "client.crt").read_text())
    return folder


class Azure:
    """A vault, its authority and a machine's identity, all on one port."""

    def __init__(self, resource=RESOURCE):
        self.resource, self.origin = resource, ""

    def answer(self, request):
        if request.path.endswith("/.well-known/openid-configuration"):
            base = f"{self.origin}/{TENANT}"
            return 200, {}, {
                "issuer": f"{base}/v2.0", "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token"}
        if request.path.endswith("/oauth2/v2.0/token"):
            return 200, {}, {"token_type": "Bearer", "expires_in": 3599, "access_token": "vault-token-0001"}
        if request.path.startswith(("/metadata/identity", "/msi/token")):
            return 200, {}, {
                "access_token": "vault-token-0001", "expires_in": "86399", "expires_on": "4102444800",
                "resource": RESOURCE, "token_type": "Bearer"}
        if request.headers.get("authorization") != "Bearer vault-token-0001":
            challenge = f'Bearer authorization="{self.origin}/{TENANT}", resource="{self.resource}"'
            return 401, {"WWW-Authenticate": challenge}, {"error": {"code": "Unauthorized"}}
        name = request.path.strip("/").split("/")[1]
        if name == "missing":
            return 404, {}, {"error": {"code": "SecretNotFound", "message": "no such secret"}}
        return 200, {}, {
            "value": f"value of {name}", "id": f"{self.origin}/secrets/{name}/0123456789abcdef",
            "contentType": "text/plain", "attributes": {"enabled": True}}


class Bench:
    def __init__(self, probe, work):
        self.probe, self.python = probe, environment("azure", PACKAGES) / "bin" / "python"
        self.keys = certificates(work / "azure")
        self.federated = self.keys / "federated-token"
        self.federated.write_text(FEDERATED)

    def variables(self, kind, port):
        application = {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": CLIENT,
                       "AZURE_AUTHORITY_HOST": f"https://localhost:{port}"}
        return {
            "secret": {**application, "AZURE_CLIENT_SECRET": SECRET},
            "certificate": {**application, "AZURE_CLIENT_CERTIFICATE_PATH": str(self.keys / "client.pem")},
            "workload": {**application, "AZURE_FEDERATED_TOKEN_FILE": str(self.federated)},
        }[kind]

    def run(self, client, kind, names, variables, port, verify=False):
        """What the client said of each secret: read or failed, and the value."""
        url = f"https://localhost:{port}"
        variables = {"PATH": os.environ.get("PATH", ""), **variables}
        if client == "ours":
            command = [self.probe, "azure", "--url", url, "--api-version", API, "--ca", self.keys / "ca.pem"]
            with Probe([*command, "--resource", RESOURCE], variables) as reader:
                said = [reader.ask(name) for name in names]
            return [each.get("secret") or each.get("error") for each in said]
        run = subprocess.run(
            [self.python, "-c", REFEREE, kind, url, "verify" if verify else "any", *names], check=True, timeout=120,
            capture_output=True, text=True, env={**variables, "REQUESTS_CA_BUNDLE": str(self.keys / "ca.pem")})
        return [line.partition(" ")[2] for line in run.stdout.splitlines()]

    def tls(self, state):
        server = RecordingServer(state.answer, (self.keys / "server.pem", self.keys / "server.key"))
        state.origin = f"https://localhost:{server.port}"
        return server


def comparable(log):
    without_slash = lambda path: path.rstrip("/") if path.startswith("/secrets/") else path
    return [
        normalised(each, IGNORED_HEADERS, IGNORED_FORM, without_slash) for each in log
        if not any(each.path.endswith(end) for end in IGNORED_REQUESTS)]


def clients(figures, bench, seen):
    names = ["db-password", "db-password 0123456789abcdef", "missing"]
    wanted = ["value of db-password", "value of db-password"]
    for kind in ("secret", "certificate", "workload"):
        logs, assertions = {}, []
        for client in ("ours", "theirs"):
            state = Azure()
            with bench.tls(state) as server:
                said = bench.run(client, kind, names, bench.variables(kind, server.port), server.port)
                logs[client] = server.take()
            seen.update(header for each in logs[client] for header in each.headers)
            figures.check(f"azure, {kind}: secrets that {client} read", said[:2], "as held; the third is missing",
                          said[:2] == wanted and said[2] in ("secretUnavailable", "ResourceNotFoundError"))
            assertions += [each.form["client_assertion"] for each in logs[client] if "client_assertion" in each.form]
        compare(figures, f"azure, {kind}", comparable(logs["ours"]), comparable(logs["theirs"]))
        if kind == "workload":
            figures.check("azure, workload: assertions are the file's", len(assertions), "= 2",
                          assertions == [FEDERATED, FEDERATED])
        if kind == "certificate":
            verify(figures, bench, assertions[0])


def verify(figures, bench, ours):
    """Our assertion beside one of MSAL's, both found good with the certificate's key."""
    state = Azure()
    with bench.tls(state) as server:
        subprocess.run(
            [bench.python, "-c", MSAL, f"https://localhost:{server.port}/{TENANT}", CLIENT, bench.keys / "client.pfx"],
            check=True, timeout=60, capture_output=True,
            env={"PATH": os.environ.get("PATH", ""), "REQUESTS_CA_BUNDLE": str(bench.keys / "ca.pem")})
        theirs = [each.form["client_assertion"] for each in server.take() if "client_assertion" in each.form]
    run = subprocess.run(
        [bench.python, "-c", VERIFIER, bench.keys / "client.crt", TENANT, ours, *theirs], timeout=60,
        capture_output=True, text=True)
    said = [json.loads(line) for line in run.stdout.splitlines()]
    figures.check("azure, certificate: signatures that PyJWT finds good", len(said), "= 2, ours and MSAL's, PS256",
                  len(said) == 2)
    same = len(said) == 2 and said[0] == said[1]
    if not same:
        print(f"azure, certificate: {said} {run.stderr[-300:]}", flush=True)
    figures.check("azure, certificate: header and claims as MSAL's", "equal" if same else "differ",
                  "equal but for the values of jti, iat, exp, the port, padding, and x5t", same)


def machines(figures, bench, seen):
    """Managed identities: the machine's server speaks http."""
    kinds = {
        "metadata server": lambda port: {"AZURE_POD_IDENTITY_AUTHORITY_HOST": f"http://127.0.0.1:{port}"},
        "metadata server, user-assigned": lambda port: {
            "AZURE_POD_IDENTITY_AUTHORITY_HOST": f"http://127.0.0.1:{port}", "AZURE_CLIENT_ID": CLIENT},
        "App Service": lambda port: {
            "IDENTITY_ENDPOINT": f"http://127.0.0.1:{port}/msi/token", "IDENTITY_HEADER": HEADER},
    }
    for name, variables in kinds.items():
        requests, read = [], []
        for client in ("ours", "theirs"):
            state = Azure()
            with bench.tls(state) as vault, RecordingServer(state.answer) as machine:
                read += bench.run(client, "machine", ["db-password"], variables(machine.port), vault.port)
                log = machine.take() + vault.take()
            seen.update(header for each in log for header in each.headers)
            requests.append(comparable(log))
        figures.check(f"azure, {name}: secrets read", read, "= 2", read == ["value of db-password"] * 2)
        compare(figures, f"azure, {name}", *requests)


def strangers(figures, bench):
    """A challenge for a token of another domain: the vault is on localhost, and asks for tokens of a real vault."""
    for client in ("ours", "theirs"):
        state = Azure(resource="https://vault.example")
        with bench.tls(state) as server:
            said = bench.run(client, "secret", ["db-password"], bench.variables("secret", server.port), server.port,
                             verify=True)
            log = server.take()
        leaked = [each for each in log if "authorization" in each.headers or "client_secret" in each.form]
        figures.check(f"azure, challenge for another domain, {client}: requests with a credential", len(leaked),
                      f"0; it said {said}", not leaked and said and said[0] in ("unauthorized", "ValueError"))


def prove(figures, probe, work):
    """`probe` is the built tessera-secrets-probe; `work` a folder for keys."""
    bench, seen = Bench(probe, work), set()
    ignored = {**IGNORED_HEADERS, **IGNORED_FORM, **IGNORED_REQUESTS}
    figures.fact("azure, what is not compared",
                 "; ".join(f"{name} ({reason})" for name, reason in ignored.items()) + f"; {NORMALISED_PATHS}")
    clients(figures, bench, seen)
    machines(figures, bench, seen)
    strangers(figures, bench)
    figures.fact("azure, header fields seen", ", ".join(sorted(seen)))
