"""The log of a foreign server's token endpoint, written around its WSGI application: the referee of the proofs.

One JSON object a line, appended in one write, so that several processes can share the file. Tokens stand as keyed
hashes; the key is the one the proof gave, so that the proof can tell tokens apart and nobody else can read them.
"""

import hashlib
import hmac
import io
import itertools
import json
import os
import time
import urllib.parse


class WireLog:
    def __init__(self, application, path, key, token_path):
        self.application, self.path, self.key, self.token_path = application, path, key.encode(), token_path
        self.numbers = itertools.count(1)

    def __call__(self, environ, start_response):
        if environ.get("PATH_INFO") != self.token_path:
            return self.application(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        form = urllib.parse.parse_qs(body.decode("latin-1"))
        line = {
            "request": f"{os.getpid()}-{next(self.numbers)}",
            "grant": form.get("grant_type", [""])[0],
            "presented": self.tag(form.get("refresh_token", [""])[0]),
        }
        self.write({**line, "event": "arrived"})
        status = []

        def remember(text, headers, *rest):
            status.append(int(text.split()[0]))
            return start_response(text, headers, *rest)

        answer = b"".join(self.application(environ, remember))
        try:
            issued = json.loads(answer).get("refresh_token", "")
        except (ValueError, AttributeError):
            issued = ""
        reason = answer[:200].decode("utf-8", "replace") if status[0] >= 400 else ""
        self.write({**line, "event": "answered", "status": status[0], "issued": self.tag(issued), "reason": reason})
        return [answer]

    def tag(self, token):
        return hmac.new(self.key, token.encode(), hashlib.sha256).hexdigest()[:16] if token else ""

    def write(self, line):
        line["time"] = time.clock_gettime(time.CLOCK_BOOTTIME)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, (json.dumps(line) + "\n").encode())
        finally:
            os.close(descriptor)
