"""Made-up secrets of every kind that the command knows, and the forms in which one could come out."""

import base64
import hashlib
import pathlib
import random
import re
import string
import urllib.parse

LETTERS = string.ascii_letters + string.digits
CATALOGUE = "Sources/TesseraCore/Redaction/Patterns/SecretPattern.swift"


class Dice(random.Random):
    def text(self, count, alphabet=LETTERS):
        """Random text with a digit among letters, as nearly every generated one has."""
        mixed = any(map(str.isdigit, alphabet)) and any(map(str.isalpha, alphabet))
        while True:
            made = "".join(self.choices(alphabet, k=count))
            if not mixed or sum(a.isdigit() != b.isdigit() for a, b in zip(made, made[1:])) >= 2:
                return made


def segment(dice, text):
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def secrets(dice):
    """For each kind its text in a file and the secret itself."""
    hexadecimal = "0123456789abcdef"
    capitals = string.ascii_uppercase + string.digits
    standard = LETTERS + "+/"
    token = (segment(dice, '{"alg":"HS256"}') + "." + segment(dice, '{"sub":"%s"}' % dice.text(12)) + "."
             + dice.text(43))
    body = "\n".join(dice.text(64, standard) for _ in range(20))
    plain = {
        "authorization": ("Authorization: Bearer %s", dice.text(40)),
        "jwt": ("id = %s", token),
        "cookie": ("Cookie: sid=%s", dice.text(32, hexadecimal)),
        "url-password": ("postgres://app:%s@db.internal/x", dice.text(18)),
        "query-item": ("GET /v1?access_token=%s HTTP/1.1", dice.text(32)),
        "named-value": ('client_secret = "%s"', dice.text(40)),
        "private-key": ("-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----", body),
        "github-token": ("x %s", "ghp_" + dice.text(36)),
        "gitlab-token": ("x %s", "glpat-" + dice.text(20)),
        "slack-token": ("x %s", "xoxb-" + dice.text(12, string.digits) + "-" + dice.text(24)),
        "slack-webhook": ("https://hooks.slack.com/services/%s",
                          f"T{dice.text(8, capitals)}/B{dice.text(8, capitals)}/{dice.text(24)}"),
        "stripe-key": ("x %s", "sk_live_" + dice.text(24)),
        "aws-access-key-id": ("x %s", "AKIA" + dice.text(16, capitals)),
        "aws-secret-key": ('aws_secret_access_key = "%s"', dice.text(40, standard)),
        "google-api-key": ("x %s", "AIza" + dice.text(35)),
        "google-oauth": ("x %s", "GOCSPX-" + dice.text(28)),
        "azure-key": ("AccountName=x;AccountKey=%s;", dice.text(86, standard) + "=="),
        "npm-token": ("x %s", "npm_" + dice.text(36)),
        "pypi-token": ("x %s", "pypi-AgEIcHlwaS5vcmc" + dice.text(120)),
        "twilio-key": ("x %s", "SK" + dice.text(32, hexadecimal)),
        "sendgrid-key": ("x %s", "SG." + dice.text(22) + "." + dice.text(43)),
        "vault-token": ("x %s", "hvs." + dice.text(90)),
        "anthropic-key": ("x %s", "sk-ant-api03-" + dice.text(95)),
        "openai-key": ("x %s", "sk-proj-" + dice.text(60)),
        "hugging-face-token": ("x %s", "hf_" + dice.text(34)),
        "digitalocean-token": ("x %s", "dop_v1_" + dice.text(64, hexadecimal)),
        "curl-option": ("curl -u admin:%s https://a.example", dice.text(12)),
        "netrc-password": ("machine a.example login me password %s", dice.text(12)),
    }
    return {kind: (text % secret, secret) for kind, (text, secret) in plain.items()}


def catalogue(root):
    """The kinds that the sources name."""
    text = (pathlib.Path(root) / CATALOGUE).read_text()
    return set(re.findall(r'^ +case \w+ = "([^"]+)"', text, re.MULTILINE))


def forms(secret):
    """What must not be in any output: the secret in every encoding, a good part of it, and hashes that anybody can make."""
    raw = secret.encode()
    found = {raw, raw.hex().encode(), raw.hex().upper().encode(), urllib.parse.quote(secret, safe="").encode(),
             raw.replace(b"\n", b"\\n").replace(b"/", b"\\/")}
    for lead in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            # The characters that the secret alone decides.
            whole = encode(b"\0" * lead + raw)
            found.add(whole[-(-lead * 8 // 6):(lead + len(raw)) * 8 // 6])
    # A line of a key, two thirds of a token.
    found.add(raw.split(b"\n")[0][-max(12, len(raw.split(b"\n")[0]) * 2 // 3):])
    for name in ("md5", "sha1", "sha256", "sha512"):
        digest = hashlib.new(name, raw).digest()
        found |= {digest.hex().encode()[:16], base64.b64encode(digest)[:12]}
    return found
