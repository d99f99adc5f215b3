"""Asking: wrk for as many requests as will go, and a connection that asks one by one and looks at the clock."""
import contextlib
import os
import re
import socket
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LAST_CORE = (os.cpu_count() or 1) - 1
PROTECTED, PUBLIC = "/protected/page.html", "/page.html"


def run_wrk(server, target, *, seconds, connections=16, headers=(), script=(), refused=False):
    """{"rate": requests a second, "us": microseconds of the worker's processor time a request, "loop_us": the event loop's}"""
    before, loop_before = server.cpu_seconds(), server.cpu_seconds(event_loop_alone=True)
    words = ["taskset", "-c", str(LAST_CORE), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
             "-H", f"Host: localhost:{server.port}"]
    for header in headers:
        words += ["-H", header]
    if script:
        words += ["-s", f"{HERE}/{script[0]}"]
    words += [f"http://127.0.0.1:{server.port}{target}", "--", *script[1:]]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    used, loop_used = server.cpu_seconds() - before, server.cpu_seconds(event_loop_alone=True) - loop_before
    if ("Non-2xx" in said and not refused) or "Socket errors" in said:
        raise RuntimeError(said)
    count = int(re.search(r"(\d+) requests in", said)[1])
    return {"rate": round(float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), 1),
            "us": round(used / count * 1e6, 3), "loop_us": round(loop_used / count * 1e6, 3)}


@contextlib.contextmanager
def on_last_core():
    """This process, for as long as it asks: servers are started outside of it."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {LAST_CORE})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def request(server, target, token=None):
    cookie = f"Cookie: doorward={token}\r\n" if token else ""
    return f"GET {target} HTTP/1.1\r\nHost: localhost:{server.port}\r\nAccept: text/html\r\n{cookie}\r\n".encode()


def answer_length(data):
    """How long the whole answer that begins here is; None: not known yet."""
    head = data.find(b"\r\n\r\n")
    if head < 0:
        return None
    length = re.search(rb"\r\nContent-Length: (\d+)\r\n", data[:head + 2], re.I)
    if length:
        return head + 4 + int(length[1])
    if not re.search(rb"\r\nTransfer-Encoding: chunked\r\n", data[:head + 2], re.I):
        raise RuntimeError(f"an answer without a length: {data[:head]}")
    end = data.find(b"\r\n0\r\n\r\n", head + 2)
    return None if end < 0 else end + 7


class Line:
    """One kept-alive connection."""

    def __init__(self, server):
        self.socket = socket.create_connection(("127.0.0.1", server.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.length = 0

    def ask(self, what, status=b"200"):
        """Nanoseconds until the answer was here."""
        begin = time.perf_counter_ns()
        self.socket.sendall(what)
        data = self.socket.recv(65536)
        if len(data) != self.length:  # else it is an answer like the last one: no time for looking closer
            while (length := answer_length(data)) is None or len(data) < length:
                data += self.socket.recv(65536)
            self.length = len(data)
        took = time.perf_counter_ns() - begin
        if data[9:12] != status:
            raise RuntimeError(data.decode("utf-8", "replace"))
        return took

    def ask_all(self, requests, together=64):
        """Many, pipelined, all answered alike."""
        self.ask(requests[0])
        for i in range(0, len(requests), together):
            part = requests[i:i + together]
            self.socket.sendall(b"".join(part))
            wanted, data = self.length * len(part), bytearray()
            while len(data) < wanted:
                more = self.socket.recv(1 << 20)
                if not more:
                    raise RuntimeError(f"the connection ended: {data[-2000:]}")
                data += more
            if data.count(b"HTTP/1.1 200 ") != len(part):
                raise RuntimeError(f"not all were let in: {data[:2000]}")


def warm(server, tokens, target=PROTECTED):
    """Every one of these sessions is known to the worker afterwards."""
    with on_last_core():
        line = Line(server)
        for i in range(0, len(tokens), 50_000):
            line.ask_all([request(server, target, token) for token in tokens[i:i + 50_000]])
