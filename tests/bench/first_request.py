"""The first request of a session in a worker, which asks the store, beside the second, which doesn't: the time that the client
waits, one request at a time on one connection, and the worker's processor time."""
import statistics

from figures import Figure, percentile
from load import PROTECTED, Line, on_last_core, request
from seeded import tokens_of
from site_setup import Bench

ROW = "first_request"


def measure(options):
    with Bench(options) as bench:
        site = bench.site(accounts=options.many, sessions=options.many).start()
        tokens = tokens_of(site.token_file, 2 * options.sample + 1)
        with on_last_core():
            line = Line(site)
            line.ask(request(site, PROTECTED, tokens.pop()))  # opens the store
            first, second = in_pairs(line, [request(site, PROTECTED, token) for token in tokens[:options.sample]])
            further = [request(site, PROTECTED, token) for token in tokens[options.sample:]]
            cpu_first, cpu_second = (cpu_of(site, line, further) for _ in range(2))
    added = statistics.median(first) - statistics.median(second)
    yield Figure(ROW, "first request of a session, beside the second: added at p50", round(added, 2), 10, "us", details={
        "requests": len(first), "first_us": times(first), "second_us": times(second)})
    yield Figure(ROW, "the same: processor time added", round(cpu_first - cpu_second, 2), None, "us", details={
        "requests": len(further), "first_us": round(cpu_first, 2), "second_us": round(cpu_second, 2)})


def in_pairs(line, requests):
    """Microseconds of each first and of each second request, asked in turn."""
    first, second = [], []
    for what in requests:
        first.append(line.ask(what) / 1e3)
        second.append(line.ask(what) / 1e3)
    return first, second


def cpu_of(site, line, requests):
    """Microseconds of the worker's processor time for each."""
    before = site.cpu_seconds()
    for what in requests:
        line.ask(what)
    return (site.cpu_seconds() - before) / len(requests) * 1e6


def times(values):
    return {"p50": round(statistics.median(values), 1), "p99": round(percentile(values, 0.99), 1)}
