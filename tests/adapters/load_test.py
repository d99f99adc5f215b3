"""Many at once, and clients that go away: nothing is mixed up, nothing is left over, and overload is told."""
import os
import random
import re
import socket
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, fake, support
from harness.crowd import established, restart_under_load
from harness.nginx import Nginx, common_site
from harness.upstream import Upstream


class Site:
    def __init__(self, more="", main="", http="", workers=2):
        self.more, self.main, self.http, self.workers = more, main, http, workers

    def __enter__(self):
        self.folder_context = support.temporary_folder()
        folder = self.folder_context.__enter__()
        self.upstream = Upstream().__enter__()
        site = common_site(folder, self.upstream.port, fake.settings(folder, self.more))
        self.nginx = Nginx(folder, self.http + site, main=self.main, workers=self.workers)
        self.nginx.start()
        self.port, self.port2 = self.nginx.port, self.nginx.port2
        return self

    def __exit__(self, *error):
        try:
            self.nginx.__exit__(*error)
        finally:
            self.upstream.__exit__()
            self.folder_context.__exit__(None, None, None)


def at_once(count, work):
    """Runs work(i) in `count` threads; the first exception of any is raised here."""
    results, errors = [None] * count, []

    def one(i):
        try:
            results[i] = work(i)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


def test_everybody_gets_their_own():
    """400 people over 40 connections: pages, protected files, applications, refusals."""
    def visitor(i):
        for n in range(10):
            who = f"p{i}x{n}"
            cookie = [("Cookie", f"fake={'slow-' if n % 3 == 0 else ''}{who}; other={who}")]
            name = f"slow-{who}" if n % 3 == 0 else who
            seen = client.http1(site.port, "POST", f"/app/{who}", cookie, who.encode()).text()
            support.expect(f"id-of-{name}" in seen and f"other={who}" in seen and f'"body": "{who}"' in seen,
                           f"{who} at the application: {seen}")
            page = client.http1(site.port, "POST", f"/account/{who}?ms=1", cookie, who.encode() * 20).text()
            support.expect(f"fake={name}" in page and who * 20 in page, f"{who} at a page: {page}")
            support.equal(client.http1(site.port, "GET", "/protected/page.html", cookie).text(), "protected page", who)
            support.equal(client.http1(site.port, "GET", f"/protected/{who}").text(), f"refused GET /protected/{who}", who)

    with Site("slow_ms: 2\n") as site:
        at_once(40, visitor)


def test_hundreds_of_slow_pages():
    with Site() as site:
        answers = at_once(300, lambda i: client.http1(site.port, "GET", f"/account/slow?ms=50&n={i}"))
        for i, answer in enumerate(answers):
            support.equal(answer.status, 200, f"page {i}")
            support.expect(f"n={i}\"" in answer.text(), f"page {i}: {answer.text()}")


def test_slow_pages_do_not_hold_up_files():
    """With every thread of the pool busy for a second, files are served: the event loop is free."""
    with Site(main="thread_pool few threads=2;", http="doorward_threads few;", workers=1) as site:
        slow = [socket.create_connection(("127.0.0.1", site.port), 20) for _ in range(2)]
        for connection in slow:
            connection.sendall(client.message("GET", "/account/slow?ms=1000"))
        served = 0
        for _ in range(50):
            served += client.http1(site.port, "GET", "/protected/page.html", [("Cookie", "fake=alice")]).status == 200
        slow[0].setblocking(False)
        try:
            support.expect(slow[0].recv(1) is None, "the slow page was done before the files: nothing was shown")
        except BlockingIOError:
            pass
        support.equal(served, 50, "files")
        for connection in slow:
            connection.setblocking(True)
            support.equal(client.read_response(connection.makefile("rb")).status, 200, "the slow page")
            connection.close()


def test_overflow_is_503_with_retry_after():
    with Site(main="thread_pool few threads=2 max_queue=3;", http="doorward_threads few;", workers=1) as site:
        answers = at_once(30, lambda i: client.http1(site.port, "GET", "/account/slow?ms=300"))
        statuses = [answer.status for answer in answers]
        support.equal(sorted(set(statuses)), [200, 503], "statuses")
        support.expect(statuses.count(200) >= 5, f"served: {statuses}")
        for answer in answers:
            if answer.status == 503:
                support.expect(answer.get("retry-after"), "503 says when to come again")
        cookies = [[("Cookie", f"fake=slow-{i}")] for i in range(30)]
        answers = at_once(30, lambda i: client.http1(site.port, "GET", "/protected/page.html", cookies[i]))
        for answer in answers:
            support.expect(answer.status in (200, 503), f"a check: {answer}")
            support.expect(answer.status == 200 or "protected page" not in answer.text(), "a page without a check")
        support.equal(client.http1(site.port, "GET", "/account/x").status, 200, "afterwards")


def leave(port, target, cookie, body, wait):
    connection = socket.create_connection(("127.0.0.1", port), 20)
    connection.sendall(client.message("POST", target, [("Cookie", cookie)], body))
    if wait:
        connection.setblocking(False)
        try:
            connection.recv(1)
        except BlockingIOError:
            pass
    connection.close()


def test_clients_that_go_away():
    random.seed(7)
    with Site("slow_ms: 30\n") as site:
        def visitor(i):
            for n in range(5):
                leave(site.port, "/account/slow?ms=40", f"fake=p{i}", b"x" * 500, n % 2)
                leave(site.port, "/app/x", f"fake=slow-a{i}x{n}", b"x" * 500, n % 2)
                leave(site.port, "/account/slow?ms=40", f"fake=p{i}", b"x" * 500, True)

        at_once(30, visitor)
        support.equal(client.http1(site.port, "GET", "/account/x").status, 200, "afterwards")
        # Every page that was begun is finished by a thread before the worker ends; the log tells of what is left.
        with open(f"{site.nginx.folder}/access.log", encoding="utf-8") as file:
            support.expect(re.search(r" 499 ", file.read()), "no client went away in time: nothing was shown")


def test_streams_that_are_reset():
    """Clients of HTTP/2 are gone while a thread works for them, and while one asks the store for them."""
    with Site("slow_ms: 1500\n") as site:
        running = []
        for i in range(8):
            urls = [f"http://127.0.0.1:{site.port2}/account/slow?ms=1500&n={n}" for n in range(2)]
            urls += [f"http://127.0.0.1:{site.port2}/protected/page.html?{n}" for n in range(2)]
            running.append(subprocess.Popen(["nghttp", "--no-dep", "-n", f"-Hcookie: fake=slow-h{i}", *urls],
                                            stderr=subprocess.DEVNULL))
        support.until(lambda: established(site.port2) == len(running), "streams are open")
        for process in running:
            process.kill()
        for process in running:
            process.wait()
        support.equal(client.http2(site.port2, "GET", "/account/x").status, 200, "afterwards")
        support.until(lambda: gone(site) > 0, "a stream that was reset in time")


def gone(site):
    with open(f"{site.nginx.folder}/access.log", encoding="utf-8") as file:
        return len(re.findall(r'HTTP/2.0" 499 ', file.read()))


def test_reloads_under_load():
    with Site("slow_ms: 2\n") as site:
        restart_under_load(site.port, site.nginx.reload, times=5, visitors=8)


support.run(support.tests_in(sys.modules[__name__]))
