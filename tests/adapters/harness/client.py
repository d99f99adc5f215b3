"""A client that sends exactly what a test wants sent: HTTP/1.1 by hand, HTTP/2 through nghttp."""
import json
import socket
import subprocess
import tempfile

DEADLINE = 20  # seconds that one answer may take


class Response:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # [(lower-case name, value)], in order
        self.body = body

    def all(self, name):
        return [value for key, value in self.headers if key == name.lower()]

    def get(self, name):
        values = self.all(name)
        return values[0] if values else None

    def text(self):
        return self.body.decode("utf-8", "replace")

    def __repr__(self):
        return f"<{self.status} {self.headers} {self.body[:300]!r}>"


def _chunks(body):
    size = 700
    for at in range(0, len(body), size):
        part = body[at : at + size]
        yield b"%x\r\n%s\r\n" % (len(part), part)
    yield b"0\r\n\r\n"


def message(method, target, headers=(), body=None, chunked=False, host="site.example", keep=False):
    """The bytes of a request. `headers` are (name, value) pairs and go out as they are."""
    lines = [f"{method} {target} HTTP/1.1".encode()]
    if host is not None:
        lines.append(f"Host: {host}".encode())
    lines += [f"{name}: {value}".encode("utf-8") for name, value in headers]
    if not keep:
        lines.append(b"Connection: close")
    if chunked:
        lines.append(b"Transfer-Encoding: chunked")
    elif body is not None:
        lines.append(b"Content-Length: %d" % len(body))
    head = b"\r\n".join(lines) + b"\r\n\r\n"
    if body is None:
        return head
    return head + (b"".join(_chunks(body)) if chunked else body)


def read_response(file, method="GET"):
    line = file.readline()
    if not line:
        raise ConnectionError("closed without an answer")
    status = int(line.split()[1])
    headers = []
    while True:
        line = file.readline()
        if line in (b"\r\n", b""):
            break
        name, _, value = line.decode("utf-8").partition(":")
        headers.append((name.strip().lower(), value.strip()))
    response = Response(status, headers, b"")
    if status == 100:
        return read_response(file, method)
    if method == "HEAD" or status in (204, 304):
        return response
    if response.get("transfer-encoding") == "chunked":
        while size := int(file.readline().split(b";")[0], 16):
            response.body += file.read(size)
            file.readline()
        file.readline()
    elif response.get("content-length") is not None:
        length = int(response.get("content-length"))
        response.body = file.read(length)
        if len(response.body) != length:
            raise ConnectionError(f"only {len(response.body)} of {length} bytes came")
    else:
        response.body = file.read()
    return response


def send(port, data, method="GET"):
    """One request of these bytes on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), DEADLINE) as connection:
        try:
            connection.sendall(data)
        except ConnectionError:
            pass  # refused before it was read whole; the answer is there all the same
        return read_response(connection.makefile("rb"), method)


def http1(port, method, target, headers=(), body=None, chunked=False):
    return send(port, message(method, target, headers, body, chunked), method)


def http2(port, method, target, headers=(), body=None, chunked=False):
    """`chunked` means: without a content-length."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["nghttp", "--no-dep", f"--timeout={DEADLINE}", f"--har={folder}/har", f"-H:method: {method}",
                   "-H:authority: site.example", "-Haccept-encoding: identity"]
        if body is not None:
            with open(f"{folder}/body", "wb") as file:
                file.write(body)
            command += ["-d", f"{folder}/body"] + (["--no-content-length"] if chunked else [])
        command += [f"-H{name.lower()}: {value}" for name, value in headers]
        done = subprocess.run(command + [f"http://127.0.0.1:{port}{target}"], capture_output=True)
        with open(f"{folder}/har", encoding="utf-8") as file:
            entries = json.load(file)["log"]["entries"]
    if not entries or "response" not in entries[0]:
        raise ConnectionError(f"no answer: {done.stderr.decode()}")
    pairs = [(header["name"], header["value"]) for header in entries[0]["response"]["headers"]]
    return Response(int(dict(pairs)[":status"]), pairs, done.stdout)


CLIENTS = {"1.1": http1, "2": http2}
