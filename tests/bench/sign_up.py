"""Signing up, 4 at a time, beside the bare hash. One sign-up is the form, its letter written to the outbox and handed over, and
the code from the letter, upon which account, session and audit records are written: all of it durable, all threads counted.
The two pages with the forms are not: see docs/guides/figures.md."""
import threading

from browser import PASSWORD, Browser
from figures import in_turn
from load import on_last_core
from sign_in import share_of_hash
from sign_ins import cpu_of_hash, side_by_side
from site_setup import Bench, until

ROW = "sign_up"


class SignUps:
    def __init__(self, server):
        self.server, self.count, self.lock = server, 0, threading.Lock()

    def cpu_of(self, count):
        ready = []
        for _ in range(count):
            browser = Browser(self.server.port)
            ready.append((browser, browser.hidden_fields("/account/signup"), self.new_address()))
        before = self.server.cpu_seconds()
        with on_last_core():
            side_by_side(self.sign_up, ready)
        return (self.server.cpu_seconds() - before) / count

    def new_address(self):
        self.count += 1
        return f"newcomer{self.count:06}@site.example"

    def sign_up(self, ready, _):
        browser, hidden, address = ready
        browser.post("/account/signup", hidden | {"name": "Ada Lovelace", "email": address, "password": PASSWORD})
        code = until(lambda: self.server.letters.code_for(address), f"the letter to {address}")
        browser.post("/account/verify-email/check", hidden | {"code": code})
        if "doorward" not in browser.cookies:
            raise RuntimeError("a sign-up without a session")
        browser.connection.close()


def measure(options):
    with Bench(options) as bench:
        site = bench.site(accounts=options.few, sessions=options.few).start()
        sign_ups = SignUps(site)
        count = max(options.hashes // 2, 1)
        sign_ups.cpu_of(count)  # the first ones find nothing in any cache
        rows = in_turn(options.pairs, lambda: cpu_of_hash(options, count), lambda: sign_ups.cpu_of(count),
                       "bare hash and sign-up")
    yield share_of_hash(ROW, "sign-up: hash CPU / sign-up CPU", rows, 0.97)
