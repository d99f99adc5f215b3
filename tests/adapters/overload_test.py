"""More than the threads for what may block can take: files are served all the same, and overload is told. nginx or `doorward serve`,
which have such threads; in Apache whoever is too many waits until one is free."""
import os
import select
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, support
from harness.site import SERVER, Site

FEW = {"main": "thread_pool few threads=2 max_queue=3;", "http": "doorward_threads few;", "processes": 1}
OWN = {"nginx": FEW, "server": {}}[SERVER]
THREADS = {"nginx": 2, "server": 16}[SERVER]
TAKEN = {"nginx": 5, "server": 256}[SERVER]  # by the threads, and waiting for them
TOO_MANY = {"nginx": 30, "server": 400}[SERVER]


def asked(site, count, target, cookie=""):
    """Connections that are all open before the first request is sent; each is of another person, where a cookie is told."""
    connections = [site.connect() for _ in range(count)]
    for i, connection in enumerate(connections):
        connection.sendall(client.message("GET", target, [("Cookie", f"{cookie}{i}")] if cookie else []))
    return connections


def answers(connections):
    read = []
    for connection in connections:
        with connection, connection.makefile("rb") as file:
            read.append(client.read_response(file))
    return read


def test_slow_pages_do_not_hold_up_files():
    with Site(**OWN) as site:
        slow = asked(site, THREADS, "/account/slow?ms=2000")
        served = 0
        while not select.select(slow, [], [], 0)[0]:
            support.equal(site.get("/protected/page.html", [("Cookie", "fake=alice")]).text(), "protected page", "a file")
            served += 1
        support.equal([answer.status for answer in answers(slow)], [200] * THREADS, "the slow pages")
        support.expect(served > 2, f"{served} files were served while the pages were made")


def test_overflow_is_503_with_retry_after():
    with Site(**OWN) as site:
        told = answers(asked(site, TOO_MANY, "/account/slow?ms=300"))
        statuses = [answer.status for answer in told]
        support.equal(sorted(set(statuses)), [200, 503], "statuses")
        support.expect(statuses.count(200) >= TAKEN, f"served: {statuses.count(200)}")
        for answer in told:
            support.expect(answer.status == 200 or answer.get("retry-after"), "503 says when to come again")
        support.equal(site.get("/account/x").status, 200, "afterwards")


def test_nobody_passes_unchecked_when_too_many_are_asked_about():
    with Site("slow_ms: 300\n", **OWN) as site:
        told = answers(asked(site, TOO_MANY, "/protected/page.html", "fake=slow-"))
        support.equal(sorted({answer.status for answer in told}), [200, 503], "statuses")
        for answer in told:
            support.equal("protected page" in answer.text(), answer.status == 200, f"the page, with {answer}")
        support.equal(site.get("/protected/page.html", [("Cookie", "fake=slow-later")]).status, 200, "afterwards")


support.run(support.tests_in(sys.modules[__name__]))
