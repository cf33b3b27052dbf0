"""AWS Secrets Manager as moto plays it: signatures are recomputed, and a secret is rotated while it is used."""

import http.client
import json
import subprocess
import threading
import time
import urllib.parse

from .aws_servers import TokenIssuer, moto, serving

REGION = "us-east-1"
ROTATIONS, PAUSE = 3, 8  # seconds between rotations: a refused secret is looked up every few seconds at most

# What boto3 does in the account. The first three actions are free in enforcing mode, the others are signed.
ACCOUNT = r"""
import json, sys
import boto3
url = sys.argv[1]
def client(service, **keys):
    keys = keys or dict(aws_access_key_id="free", aws_secret_access_key="free")
    return boto3.client(service, region_name="us-east-1", endpoint_url=url, **keys)
iam = client("iam")
iam.create_user(UserName="u")
key = iam.create_access_key(UserName="u")["AccessKey"]
policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=policy)
keys = dict(aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
iam = client("iam", **keys)
trust = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]})
role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=policy)
client("secretsmanager", **keys).create_secret(Name="prod/one", SecretString="the-one-secret")
session = client("sts", **keys).assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
print(json.dumps({"id": key["AccessKeyId"], "secret": key["SecretAccessKey"], "role": role, "session": {
    "id": session["AccessKeyId"], "secret": session["SecretAccessKey"], "token": session["SessionToken"]}}))
"""

# Writes a secret anew each time a line comes.
WRITER = r"""
import sys
import boto3
client = boto3.client("secretsmanager", region_name="us-east-1", endpoint_url=sys.argv[1],
                      aws_access_key_id="a", aws_secret_access_key="b")
for number, line in enumerate(sys.stdin):
    if number == 0:
        client.create_secret(Name="prod/client", SecretString=line)
    else:
        client.put_secret_value(SecretId="prod/client", SecretString=line)
    print("written", flush=True)
"""


def run(command, **settings):
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, **settings)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip()[-800:]}")
    return json.loads(done.stdout)


def variables(url, key, home, **more):
    return {
        "HOME": str(home), "AWS_ENDPOINT_URL": url, "AWS_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": key["id"], "AWS_SECRET_ACCESS_KEY": key["secret"],
        **({"AWS_SESSION_TOKEN": key["token"]} if key.get("token") else {}), **more}


def sent(url, probe, key, body, tampered):
    """The status that a request signed by the probe gets, with the body that is given after it was signed."""
    authority = urllib.parse.urlsplit(url).netloc
    fields = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "secretsmanager.GetSecretValue"}
    request = {
        "method": "POST", "authority": authority, "target": "/", "fields": list(map(list, fields.items())), "body": body,
        "service": "secretsmanager", "region": REGION, "id": key["id"], "secret": key["secret"], "token": None,
        "time": int(time.time())}
    signed = run([probe, "sign"], input=json.dumps(request) + "\n")["fields"]
    connection = http.client.HTTPConnection(authority, timeout=30)
    connection.request("POST", "/", tampered, {**fields, **signed})
    status = connection.getresponse().status
    connection.close()
    return status


def prove_enforcing(figures, folder, probe, work):
    home = work / "home-enforcing"
    (home / ".aws").mkdir(parents=True)
    with moto(folder, work, enforcing=True) as url:
        account = run([folder / "bin" / "python", "-c", ACCOUNT, url])
        key, session = {"id": account["id"], "secret": account["secret"]}, account["session"]
        (home / ".aws" / "config").write_text(
            f"[profile role]\nrole_arn = {account['role']}\ncredential_source = Environment\n")
        ask = lambda key, **more: run([probe, "secret", "prod/one"], env=variables(url, key, home, **more))
        # The profile is looked at only when no variable holds a key, so the role is asked for by name.
        assumed = run([probe, "credentials", "role"], env=variables(url, key, home))
        role = {"id": assumed["accessKeyID"], "secret": assumed["secretAccessKey"], "token": assumed["sessionToken"]}
        for name, given in (("the right key", key), ("a session of boto3's", session), ("a role assumed here", role)):
            answer = ask(given)
            figures.check(f"moto, enforcing: {name}", answer.get("secret") or answer, "the secret",
                          answer.get("secret") == "the-one-secret")
        wrong = lambda text: text[:-1] + ("A" if text[-1] != "A" else "B")
        refused = {
            "a wrong secret": {**key, "secret": wrong(key["secret"])},
            "a wrong session token": {**session, "token": wrong(session["token"])},
            "no session token": {**session, "token": None},
            "a wrong key ID": {**key, "id": wrong(key["id"])}}
        for name, given in refused.items():
            answer = ask(given)
            leaks = [part for part in given.values() if part and len(part) > 20 and part in answer.get("error", "")]
            figures.check(f"moto, enforcing: {name}", answer.get("code"), "unauthorized, nothing of the key shown",
                          answer.get("code") == "unauthorized" and not leaks)
        missing = run([probe, "secret", "prod/none"], env=variables(url, key, home))
        figures.check("moto, enforcing: a secret that is not there", missing.get("code"), "secretUnavailable",
                      missing.get("code") == "secretUnavailable")
        body = json.dumps({"SecretId": "prod/one"})
        figures.check("moto, enforcing: the body that was signed", sent(url, probe, key, body, body), "200",
                      sent(url, probe, key, body, body) == 200)
        status = sent(url, probe, key, body, json.dumps({"SecretId": "prod/two"}))
        figures.check("moto, enforcing: another body than was signed", status, "403", status == 403)


def prove_rotation(figures, folder, probe, work):
    home = work / "home-rotation"
    home.mkdir()
    issuer = TokenIssuer("billing")
    with moto(folder, work) as manager, serving(issuer) as api:
        writer = subprocess.Popen([folder / "bin" / "python", "-c", WRITER, manager], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        try:
            def rotate(secret, voids_tokens=False):
                description = {"token_url": f"{api}/token", "client_id": "billing", "client_secret": secret}
                writer.stdin.write(json.dumps(description) + "\n")
                writer.stdin.flush()
                assert writer.stdout.readline() == "written\n"
                issuer.rotate(secret, voids_tokens)

            rotate("client-secret-0")
            results = {}
            load = threading.Thread(target=lambda: results.update(run(
                [probe, "load", "prod/client", api, str((ROTATIONS + 1) * PAUSE)],
                env=variables(manager, {"id": "AKIA", "secret": "any-secret"}, home))))
            load.start()
            for number in range(ROTATIONS):
                time.sleep(PAUSE)
                # The last time the tokens of the old secret end with it, as they do at some servers.
                rotate(f"client-secret-{number + 1}", voids_tokens=number == ROTATIONS - 1)
            load.join(120)
        finally:
            writer.stdin.close()
            writer.wait(30)
    if results.get("firstError"):
        print(f"rotation: {results['firstError']}", flush=True)
    figures.fact("rotation: tokens issued", issuer.issued, "by the server's count")
    figures.fact("rotation: refusals of the old secret", issuer.invalid_client, "by the server's count")
    figures.fact("rotation: refusals of old tokens", issuer.unauthorized, "by the server's count")
    figures.check("rotation: secrets rotated under load", ROTATIONS, f"{ROTATIONS}, each seen by an invalid_client",
                  issuer.invalid_client >= ROTATIONS)
    figures.check("rotation: calls served", issuer.served, "1000 or more, all that were made",
                  issuer.served >= 1000 and issuer.served == results.get("calls", -1))
    figures.check("rotation: failed calls", results.get("failed"), "0", results.get("failed") == 0)
