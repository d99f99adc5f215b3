"""What has to hold when the database's primary is lost while people sign in and out at two hosts, one with nginx and one with Apache: who
was signed in is never sent to sign in again, no acknowledged sign-in or sign-out is lost, a link that was used stays used,
and writing goes on by itself."""
import threading
import time

from stack_apache import ApacheHost
from stack_hosts import UNREACHED, Host
from stack_site import PASSWORD, Person, letters_to, link_in, status_at
from harness.support import equal, expect, until

# What servers say of a database that is gone, in words of the plugin and of the engine.
LOST = [*UNREACHED, r"storage postgresql: ", r"session look-up failed", r"sending letters|noting used sessions|sweeping",
        r"other hosts don't hear", r"a page failed|failed: "]


class Door:
    """Where people come in: a port, and what happened there."""

    def __init__(self, site, port):
        self.site, self.port = site, port

    def person(self):
        return Person(self.site, self.port)

    def status(self, cookie):
        return status_at(self.port, cookie)


class Writer(threading.Thread):
    """Signs in and out until it is told to stop; keeps what was acknowledged, and when."""

    def __init__(self, door, address):
        super().__init__()
        self.door, self.address, self.stopping = door, address, threading.Event()
        self.signed_in, self.signed_out, self.statuses, self.times = [], [], set(), []

    def run(self):
        for turn in range(1 << 30):
            if self.stopping.is_set():
                return
            person = self.door.person()
            status = person.login(self.address).status
            self.statuses.add(status)
            if status != 200:
                continue
            self.times.append(time.monotonic())
            cookie = person.cookie
            if turn % 2 == 0:
                self.signed_in.append(cookie)
            elif person.post("/account/logout").status == 200:
                self.signed_out.append(cookie)


class Visitor(threading.Thread):
    """Is signed in, and goes on asking for a page."""

    def __init__(self, door, cookie):
        super().__init__()
        self.door, self.cookie, self.stopping, self.statuses = door, cookie, threading.Event(), {}

    def run(self):
        while not self.stopping.is_set():
            status = self.door.status(self.cookie)
            self.statuses[status] = self.statuses.get(status, 0) + 1


def used_link(door, sites):
    """A link of a sign-up that was confirmed."""
    person = door.person()
    equal(person.post("/account/signup", name="Grace", email="grace@site.example", password=PASSWORD).status, 200, "sign-up")
    letter = until(lambda: letters_to("grace@site.example", sites), "the letter, from whichever host sends it")[0]
    link = link_in(letter.text)
    return link, door.person().confirm(link).status


def noticed(writers):
    until(lambda: all(503 in writer.statuses for writer in writers), "everybody has noticed", 120)


def written_again(writers, since):
    """Waits until each writer was acknowledged something again; gives the moment when the last of them first was."""
    until(lambda: all(writer.times[-1] > since for writer in writers), "everybody writes again", 120)
    return max(next(when for when in writer.times if when > since) for writer in writers)


def check(what, ports, fail_over):
    """`ports`: of the servers, one of which takes writes. fail_over(writers) loses that one, and gives the seconds without writing, and how
    many of them passed after there was another."""
    with Host(*ports, expected=LOST) as one, ApacheHost(*ports, key_ring=one.own_key_ring, expected=LOST) as two:
        doors = [Door(one, one.port), Door(two, two.port)]
        addresses = [f"writer{i}@site.example" for i in range(4)]
        for address in [*addresses, "ada@site.example"]:
            one.account(address)
        link, status = used_link(doors[0], (one, two))
        equal(status, 200, "the link, once")
        ada = doors[0].person()
        equal(ada.login("ada@site.example").status, 200, "signing in")
        writers = [Writer(doors[i % 2], address) for i, address in enumerate(addresses)]
        visitors = [Visitor(door, ada.cookie) for door in doors]
        threads = [*writers, *visitors]
        for thread in threads:
            thread.start()
        try:
            until(lambda: all(len(writer.times) >= 5 for writer in writers), "everybody writes", 60)
            gap, after_promotion = fail_over(writers)
        finally:
            for thread in threads:
                thread.stopping.set()
            for thread in threads:
                thread.join()
        for visitor in visitors:
            expect(set(visitor.statuses) <= {200, 503} and 200 in visitor.statuses, f"who was signed in got {visitor.statuses}")
        for writer in writers:
            expect(writer.statuses <= {200, 503}, f"signing in came to {writer.statuses}")
            for door in doors:
                for cookie in writer.signed_in[-20:]:
                    equal(door.status(cookie), 200, "an acknowledged sign-in")
                for cookie in writer.signed_out[-20:]:
                    expect(door.status(cookie) != 200, "an acknowledged sign-out is lost")
            equal([cookie for cookie in writer.signed_in if doors[0].status(cookie) != 200], [], "acknowledged sign-ins that are lost")
        expect(doors[1].person().confirm(link).status != 200, "a link works twice")
        count = sum(len(writer.times) for writer in writers)
        print(f"{what}: {gap:.2f} s without writing, {after_promotion:.2f} s of them after the promotion; "
              f"{count} sign-ins, none lost; visitors got {[visitor.statuses for visitor in visitors]}")
