"""Random requests, signed by the probe and by botocore: both have to add the same fields."""

import json
import random
import string
import subprocess
import urllib.parse

BATCH = 5_000

# Where the two differ on purpose, and what therefore no request holds:
# - Fields that intermediaries change (AWSSignatureV4.unsignedFields) are not signed here; botocore leaves out four of them.
# - With a Date field botocore signs that and sends no X-Amz-Date; here X-Amz-Date is sent always.
# - botocore takes every white space of Unicode for white space in values, this library space and tab.
# - Queries and S3's paths are encoded before they are signed here; botocore takes them as the caller wrote them, so they are
#   written in their one encoding.
# - botocore signs S3's bodies over https only when told; it is told.
METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]
SERVICES = ["secretsmanager", "sts", "iam", "execute-api", "s3"]
REGIONS = ["us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1"]
NAMES = ["X-Amz-Target", "Content-Type", "Accept", "X-Own", "x-own", "X-Amz-Meta-Name", "Range", "X-A-B", "X-A", "If-Match"]
LETTERS = string.ascii_letters + string.digits + " -._~!*'();:@&=+$,/?#[]%\"\\<>^`{|}" + "\u00e4\u00df\u20ac\u4e2d\U0001f511\u0301"

REFEREE = r"""
import json, sys, types
import datetime
import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

class Frozen(datetime.datetime):
    now_is = 0
    @classmethod
    def utcnow(cls):
        return datetime.datetime.fromtimestamp(cls.now_is, datetime.timezone.utc).replace(tzinfo=None)

botocore.auth.datetime = types.SimpleNamespace(datetime=Frozen)
for line in sys.stdin:
    given = json.loads(line)
    Frozen.now_is = given["time"]
    request = AWSRequest(
        given["method"], "https://" + given["authority"] + given["target"], data=given["body"].encode())
    for name, value in given["fields"]:
        request.headers.add_header(name, value)
    request.context["client_config"] = Config(s3={"payload_signing_enabled": True})
    signer = botocore.auth.S3SigV4Auth if given["service"] == "s3" else botocore.auth.SigV4Auth
    before = set(name.lower() for name in request.headers.keys())
    signer(Credentials(given["id"], given["secret"], given.get("token")), given["service"], given["region"]).add_auth(request)
    print(json.dumps({name.lower(): value for name, value in request.headers.items() if name.lower() not in before}))
"""


def text(dice, most, letters=LETTERS):
    return "".join(dice.choices(letters, k=dice.randint(0, most)))


def requests(seed, count):
    """Random requests; half of them with a session token, a fifth for S3."""
    dice = random.Random(seed)
    quote = lambda value: urllib.parse.quote(value, safe="-_.~")
    for _ in range(count):
        segments = [quote(text(dice, 6)) for _ in range(dice.randint(0, 4))]
        segments = [dice.choice([".", "..", ""]) if dice.random() < 0.1 else each for each in segments]
        pairs = [quote(text(dice, 4)) + ("=" + quote(text(dice, 4)) if dice.random() < 0.9 else "")
                 for _ in range(dice.choice([0, 0, 1, 2, 5]))]
        if pairs and dice.random() < 0.3:
            pairs.append(dice.choice(pairs))
        values = string.ascii_letters + string.digits + "  \t,;=\"\u00e4\u4e2d"
        yield {
            "method": dice.choice(METHODS), "authority": dice.choice(["a.example", "b-c.example:8443", "127.0.0.1:9"]),
            "target": "/" + "/".join(segments) + ("?" + "&".join(pairs) if pairs else ""),
            "fields": [[name, text(dice, 12, values).strip() or "x"] for name in dice.choices(NAMES, k=dice.randint(0, 5))],
            "body": text(dice, 60), "service": dice.choice(SERVICES), "region": dice.choice(REGIONS),
            "id": "AKIA" + "".join(dice.choices(string.ascii_uppercase + string.digits, k=16)),
            "secret": "".join(dice.choices(string.ascii_letters + string.digits + "/+", k=40)),
            "token": "".join(dice.choices(string.ascii_letters + "/+=", k=200)) if dice.random() < 0.5 else None,
            "time": dice.randint(0, 4_102_444_800)}


def answers(command, given):
    lines = "".join(json.dumps(each) + "\n" for each in given)
    run = subprocess.run(command, input=lines, capture_output=True, text=True, check=True, timeout=900)
    return [json.loads(line) for line in run.stdout.splitlines()]


def prove(figures, python, probe, seed, count):
    figures.fact("AWS signatures, seed", seed)
    differences, compared = [], 0
    for number in range(0, count, BATCH):
        given = list(requests(seed + number, min(BATCH, count - number)))
        ours = [each["fields"] for each in answers([probe, "sign"], given)]
        theirs = answers([python, "-c", REFEREE], given)
        compared += len(given)
        # A field that the caller set already is in neither's additions, so none of the names is one that a signature adds.
        differences += [
            (request, one, other) for request, one, other in zip(given, ours, theirs, strict=True) if one != other]
        if len(differences) > 5:
            break
    for request, one, other in differences[:5]:
        print(f"AWS signature differs: {request}: {one} instead of {other}", flush=True)
    figures.check("AWS requests signed as botocore signs them", compared - len(differences), f"{count}",
                  compared == count and not differences)
