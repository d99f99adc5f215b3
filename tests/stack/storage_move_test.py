"""A site moves from SQLite to PostgreSQL and on to another SQLite while nginx serves it: who is signed in passes all the time, who
wants to sign in is asked to wait a few minutes, and nothing that was acknowledged is lost."""
import json
import os
import sys
import threading

from stack_hosts import ENVIRONMENT, MAIN, postgres, storage
from stack_site import Person, Site, status_at
from harness import support
from harness.support import equal, expect, until


class SigningIn(threading.Thread):
    """Signs in again and again, and keeps the cookies of what was acknowledged."""

    def __init__(self, site):
        super().__init__(daemon=True)
        self.site, self.over, self.cookies, self.statuses = site, threading.Event(), [], []

    def run(self):
        while not self.over.is_set():
            person = Person(self.site)
            self.statuses.append(person.login("ada@site.example").status)
            if self.statuses[-1] == 200:
                self.cookies.append(person.cookie)

    def end(self):
        self.over.set()
        self.join(120)
        return self.cookies


class Watching(threading.Thread):
    """Somebody who is signed in goes on reading."""

    def __init__(self, site, cookie):
        super().__init__(daemon=True)
        self.site, self.cookie, self.over, self.statuses = site, cookie, threading.Event(), []

    def run(self):
        while not self.over.is_set():
            self.statuses.append(status_at(self.site.nginx.port, self.cookie))

    def end(self):
        self.over.set()
        self.join(120)
        return set(self.statuses)


def move(site, new_storage):
    """Copies under load, and switches; the cookies of everybody who was told that they are signed in."""
    reader = Person(site)
    equal(reader.login("ada@site.example").status, 200, "signing in before")
    crowd, watching = [SigningIn(site) for _ in range(3)], Watching(site, reader.cookie)
    for thread in (*crowd, watching):
        thread.start()
    until(lambda: sum(len(one.cookies) for one in crowd) >= 5, "people sign in", 60)
    old = site.storage
    site.storage = new_storage
    site.write_site("new.yaml", site.nginx.port, "state", "")
    site.storage = old
    said = site.command("storage", "copy", "--from", f"{site.folder}/doorward.yaml", "--to", f"{site.folder}/new.yaml", "--json")
    expect(json.loads(said)["moved"], said)

    # The web server still has the old store.
    before = len(crowd[0].statuses)
    until(lambda: len(crowd[0].statuses) > before + 3, "people still try", 60)
    late = Person(site)
    refused = late.login("ada@site.example")
    equal((refused.status, json.loads(refused.text)["code"], refused.getheader("Retry-After")), (503, "read_only", "60"), "signing in")
    equal(status_at(site.nginx.port, reader.cookie), 200, "who is signed in")
    cookies = [cookie for one in crowd for cookie in one.end()]
    equal({code for one in crowd for code in one.statuses}, {200, 503}, "what people were told")
    site.storage = new_storage
    site.write_settings()
    site.reload()
    equal(watching.end(), {200}, "who reads all the time")
    equal(late.login("ada@site.example").status, 200, "signing in afterwards")
    return [*cookies, reader.cookie, late.cookie]


def test_nobody_is_signed_out_and_nothing_is_lost():
    os.environ.update(ENVIRONMENT)
    with postgres.Cluster() as cluster, Site(workers=2, environment=ENVIRONMENT, main=MAIN) as site:
        site.account("ada@site.example")
        cookies = []
        for new_storage in (storage(cluster.port), "{plugin: sqlite, path: STATE/again.db}"):
            cookies += move(site, new_storage)
            equal([status_at(site.nginx.port, cookie) for cookie in cookies], [200] * len(cookies), f"everybody, in {new_storage}")
            equal(json.loads(site.command("storage", "check", "--json"))["faults"], [], "faults")
            site.command("audit", "verify")  # fails where it isn't whole
        told = [line for line in site.nginx.log().splitlines() if "read-only" in line]
        expect(len(told) <= 4, f"each worker says it once: {told}")
        print(f"{len(cookies)} sessions went along")


def test_a_web_server_starts_with_a_closed_store_and_goes_on_once_it_is_open():
    with Site(workers=2) as site:
        site.account("ada@site.example")
        reader = Person(site)
        equal(reader.login("ada@site.example").status, 200, "signing in")
        site.storage = "{plugin: sqlite, path: STATE/new.db}"
        site.write_site("new.yaml", site.nginx.port, "state", "")
        site.command("storage", "copy", "--from", f"{site.folder}/doorward.yaml", "--to", f"{site.folder}/new.yaml")
        site.reload()
        equal(status_at(site.nginx.port, reader.cookie), 200, "a session in new workers")
        equal(Person(site).login("ada@site.example").status, 503, "signing in")
        site.command("storage", "open", "--yes")
        equal(Person(site).login("ada@site.example").status, 200, "signing in, without a reload")


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
