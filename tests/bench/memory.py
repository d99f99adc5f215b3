"""Memory of a worker: idle, and once it has looked one session up, beside bare nginx; for each session that it remembers; and
for each seat while passwords are hashed."""
import statistics
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
FACTS = {"account": 36, "email": len("person0000000@site.example"), "name": len("Person 0000000") + 7.5, "roles": 0, "session": 36,
         "locale": 0, "methods": len("pwd")}
TEXT = 43 + sum(FACTS.values())


def measure(options):
    with Bench(options) as bench:
        bare, site = bench.bare(), bench.site(accounts=options.some, sessions=options.some)
        tokens = tokens_of(site.token_file)
        without = idle(bare, request(bare, PUBLIC), options.starts)
        for about, what, limit in (("an idle worker", request(site, PUBLIC), 3),
                                   ("a worker that has looked up one session", request(site, PROTECTED, tokens[0]), None)):
            here = idle(site, what, options.starts)
            yield Figure(ROW, f"memory of {about}, beside bare nginx (PSS)", round((here["Pss"] - without["Pss"]) / MIB, 2), limit,
                         "MiB more", details={"here": here, "bare": without, "starts": options.starts})

        site.start()
        Line(site).ask(request(site, PROTECTED, tokens[0]))
        before, before_all = site.memory("Pss_Anon"), site.memory()
        warm(site, tokens)
        cost = (site.memory("Pss_Anon") - before) / len(tokens)
        yield Figure(ROW, f"memory of a remembered session beyond its text, {len(tokens):,} of them", round(cost - TEXT, 1), 96,
                     "bytes", details={"whole": round(cost, 1), "text": TEXT,
                                       "with_mapped_files": round((site.memory() - before_all) / len(tokens), 1)})
        yield hashing(site, options)


def idle(server, what, starts):
    """Median bytes. Which pages of a library a start finds in the system's cache, and maps, changes from start to start."""
    found = {"Pss": [], "Pss_Anon": [], "Pss_File": []}
    for _ in range(starts):
        server.start()
        Line(server).ask(what)
        for kind, values in found.items():
            values.append(server.memory(kind))
        server.stop()
    return {kind: statistics.median(values) for kind, values in found.items()}


def hashing(site, options):
    """What sign-ins leave behind (threads, connections to the store) is there before the peak is looked for."""
    with Crowd(site, PEOPLE, options.some):
        peak_of(site, options.seconds)
    before = site.memory("Pss_Anon")
    with Crowd(site, PEOPLE, options.some):
        peak = peak_of(site, options.seconds)
    return Figure(ROW, "memory of a hash seat in use", round((peak - before) / MIB, 2), 19.5, "MiB",
                  details={"before": before, "peak": peak, "seats": 1})


def peak_of(site, seconds):
    peak, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        peak = max(peak, site.memory("Pss_Anon"))
    return peak
