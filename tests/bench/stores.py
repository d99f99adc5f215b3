"""PostgreSQL beside SQLite, both durable: what people wait for at a sign-in besides the hash, at a sign-up besides the hash, and at the
first request of a session in a worker. Then two hosts on one PostgreSQL beside one."""
import os
import statistics
import sys
import time

from browser import PASSWORD, Browser
from figures import Figure, in_turn, spread
from load import PROTECTED, Line, on_last_core, request
from seeded import address_of, tokens_of
from sign_ins import SignIns, SignInTimes, side_by_side, without_hash
from sign_up import SignUps
from site_setup import PASSWORD_VARIABLE, Bench

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "storage"))
import postgres  # noqa: E402

ROW = "stores"


def storage(cluster):
    # Doubled: the settings are a template.
    connection = cluster.connection(extra="sslmode=disable gssencmode=disable")
    return f'{{{{plugin: postgresql, connection: "{connection}", password: {{{{env: {PASSWORD_VARIABLE}}}}}}}}}'


def measure(options):
    os.environ[PASSWORD_VARIABLE] = postgres.PASSWORD
    with postgres.Cluster(fsync=True) as cluster, Bench(options) as bench:
        few, firsts = options.few, 2 * options.sample // 10
        here = bench.site("postgresql", few, few + firsts, postgresql=storage(cluster)).start()
        beside = bench.site("sqlite", few, few + firsts).start()
        count = max(options.hashes // 5, 4)
        for what, work in (("sign-in without the hash", SignInTimes), ("sign-up without the hash", SignUpTimes)):
            one, other = work(here, few), work(beside, few)
            one.take(count), other.take(count)  # the first ones find nothing in any cache
            rows = in_turn(options.pairs, lambda: without_hash(options, other, count), lambda: without_hash(options, one, count),
                           what + ", ms, SQLite and PostgreSQL")
            yield beside_sqlite(what, "ms", rows)
        yield first_requests(here, beside, firsts)
        second = bench.site("second", postgresql=storage(cluster), key_ring=here.key_ring).start()
        yield two_hosts(options, here, second)


def beside_sqlite(what, unit, rows):
    """`rows`: what SQLite took, and PostgreSQL."""
    sqlite, postgresql = (spread(side) for side in zip(*rows))
    ratio = postgresql["median"] / sqlite["median"]
    return Figure(ROW, f"PostgreSQL, {what}: p50", round(ratio, 2), None, "x SQLite", details={
        "unit_of_both": unit, "sqlite": sqlite, "postgresql": postgresql})


class SignUpTimes:
    """Milliseconds at p50 of the form and of the code, together; not until the letter is there."""

    def __init__(self, site, accounts):
        self.sign_ups = SignUps(site)

    def take(self, count):
        times = []
        for _ in range(count):
            browser = Browser(self.sign_ups.server.port)
            hidden, address = browser.hidden_fields("/account/signup"), self.sign_ups.new_address()
            with on_last_core():
                begin = time.perf_counter()
                browser.post("/account/signup", hidden | {"name": "Ada Lovelace", "email": address, "password": PASSWORD})
                form = time.perf_counter() - begin
                self.sign_ups.wait_for_code(address)
                begin = time.perf_counter()
                self.sign_ups.send_code((browser, hidden, address), 0)
                times.append((form + time.perf_counter() - begin) * 1e3)
        return statistics.median(times)


def first_requests(here, beside, count):
    rows = []
    tokens = [tokens_of(site.token_file, count) for site in (beside, here)]
    with on_last_core():
        lines = [Line(site) for site in (beside, here)]
        for line, site, own in zip(lines, (beside, here), tokens):
            line.ask(request(site, PROTECTED, own.pop()))  # opens the store
        for pair in zip(*tokens):
            rows.append([line.ask(request(site, PROTECTED, token)) / 1e3
                         for line, site, token in zip(lines, (beside, here), pair)])
    return beside_sqlite("first request of a session", "us", rows)


def two_hosts(options, one, two):
    """Sign-ins a second, hash included, with as many at a time on one host or half of them on each. All share this machine."""
    sign_ins = SignIns(one), SignIns(two)
    turn = 0

    def rate(sites):
        nonlocal turn
        addresses = [address_of((turn + i) % options.few) for i in range(options.hashes)]
        turn += options.hashes
        begin = time.perf_counter()
        with on_last_core():
            side_by_side(lambda address, number: sites[number % len(sites)].sign_in(address, number), addresses)
        return len(addresses) / (time.perf_counter() - begin)

    rows = in_turn(options.pairs, lambda: rate(sign_ins[:1]), lambda: rate(sign_ins), "sign-ins a second, one host and two")
    ratio = spread([both / alone for alone, both in rows])
    return Figure(ROW, "two hosts on one PostgreSQL and one core: sign-ins a second", ratio["median"], None, "of one host's", details={
        "ratio": ratio, "one": spread([alone for alone, _ in rows]), "two": spread([both for _, both in rows])})
