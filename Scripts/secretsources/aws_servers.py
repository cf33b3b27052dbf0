"""Servers on loopback for the proofs about AWS: one that records, one that issues tokens, and moto."""

import base64
import contextlib
import http.server
import json
import os
import secrets
import socket
import subprocess
import threading
import time
import urllib.parse

from proving.figures import Unusable


class Recorder:
    """Keeps each request and answers it with what `answer(request)` says: (status, content type, text)."""

    def __init__(self, answer):
        self.answer, self.requests = answer, []

    def take(self):
        """The requests since the last time."""
        taken, self.requests = self.requests, []
        return taken

    def handle(self, request):
        self.requests.append(request)
        return self.answer(request)


class TokenIssuer:
    """An authorization server with one client and the API that it protects. Counts by itself what it was asked."""

    LIFETIME = 6  # seconds, so that new tokens are needed often

    def __init__(self, client):
        self.client, self.secret, self.tokens, self.lock = client, None, {}, threading.Lock()
        self.issued = self.served = self.unauthorized = self.invalid_client = 0

    def rotate(self, secret, voids_tokens=False):
        """From now on only this secret is known; and, if asked, every token from before is void."""
        with self.lock:
            self.secret = secret
            if voids_tokens:
                self.tokens.clear()

    def handle(self, request):
        with self.lock:
            if request["path"] == "/token":
                pair = f"{self.client}:{self.secret}".encode()
                if request["headers"].get("authorization") != "Basic " + base64.b64encode(pair).decode():
                    self.invalid_client += 1
                    return 401, "application/json", json.dumps({"error": "invalid_client"})
                token = secrets.token_urlsafe(24)
                self.tokens[token] = time.monotonic() + self.LIFETIME
                self.issued += 1
                return 200, "application/json", json.dumps(
                    {"access_token": token, "token_type": "Bearer", "expires_in": self.LIFETIME})
            token = request["headers"].get("authorization", "").removeprefix("Bearer ")
            if self.tokens.get(token, 0) > time.monotonic():
                self.served += 1
                return 200, "application/json", "{}"
            self.unauthorized += 1
            return 401, "application/json", "{}"


@contextlib.contextmanager
def serving(service):
    """`service.handle(request)` on a port of its own; yields its URL."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            length = int(self.headers.get("Content-Length") or 0)
            parts = urllib.parse.urlsplit(self.path)
            status, kind, text = service.handle({
                "method": self.command, "path": parts.path, "query": parts.query,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": self.rfile.read(length).decode()})
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = answer

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def moto(folder, work, enforcing=False):
    """moto's server; yields its URL. Enforcing, it recomputes signatures after three free actions."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"INITIAL_NO_AUTH_ACTION_COUNT": "3"} if enforcing else {}
    log = work / f"moto-{port}.log"
    with open(log, "wb") as out:
        server = subprocess.Popen(
            [folder / "bin" / "moto_server", "-H", "127.0.0.1", "-p", str(port)], stdout=out, stderr=out,
            env={**os.environ, **settings})
        try:
            for _ in range(300):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.1)
            else:
                raise Unusable(f"moto does not start; see {log}")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)
