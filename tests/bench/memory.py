"""Memory of a worker: idle after one protected request, beside bare nginx; for each session that it remembers; and for each
seat while passwords are hashed."""
import time

from figures import Figure
from load import PROTECTED, PUBLIC, Line, request, warm
from seeded import tokens_of
from site_setup import Bench
from waiting_crowd import Crowd

ROW = "memory"
MIB = 1 << 20
PEOPLE = 50
# What is remembered of a session besides its token: as seed.cpp writes it.
FACTS = {"account": 36, "email": len("person0000000@site.example"), "name": len("Person 0000000"), "roles": 0, "session": 36,
         "locale": 0, "methods": len("pwd")}
TEXT = 43 + sum(FACTS.values())


def measure(options):
    with Bench(options) as bench:
        bare, site = bench.bare().start(), bench.site(accounts=options.some, sessions=options.some).start()
        tokens = tokens_of(site.token_file)
        Line(bare).ask(request(bare, PUBLIC))
        Line(site).ask(request(site, PROTECTED, tokens[0]))
        idle, bare_idle = site.memory(), bare.memory()
        yield Figure(ROW, "memory of an idle worker, beside bare nginx (PSS)", round((idle - bare_idle) / MIB, 2), 3, "MiB more",
                     details={"here": idle, "bare": bare_idle, "here_anonymous": site.memory("Pss_Anon")})

        before, before_all = site.memory("Pss_Anon"), site.memory()
        warm(site, tokens)
        cost = (site.memory("Pss_Anon") - before) / len(tokens)
        yield Figure(ROW, f"memory of a remembered session beyond its text, {len(tokens):,} of them", round(cost - TEXT, 1), 96,
                     "bytes", details={"whole": round(cost, 1), "text": TEXT,
                                       "with_mapped_files": round((site.memory() - before_all) / len(tokens), 1)})
        yield hashing(site, options)


def hashing(site, options):
    """What sign-ins leave behind (threads, connections to the store) is there before the peak is looked for."""
    with Crowd(site, PEOPLE, options.some):
        peak_of(site, options.seconds)
    before = site.memory("Pss_Anon")
    with Crowd(site, PEOPLE, options.some):
        peak = peak_of(site, options.seconds)
    return Figure(ROW, "memory of a hash seat in use", round((peak - before) / MIB, 2), 19, "MiB",
                  details={"before": before, "peak": peak, "seats": 1})


def peak_of(site, seconds):
    peak, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        peak = max(peak, site.memory("Pss_Anon"))
    return peak
