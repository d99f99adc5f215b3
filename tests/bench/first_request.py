"""The first request of a session in a worker, which asks the store, beside the second, which doesn't: the time that the client
waits, one request at a time on one connection."""
import statistics

from figures import Figure, percentile
from load import PROTECTED, Line, on_last_core, request
from seeded import tokens_of
from site_setup import Bench

ROW = "first_request"


def measure(options):
    with Bench(options) as bench:
        site = bench.site(accounts=options.many, sessions=options.many).start()
        tokens = tokens_of(site.token_file, options.sample + 1)
        first, second = [], []
        with on_last_core():
            line = Line(site)
            line.ask(request(site, PROTECTED, tokens.pop()))  # opens the store
            for token in tokens:
                what = request(site, PROTECTED, token)
                first.append(line.ask(what) / 1e3)
                second.append(line.ask(what) / 1e3)
    added = statistics.median(first) - statistics.median(second)
    yield Figure(ROW, "first request of a session, beside the second: added at p50", round(added, 2), 10, "us", details={
        "requests": len(first), "first_us": times(first), "second_us": times(second)})


def times(values):
    return {"p50": round(statistics.median(values), 1), "p99": round(percentile(values, 0.99), 1)}
