"""A server on loopback that records what is asked of it, and the comparison of two clients that asked the same."""

import contextlib
import http.server
import json
import ssl
import threading
import urllib.parse


class Recording:
    """One request as it came."""

    def __init__(self, method, target, headers, body):
        self.method, self.headers, self.body = method, headers, body
        self.path, _, query = target.partition("?")
        self.query = urllib.parse.parse_qsl(query, keep_blank_values=True)
        self.form = {}
        if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            self.form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))

    @property
    def json(self):
        return json.loads(self.body)


class RecordingServer:
    """Answers with what `answer(recording)` returns: status, header fields, and a value for the JSON body."""

    def __init__(self, answer, certificate=None):
        self.log, self.lock = [], threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def respond(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                recording = Recording(
                    self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                with outer.lock:
                    outer.log.append(recording)
                    status, headers, value = answer(recording)
                content = json.dumps(value).encode()
                self.send_response(status)
                for name, field in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, field)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = respond

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.server.shutdown()
        self.server.server_close()

    def take(self):
        """What came since it was asked last."""
        with self.lock:
            log, self.log[:] = list(self.log), []
        return log


def normalised(recording, ignored_headers, ignored_form=(), path=lambda path: path):
    """What is compared of a request. Order of header fields, query items and form fields does not matter; the spelling of
    percent-encoded characters does not either, that of the path's segments does."""
    body = sorted(recording.form.items()) if recording.form else None
    if body is not None:
        body = [(name, value) for name, value in body if name not in ignored_form]
    elif recording.body:
        body = recording.json
    segments = [urllib.parse.unquote(each) for each in path(recording.path).split("/")]
    headers = {name: value for name, value in recording.headers.items() if name not in ignored_headers}
    return recording.method, segments, sorted(recording.query), sorted(headers.items()), body


def compare(figures, name, ours, theirs):
    """One figure: the requests of both, in order, are the same."""
    same = ours == theirs and bool(ours)
    if not same:
        print(f"{name}: ours and theirs differ:", flush=True)
        for number in range(max(len(ours), len(theirs))):
            one = ours[number] if number < len(ours) else None
            other = theirs[number] if number < len(theirs) else None
            print(f"  {'=' if one == other else '!'} {one}\n    {other}", flush=True)
    figures.check(f"{name}: requests as the official client's", len(ours) if same else "differ",
                  f"= {len(theirs)}, equal after the normalisation", same)
