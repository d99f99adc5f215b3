"""Many at once, and clients that go away: nothing is mixed up, and nothing is left over. nginx, Apache or `doorward serve`."""
import contextlib
import itertools
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, support
from harness.crowd import at_once, restart_under_load
from harness.site import Site


def test_everybody_gets_their_own():
    """400 people over 40 connections: pages, protected files, applications, refusals."""
    def visitor(i):
        def ask(method, target, headers=(), body=None):
            return client.http1(site.server.port, method, target, headers, body).text()

        for n in range(10):
            who = f"p{i}x{n}"
            cookie = [("Cookie", f"fake={'slow-' if n % 3 == 0 else ''}{who}; other={who}")]
            name = f"slow-{who}" if n % 3 == 0 else who
            seen = ask("POST", f"/app/{who}", cookie, who.encode())
            support.expect(f"id-of-{name}" in seen and f"other={who}" in seen and f'"body": "{who}"' in seen,
                           f"{who} at the application: {seen}")
            page = ask("POST", f"/account/{who}?ms=1", cookie, who.encode() * 20)
            support.expect(f"fake={name}" in page and who * 20 in page, f"{who} at a page: {page}")
            support.equal(ask("GET", "/protected/page.html", cookie), "protected page", who)
            support.equal(ask("GET", f"/protected/{who}"), f"refused GET /protected/{who}", who)

    with Site("slow_ms: 2\n") as site:
        at_once(visitor, 40)


def test_hundreds_of_slow_pages():
    with Site() as site:
        answers = at_once(lambda i: site.get(f"/account/slow?ms=50&n={i}"), site.server.at_once)
        for i, answer in enumerate(answers):
            support.equal(answer.status, 200, f"page {i}")
            support.expect(f"n={i}\"" in answer.text(), f"page {i}: {answer.text()}")


def leave(site, target, cookie, resets):
    """Asks, and hangs up or resets the connection. True: the answer had not come."""
    with site.connect() as connection:
        connection.sendall(client.message("POST", target, [("Cookie", cookie)], b"x" * 500))
        if resets:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.setblocking(False)
        try:
            connection.recv(1)
            return False
        except BlockingIOError:
            return True


def test_clients_that_go_away():
    with Site("slow_ms: 30\n") as site:
        def visitor(i):
            in_time = [leave(site, target, f"fake=slow-{i}x{n}", resets=n % 2) for n in range(5)
                       for target in ("/account/slow?ms=40", "/app/x", "/account/slow?ms=40")]
            return in_time.count(True)

        in_time = at_once(visitor, site.server.at_once // 15)
        support.equal(site.get("/account/x").status, 200, "afterwards")
        # What was begun is finished by a thread before the server ends; the log tells of what is left.
        site.server.stop()
        support.expect(sum(in_time) > 0, "no client went away in time: nothing was shown")
        support.expect(site.server.counted("pages") > 1, "no page was begun for them: nothing was shown")
        support.expect(site.server.counted("resolves") > 0, "nobody was asked about: nothing was shown")


def test_clients_that_go_away_amid_a_file():
    """One that is taken, and one that is too long and read past, at every tenth of it."""
    with Site("upload: /account/avatar\nmax_upload: 90000\nslow_ms: 5\n") as site:
        def visitor(i):
            for size, tenth in itertools.product((80000, 900000), range(10)):
                cookie = [("Cookie", f"fake={'slow-' if tenth % 2 else ''}alice")]
                request = client.message("POST", "/account/avatar", cookie, b"p" * size, keep=True)
                with site.connect() as connection, contextlib.suppress(ConnectionError):
                    connection.sendall(request[:200 + (len(request) - 201) * tenth // 9])
                    if i % 2:
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        at_once(visitor, site.server.at_once // 15)
        support.equal(site.get("/account/x").status, 200, "afterwards")
        site.server.stop()
        support.expect(site.server.counted("resolves") > 0, "nobody was asked about: nothing was shown")


def test_restarts_under_load():
    with Site("slow_ms: 2\n") as site:
        restart_under_load(site.server.port, site.server.reload, times=5, visitors=8)


support.run(support.tests_in(sys.modules[__name__]))
