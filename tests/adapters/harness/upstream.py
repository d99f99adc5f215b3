"""A web application behind the server under test: answers with what it was sent, as JSON."""
import http.server
import json
import socket
import threading
import urllib.parse


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        seen = {"method": self.command, "target": self.path, "headers": self.headers.items(),
                "body": body.decode("utf-8", "replace")}
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        data = json.dumps(seen).encode()
        self.send_response(int(query.get("status", ["200"])[0]))
        for name in ("X-Accel-Redirect", "WWW-Authenticate"):
            for value in query.get(name, []):
                self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        with self.server.lock:
            self.server.seen.append(seen)  # before the answer: who has it may ask
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = answer

    def log_message(self, *_):
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


class Upstream:
    def __enter__(self):
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.seen = []
        self.server.lock = threading.Lock()
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def seen(self):
        with self.server.lock:
            return list(self.server.seen)


class Scripted:
    """An application that reads one request's head, hands the connection to `answer`, and closes it."""

    def __init__(self, answer):
        self.answer = answer

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()
        return self

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as file:
                connection.settimeout(20)
                while file.readline() not in (b"\r\n", b""):
                    pass
                try:
                    self.answer(connection, file)
                except OSError:
                    pass

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
