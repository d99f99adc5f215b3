"""A person's story is told again and again, and each time the worker that makes the n-th sync to disk is killed, just before
it or just after: what was acknowledged is there afterwards, no link works twice, no letter is lost."""
import http.client
import mmap
import os
import struct
import sys

from stack_site import PASSWORD, ROUNDS, Person, Site, ask, link_in
from harness import support
from harness.support import equal, expect, until

NETWORK = (OSError, http.client.HTTPException)
NEW_PASSWORD = "three lanterns under the breakwater"
LIMITS = "limits: {account_failures: 100, address_failures: 1000, site_failures: 10000, mails_per_client: 1000}"


class Order:
    """What sync_kill.c counts and strikes by."""

    def __init__(self, path):
        with open(path, "wb") as file:
            file.write(bytes(mmap.PAGESIZE))
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), mmap.PAGESIZE)

    def give(self, strike_at, afterwards=False):
        self.memory[:24] = struct.pack("=QQQ", 0, strike_at, afterwards)

    def seen(self):
        return struct.unpack("=Q", self.memory[:8])[0]


class Teller:
    """Tells the story. A step whose answer was cut off is tried again, as a person would."""

    def __init__(self, site, address):
        self.site, self.address, self.person = site, address, Person(site)

    def step(self, about, path, **fields):
        """The answer's status, and whether an earlier try may have been carried out already."""
        cut_off = False
        for _ in range(20):
            try:
                return self.person.post(path, **fields).status, cut_off
            except NETWORK:
                cut_off = True
        raise AssertionError(f"{about}: no answer")

    def get(self, path):
        for _ in range(20):
            connection = http.client.HTTPConnection("127.0.0.1", self.site.nginx.port, timeout=60)
            try:
                return ask(connection, path, self.person.cookie)
            except NETWORK:
                pass
            finally:
                connection.close()
        raise AssertionError(f"{path}: no answer")

    def letter(self, number):
        def mine():
            return [letter.text for letter in self.site.letters() if letter.to == self.address]

        # A lease that the killed worker held runs out after 40 seconds.
        until(lambda: len(mine()) >= number, f"letter {number} for {self.address}", 180)
        return mine()

    def open_link(self, link):
        opened = self.get(link)
        for value in opened.headers.get_all("Set-Cookie") or ():
            name, _, rest = value.partition("=")
            self.person.cookies[name] = rest.split(";")[0]

    def use_once(self, about, link, path, **fields):
        """A link does its work exactly once, whichever of the tries it was."""
        self.open_link(link)
        status, cut_off = self.step(about, path, **fields)
        expect(status == 200 or cut_off, f"{about}: {status}")
        self.person.cookies.clear()
        self.open_link(link)
        again, _ = self.step(about + " again", path, **fields)
        expect(again != 200, f"{about}: the link worked twice")
        self.person.cookies.clear()

    def sign_in(self, password, expected=True):
        status, _ = self.step("login", "/account/login", identifier=self.address, password=password)
        equal(status == 200, expected, f"login with {password!r}: {status}")

    def tell(self):
        equal(self.step("signup", "/account/signup", name="Ada", email=self.address, password=PASSWORD)[0], 200, "signup")
        letters = self.letter(1)
        self.use_once("verify", link_in(letters[-1]), "/account/verify-email", password=PASSWORD)
        self.sign_in(PASSWORD)
        equal(self.get("/protected/page.html").status, 200, "signed in")
        cookies = dict(self.person.cookies)
        status, cut_off = self.step("logout", "/account/logout")
        expect(status == 200 or cut_off, f"logout: {status}")
        self.person.cookies = cookies
        equal(self.get("/protected/page.html").status, 303, "the ended session")
        self.person.cookies.clear()
        before = len(self.letter(1))
        equal(self.step("recovery", "/account/recovery", identifier=self.address)[0], 200, "recovery")
        self.use_once("reset", link_in(self.letter(before + 1)[-1]), "/account/recovery/reset", new=NEW_PASSWORD)
        self.sign_in(PASSWORD, expected=False)
        self.sign_in(NEW_PASSWORD)
        equal(self.get("/protected/page.html").status, 200, "signed in with the new password")


def kill_at(site, order, at, afterwards):
    """Was there such a sync in the story?"""
    order.give(at, afterwards)
    Teller(site, f"killed-{'after' if afterwards else 'before'}-{at}@site.example").tell()
    struck = order.seen() >= at
    order.give(0)
    until(lambda: len(site.nginx.workers()) == 2, "the worker is back")
    return struck


def test_a_story_survives_a_kill_at_each_sync():
    with support.temporary_folder() as folder:
        order = Order(f"{folder}/order")
        with Site(workers=2, settings=LIMITS, expected=[r"exited on signal 9"],
                  environment={"LD_PRELOAD": os.environ["DOORWARD_SYNC_KILL"], "DOORWARD_SYNC_ORDER": f"{folder}/order"}) as site:
            order.give(0)
            Teller(site, "nobody-is-killed@site.example").tell()
            syncs = order.seen()
            expect(syncs >= 8, f"a story with {syncs} syncs only: they aren't seen")
            # ROUNDS of them, evenly chosen; all where there are fewer.
            places = sorted({1 + i * syncs // ROUNDS for i in range(ROUNDS)} if ROUNDS < syncs else range(1, syncs + 1))
            struck = [kill_at(site, order, at, afterwards) for at in places for afterwards in (False, True)]
            print(f"{sum(struck)} kills at {len(places)} of {syncs} syncs")
            expect(sum(struck) >= 0.8 * len(struck), f"only {sum(struck)} of {len(struck)} kills")


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
