"""Workers, and all of nginx, are killed at random while people sign up, sign in and out: what was acknowledged is there afterwards,
no link works twice, no letter is lost."""
import http.client
import os
import random
import signal
import sys
import threading

from stack_site import PASSWORD, ROUNDS, MailServer, Person, Site, link_in, read_letter, status_at
from harness import support
from harness.support import equal, expect, until

NETWORK = (OSError, http.client.HTTPException)


class Visitors(threading.Thread):
    """Signs new people up, one after another, and writes down what the site has acknowledged."""

    def __init__(self, site, round_, number):
        super().__init__(daemon=True)  # a round that fails doesn't wait for them
        self.site, self.round, self.number = site, round_, number
        self.ending = threading.Event()
        self.signed_up, self.sessions, self.ended = [], [], []

    def run(self):
        count = 0
        while not self.ending.is_set():
            count += 1
            self.one_person(f"p{self.round}-{self.number}-{count}@site.example")

    def one_person(self, address):
        person = Person(self.site)
        try:
            if person.post("/account/signup", name="Ada", email=address, password=PASSWORD).status != 200:
                return
            self.signed_up.append(address)
            if person.login("ada@site.example").status != 200:
                return
            cookie = person.cookie
            if self.number % 2 == 0:
                if person.post("/account/logout").status == 200:  # without an answer it may have ended or not
                    self.ended.append(cookie)
            else:
                self.sessions.append(cookie)
        except NETWORK:
            pass  # killed in the middle: nothing was acknowledged


def kill_someone(site, chance):
    workers = site.nginx.workers()
    if workers:
        os.kill(chance.choice(workers), signal.SIGKILL)


def kill_rounds(site, letters):
    """`letters`: what has arrived by now, the oldest first."""
    chance = random.Random(20270115)
    site.account("ada@site.example")
    for round_ in range(ROUNDS):
        before = len(letters())
        visitors = [Visitors(site, round_, number) for number in range(3)]
        for visitor in visitors:
            visitor.start()
        for _ in range(3):
            goal = sum(len(v.signed_up) for v in visitors) + chance.randint(1, 4)
            until(lambda: sum(len(v.signed_up) for v in visitors) >= goal, "people sign up", 60)
            kill_someone(site, chance)
        site.nginx.kill()
        for visitor in visitors:
            visitor.ending.set()
        for visitor in visitors:
            visitor.join(120)
        site.nginx.start()

        for visitor in visitors:
            for cookie in visitor.sessions:
                equal(status_at(site.nginx.port, cookie), 200, f"round {round_}: an acknowledged session")
            for cookie in visitor.ended:
                equal(status_at(site.nginx.port, cookie), 303, f"round {round_}: an ended session")
        owed = {address for visitor in visitors for address in visitor.signed_up}
        # A lease that a killed worker held runs out after 40 seconds; most letters come at once.
        until(lambda: owed <= {letter.to for letter in letters()[before:]},
              f"round {round_}: a letter for everybody who signed up", 180)
        text = next(letter.text for letter in letters()[before:] if letter.to in owed)
        equal([Person(site).confirm(link_in(text)).status == 200 for _ in range(3)], [True, False, False], f"round {round_}: one link, used thrice")
    site.command("audit", "verify")  # fails where it isn't whole


KILLED = [r"exited on signal 9"]
LIMITS = "limits: {account_failures: 100, address_failures: 1000, site_failures: 10000, mails_per_client: 1000}"


def test_what_was_acknowledged_survives_killed_workers():
    with Site(workers=2, settings=LIMITS, expected=KILLED) as site:
        kill_rounds(site, site.letters)


def test_letters_reach_a_mail_server_though_workers_are_killed():
    with MailServer() as server:
        mailer = f"{{plugin: smtp, host: 127.0.0.1, port: {server.port}, security: none}}"
        arrived = server.inbox.queue
        with Site(workers=2, settings=LIMITS, expected=KILLED, mailer=mailer) as site:
            kill_rounds(site, lambda: [read_letter(arrival.content) for arrival in list(arrived)])
        letters = [read_letter(arrival.content) for arrival in arrived]
        letters = [letter for letter in letters if "token=" in letter.text]  # no two of which say the same
        # Killed between the server's answer and the note of it: the letter comes again, and is known by its Message-ID.
        equal(len({letter.text for letter in letters}), len({letter.id for letter in letters}), "letters and their Message-IDs")


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
