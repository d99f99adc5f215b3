"""Signing up, 4 at a time, beside the bare hash. One sign-up is the form, its letter written to the outbox and handed over, and
the code from the letter, upon which account, session and audit records are written: all of it durable, all threads counted.
The two pages with the forms are not: see docs/guides/figures.md."""
from browser import PASSWORD, Browser
from figures import in_turn, spread
from load import on_last_core
from sign_in import share_of_hash
from sign_ins import cpu_of_hash, side_by_side
from site_setup import Bench, until

ROW = "sign_up"


class SignUps:
    def __init__(self, server):
        self.server, self.count, self.code = server, 0, []

    def cpu_of(self, count):
        """Seconds of the worker's processor time for each sign-up; `self.code` has those that the code's part took."""
        ready = []
        for _ in range(count):
            browser = Browser(self.server.port)
            ready.append((browser, browser.hidden_fields("/account/signup"), self.new_address()))
        before = self.server.cpu_seconds()
        with on_last_core():
            side_by_side(self.send_form, ready)
            self.server.rest()
            between = self.server.cpu_seconds()
            side_by_side(self.send_code, ready)
        after = self.server.cpu_seconds()
        self.code.append((after - between) / count * 1e3)
        return (after - before) / count

    def new_address(self):
        self.count += 1
        return f"newcomer{self.count:06}@site.example"

    def send_form(self, ready, _):
        browser, hidden, address = ready
        browser.post("/account/signup", hidden | {"name": "Ada Lovelace", "email": address, "password": PASSWORD})
        self.wait_for_code(address)

    def wait_for_code(self, address):
        until(lambda: self.server.letters.code_for(address), f"the letter to {address}")

    def send_code(self, ready, _):
        browser, hidden, address = ready
        browser.post("/account/verify-email/check", hidden | {"code": self.server.letters.code_for(address)})
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
    figure = share_of_hash(ROW, "sign-up: hash CPU / sign-up CPU", rows, 0.97)
    figure.details["code_ms"] = spread(sign_ups.code)
    yield figure
