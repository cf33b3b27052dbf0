"""Each place of AWS credentials, found by botocore and by the probe: both have to ask the same questions of a recording
server, and to sign the last one, for a secret, with the same key."""

import datetime
import hashlib
import json
import re
import subprocess
import urllib.parse

from .aws_servers import Recorder, serving

# What is not compared, and why.
IGNORED = {
    "user-agent": "names the program",
    "amz-sdk-invocation-id": "a number of botocore's own",
    "amz-sdk-request": "botocore's count of attempts",
    "x-amz-user-agent": "names the program",
    "accept": "botocore asks for any type, or for JSON",
    "accept-encoding": "what the transport can decompress",
    "connection": "of the transport",
    "host": "of the transport; the signature covers it",
    "content-length": "of the transport; the body itself is compared",
    "x-amz-date": "the time of the request",
}
# And compared in part:
# - authorization of a signature: algorithm, key and scope without its day. Signatures of whole requests are compared by
#   aws_signatures; here the ignored fields are signed too.
# - content-type: the media type; botocore names a charset.
# - forms, queries and JSON documents: what they say, in any order.

FUTURE = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ")

BOTOCORE = r"""
import sys
import botocore.session
session = botocore.session.Session(profile=sys.argv[1] if len(sys.argv) > 1 else None)
print(session.create_client("secretsmanager").get_secret_value(SecretId="prod/one")["SecretString"])
"""

STATIC = """
[default]
aws_access_key_id = AKIDFILE
aws_secret_access_key = file-secret-access-key
[with-token]
aws_access_key_id = ASIAFILE
aws_secret_access_key = file-secret-access-key
aws_session_token = file-session-token
"""


def keys(prefix, token="Token"):
    return {"AccessKeyId": f"ASIA{prefix}", "SecretAccessKey": f"{prefix}-secret-access-key", token: f"{prefix}-token",
            "Expiration": FUTURE}


def answer(request):
    """What every service says."""
    path = request["path"]
    if request["headers"].get("x-amz-target") == "secretsmanager.GetSecretValue":
        return 200, "application/x-amz-json-1.1", json.dumps({"Name": "prod/one", "SecretString": "the-secret"})
    if path == "/latest/api/token":
        return 200, "text/plain", "IMDS-SESSION"
    if path == "/latest/meta-data/iam/security-credentials/":
        return 200, "text/plain", "role-of-instance"
    if path == "/latest/meta-data/iam/security-credentials/role-of-instance":
        return 200, "application/json", json.dumps({"Code": "Success", **keys("INSTANCE")})
    if path == "/container":
        return 200, "application/json", json.dumps(keys("CONTAINER"))
    if path == "/federation/credentials":
        expiry = datetime.datetime.strptime(FUTURE, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
        return 200, "application/json", json.dumps({"roleCredentials": {
            "accessKeyId": "ASIASSO", "secretAccessKey": "sso-secret-access-key", "sessionToken": "sso-token",
            "expiration": int(expiry.timestamp() * 1000)}})
    action = urllib.parse.parse_qs(request["body"]).get("Action", ["none"])[0]
    if action in ("AssumeRole", "AssumeRoleWithWebIdentity"):
        parts = "".join(f"<{name}>{text}</{name}>" for name, text in keys("ROLE", "SessionToken").items())
        return 200, "text/xml", (
            f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result><Credentials>{parts}'
            f"</Credentials><AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn>"
            f"<AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser></{action}Result>"
            f"<ResponseMetadata><RequestId>0</RequestId></ResponseMetadata></{action}Response>")
    return 404, "text/plain", ""


def places(home, url):
    """By name: variables besides the common ones, and the profile that the program names."""
    aws = home / ".aws"
    (aws / "sso" / "cache").mkdir(parents=True)
    (aws / "credentials").write_text(STATIC)
    (home / "token").write_text("a.web.identity")
    (home / "pod-token").write_text("the-pod-token")
    printed = json.dumps({"Version": 1, **keys("PROCESS", "SessionToken")})
    (home / "printed.json").write_text(printed)
    start = "https://example.awsapps.com/start"
    for key in ("main", start):
        (aws / "sso" / "cache" / (hashlib.sha1(key.encode()).hexdigest() + ".json")).write_text(
            json.dumps({"accessToken": "the-sso-token", "expiresAt": FUTURE, "startUrl": start, "region": "us-east-1"}))
    role = "role_arn = arn:aws:iam::123456789012:role/r\nrole_session_name = session\n"
    single = "sso_account_id = 123456789012\nsso_role_name = Reader\n"
    (aws / "config").write_text(
        f"[profile config]\naws_access_key_id = AKIDCONFIG\naws_secret_access_key = config-secret\n"
        f"[profile process]\ncredential_process = /bin/cat '{home}/printed.json'\n"
        f"[profile role]\n{role}source_profile = with-token\nexternal_id = outside\nduration_seconds = 1800\n"
        f"[profile chained]\n{role}source_profile = role\n"
        f"[profile role-of-environment]\n{role}credential_source = Environment\n"
        f"[profile web]\n{role}web_identity_token_file = {home}/token\n"
        f"[profile sso]\nsso_session = main\n{single}"
        f"[sso-session main]\nsso_start_url = {start}\nsso_region = us-east-1\n"
        f"[profile sso-legacy]\nsso_start_url = {start}\nsso_region = us-east-1\n{single}")
    environment = {"AWS_ACCESS_KEY_ID": "AKIDENV", "AWS_SECRET_ACCESS_KEY": "env-secret"}
    session = {"AWS_SESSION_TOKEN": "env-token", **environment}
    nothing = {"AWS_SHARED_CREDENTIALS_FILE": str(home / "none"), "AWS_CONFIG_FILE": str(home / "none")}
    container = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}/container?id=1", **nothing}
    instance = {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": url, **nothing}
    web = {"AWS_WEB_IDENTITY_TOKEN_FILE": str(home / "token"), "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/w",
           "AWS_ROLE_SESSION_NAME": "web-session"}
    return {
        "environment": environment, "environment with a session": session,
        "environment before a profile": {"AWS_PROFILE": "config", **environment}, "credentials file": {},
        "credentials file, profile with a session": {"AWS_PROFILE": "with-token"},
        "config file": {"AWS_PROFILE": "config"}, "credential process": {"AWS_PROFILE": "process"},
        "role": {"AWS_PROFILE": "role"}, "role of a role": {"AWS_PROFILE": "chained"},
        "role with the environment's key": {"profile": "role-of-environment", **session},
        "web identity": {**web, **nothing}, "web identity before the credentials file": web,
        "web identity of a profile": {"AWS_PROFILE": "web"}, "single sign-on": {"AWS_PROFILE": "sso"},
        "single sign-on without a session": {"AWS_PROFILE": "sso-legacy"}, "container": container,
        "container with a token": {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "the-token", **container},
        "container with a token file": {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(home / "pod-token"), **container},
        "container before the instance": {**instance, **container, "AWS_EC2_METADATA_DISABLED": "false"},
        "instance": instance,
    }


def normal(request):
    """A request without what is ignored."""
    headers = {name: value for name, value in request["headers"].items() if name not in IGNORED}
    signature = re.match(r"(AWS4-HMAC-SHA256 Credential=[^/]+)/\d{8}/([^,]+),", headers.get("authorization", ""))
    if signature:
        headers["authorization"] = " ".join(signature.groups())
    kind = headers.get("content-type", "").partition(";")[0]
    if kind:
        headers["content-type"] = kind
    body = request["body"]
    if kind == "application/x-www-form-urlencoded":
        body = sorted(urllib.parse.parse_qsl(body, keep_blank_values=True))
    elif body:
        body = json.loads(body)
    return {"method": request["method"], "path": request["path"], "query": sorted(urllib.parse.parse_qsl(request["query"])),
            "headers": headers, "body": body}


def prove(figures, python, probe, work):
    recorder = Recorder(answer)
    agreed, asked = [], 0
    home = work / "home-chain"
    with serving(recorder) as url:
        places_ = places(home, url)
        for name, given in places_.items():
            given = dict(given)
            profile = [given.pop("profile")] if "profile" in given else []
            if profile:
                probed = [probe, "credentials", *profile]
            else:
                probed = [probe, "secret", "prod/one"]
            variables = {
                "HOME": str(home), "PATH": "/usr/bin:/bin", "AWS_ENDPOINT_URL": url, "AWS_REGION": "us-east-1",
                "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", **given}
            theirs = run([python, "-c", BOTOCORE, *profile], variables)
            expected = [normal(each) for each in recorder.take()]
            ours = run(probed, variables)
            seen = [normal(each) for each in recorder.take()]
            if profile:
                expected = expected[:-1]  # the probe looks for credentials only
            asked += len(seen)
            if expected == seen and expected:
                agreed.append(name)
                continue
            print(f"{name}: botocore asked {json.dumps(expected)}, the probe {json.dumps(seen)}\n{theirs}\n{ours}", flush=True)
    figures.fact("AWS credentials: fields that are not compared", ", ".join(sorted(IGNORED)))
    figures.fact("AWS credentials: requests compared", asked)
    figures.check("AWS credentials found as botocore finds them", len(agreed), f"{len(places_)} places",
                  len(agreed) == len(places_))


def run(command, variables):
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=variables)
    return (done.stdout + done.stderr)[-600:]
