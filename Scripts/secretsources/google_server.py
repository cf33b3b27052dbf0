"""Google on loopback: token endpoint, STS, IAM, metadata server, a platform's token and Secret Manager, all recording."""

import base64
import contextlib
import http.server
import json
import socket
import threading
import urllib.parse

POLYNOMIAL = 0x82F63B78
PAYLOAD = b"the payload of the proof"


def crc32c(data):
    """Written here once more: the two sides must not share a mistake."""
    table = []
    for index in range(256):
        value = index
        for _ in range(8):
            value = value >> 1 ^ (POLYNOMIAL if value & 1 else 0)
        table.append(value)
    total = 0xFFFFFFFF
    for byte in data:
        total = total >> 8 ^ table[(total ^ byte) & 0xFF]
    return total ^ 0xFFFFFFFF


class GoogleServer:
    """Records every request; `payload` and `checksum` say what the secret is, `redirects` sends token requests away."""

    def __init__(self):
        self.requests, self.lock = [], threading.Lock()
        self.payload, self.checksum, self.redirects = PAYLOAD, crc32c(PAYLOAD), None
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path, _, query = self.path.partition("?")
                with outer.lock:
                    outer.requests.append({
                        "method": self.command, "path": path, "query": urllib.parse.parse_qsl(query),
                        "headers": {name.lower(): value for name, value in self.headers.items()}, "body": body.decode(),
                    })
                status, headers, document = outer.reply(self.command, path)
                data = document if isinstance(document, bytes) else json.dumps(document).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reply(self, method, path):
        if path in ("/token", "/v1/token"):
            if self.redirects:
                return 307, {"Location": self.redirects}, {}
            return 200, {}, {
                "access_token": f"ya29.proof-token-of{path.replace('/', '-')}", "expires_in": 3599, "token_type": "Bearer",
                "issued_token_type": "urn:ietf:params:oauth:token-type:access_token"}
        if path.endswith(":generateAccessToken"):
            return 200, {}, {"accessToken": "ya29.proof-token-of-account", "expireTime": "2099-01-01T00:00:00Z"}
        if path == "/subject":
            return 200, {}, {"value": "eyJ.subject.token"}
        if path.startswith("/computeMetadata/"):
            return 200, {"Metadata-Flavor": "Google"}, self.metadata(path)
        if path.endswith(":access"):
            return 200, {}, {
                "name": "projects/1/secrets/s/versions/7",
                "payload": {"data": base64.b64encode(self.payload).decode(), "dataCrc32c": str(self.checksum)}}
        return 404, {}, {"error": {"code": 404, "status": "NOT_FOUND"}}

    @staticmethod
    def metadata(path):
        if path.endswith("/token"):
            return {"access_token": "ya29.proof-token-of-machine", "expires_in": 3599, "token_type": "Bearer"}
        return {"email": "robot@proof.iam.gserviceaccount.com", "scopes": [], "aliases": ["default"]}

    def take(self):
        with self.lock:
            taken, self.requests = self.requests, []
        return taken

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Stranger:
    """A listener that nobody has any business with: it counts connections, and answers none."""

    def __init__(self, address):
        self.socket = socket.create_server((address, 0))
        self.port, self.connections = self.socket.getsockname()[1], 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def private_address():
    """An address of this machine that is not loopback; None on a machine without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: sends nothing, and chooses an interface
            return probe.getsockname()[0]
        except OSError:
            return None
