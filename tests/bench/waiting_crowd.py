"""So many people at once who wait for their sign-in: a process of its own that sends prepared requests and hardly looks at the
answers, since it shares a core with whoever measures."""
import multiprocessing
import os
import re
import selectors
import socket
import urllib.parse

from browser import PASSWORD, Browser
from load import LAST_CORE, answer_length
from seeded import address_of


class Crowd:
    """`with Crowd(server, people, accounts)`: they sign in, and sign in again, until the end."""

    def __init__(self, server, people, accounts):
        self.server, self.people, self.accounts = server, people, accounts

    def __enter__(self):
        requests = self.requests()
        ours, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("fork").Process(target=run, args=(self.server.port, requests, theirs))
        self.process.start()
        theirs.close()
        ours.recv()  # the first of them is in
        self.end = ours
        return self

    def __exit__(self, kind, *_):
        self.end.send("end")
        answered = self.end.recv() if self.end.poll(60) else None
        self.process.join(60)
        self.server.rest()
        if kind is None and not answered:
            raise RuntimeError("nobody was signed in")

    def requests(self):
        browser = Browser(self.server.port)
        hidden = browser.hidden_fields("/account/login")
        found = []
        for i in range(self.people):
            body = urllib.parse.urlencode(hidden | {"identifier": address_of(i % self.accounts), "password": PASSWORD})
            found.append(f"POST /account/login HTTP/1.1\r\nHost: localhost:{self.server.port}\r\n"
                         f"Origin: http://localhost:{self.server.port}\r\nSec-Fetch-Site: same-origin\r\n"
                         f"Cookie: {browser.cookie()}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                         f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        return found


def run(port, requests, pipe):
    os.sched_setaffinity(0, {LAST_CORE})
    selector, answered = selectors.DefaultSelector(), 0
    for what in requests:
        one = socket.create_connection(("127.0.0.1", port))
        one.sendall(what)
        selector.register(one, selectors.EVENT_READ, [what, b""])
    selector.register(pipe, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is pipe:
                pipe.send(answered)
                return
            what, data = key.data
            data += key.fileobj.recv(65536)
            length = answer_length(data)
            if length is None or len(data) < length:
                key.data[1] = data
                continue
            if not re.match(rb"HTTP/1.1 303 ", data):
                raise RuntimeError(data.decode("utf-8", "replace"))
            if answered == 0:
                pipe.send("begun")
            answered += 1
            key.data[1] = b""
            key.fileobj.sendall(what)
