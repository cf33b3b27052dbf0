"""nginx on loopback: /users/me over plain HTTP/1.1 and over TLS with HTTP/2."""

import http.client
import os
import resource
import shutil
import socket
import subprocess
import tempfile
import time

from . import processes, tools

TOKEN = "test-token"
BODY = (
    '{"id":"u_01HZX3","name":"Ada Lovelace","email":"ada@example.com",'
    '"roles":["reader","writer"],"created_at":"2024-01-15T09:30:00Z",'
    '"profile":{"locale":"en-GB","timezone":"Europe/London"},"active":true}'
)

CONFIGURATION = """
daemon off;
worker_processes 1;
worker_rlimit_nofile {descriptors};
pid {directory}/nginx.pid;
error_log {directory}/error.log warn;
events {{ worker_connections {connections}; }}
http {{
    access_log off;
    default_type application/json;
    tcp_nodelay on;
    keepalive_timeout 600s;
    keepalive_requests 1000000000;
    http2_max_concurrent_streams 256;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen 127.0.0.1:{plain};
        {origins}
        listen 127.0.0.1:{tls} ssl http2;
        ssl_certificate {directory}/cert.pem;
        ssl_certificate_key {directory}/key.pem;
        location = /users/me {{
            if ($http_authorization != "Bearer {token}") {{ return 401 '{{"error":"unauthorized"}}'; }}
            return 200 '{body}';
        }}
        location /bodies/ {{
            if ($http_authorization != "Bearer {token}") {{ return 401; }}
            root {directory};
        }}
        location = /status {{ stub_status; }}
    }}
}}
"""


class Server:
    """A context manager; everything it made is gone when it closes."""

    def __init__(self, core, origins=0, connections=1024):
        self._core = core
        self._origins = origins
        self._connections = connections
        self._process = None
        self._asked = 0

    def __enter__(self):
        self._directory = tempfile.mkdtemp(prefix="bench-nginx-")
        try:
            self.plain, self.tls = _free_ports(2)
            self._certificate()
            self._configuration()
            self._start()
            self._check()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        if self._process is not None:
            processes.stop(self._process)
        shutil.rmtree(self._directory, ignore_errors=True)

    token = TOKEN

    @property
    def certificate(self):
        return f"{self._directory}/cert.pem"

    def base(self, scheme):
        return f"{scheme}://127.0.0.1:{self.tls if scheme == 'https' else self.plain}"

    def url(self, scheme):
        return self.base(scheme) + "/users/me"

    def served(self):
        """Requests counted by nginx itself, without the ones that asked."""
        _, text = self._get("/status")
        return int(text.splitlines()[2].split()[2]) - self._asked

    def body(self, size):
        """The path of a body of so many bytes; it takes no room on the disk."""
        os.makedirs(f"{self._directory}/bodies", exist_ok=True)
        os.chmod(self._directory, 0o755)  # nginx's worker may be another user
        with open(f"{self._directory}/bodies/{size}", "wb") as file:
            file.truncate(size)
        return f"/bodies/{size}"

    def _certificate(self):
        processes.run(
            [tools.find("openssl"), "req", "-x509", "-newkey", "ec",
             "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", f"{self._directory}/key.pem", "-out", f"{self._directory}/cert.pem"],
            timeout=30,
        )

    def _configuration(self):
        text = CONFIGURATION.format(
            directory=self._directory, plain=self.plain, tls=self.tls, token=TOKEN, body=BODY,
            # A connection and its listener; files beside them.
            connections=self._connections + 2 * self._origins,
            descriptors=min(self._connections + 2 * self._origins + 64, _most_descriptors()),
            origins="\n        ".join(
                f"listen 127.1.{number // 250}.{number % 250 + 1}:{self.plain};" for number in range(self._origins)),
        )
        with open(f"{self._directory}/nginx.conf", "w", encoding="utf-8") as file:
            file.write(text)

    def _start(self):
        log = f"{self._directory}/error.log"
        command = [tools.find("nginx"), "-p", self._directory, "-e", log,
                   "-c", f"{self._directory}/nginx.conf"]
        self._process = processes.start(
            processes.pinned(command, self._core),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.tls), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        reason = ""
        if os.path.exists(log):
            with open(log, encoding="utf-8") as file:
                reason = file.read()
        raise RuntimeError(f"nginx does not answer: {reason}")

    def _check(self):
        # A server that lets everybody in would measure something else.
        refused, _ = self._get("/users/me")
        status, body = self._get("/users/me", {"Authorization": f"Bearer {TOKEN}"})
        if (refused, status, body) != (401, 200, BODY):
            raise RuntimeError(f"nginx answers {refused} without and {status} with the token")

    def _get(self, path, headers=None):
        self._asked += 1
        connection = http.client.HTTPConnection("127.0.0.1", self.plain, timeout=10)
        try:
            connection.request("GET", path, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()


def _most_descriptors():
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def _free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
