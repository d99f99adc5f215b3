"""A 1 KB file, public and protected, while 50 people wait for their sign-in, beside the same when nobody does. Requests go out at a
fixed rate; one that is late because the last one was slow is counted from when it should have gone out."""
import time

from figures import Figure, in_turn, percentile
from load import PROTECTED, PUBLIC, Line, on_last_core, request, warm
from seeded import tokens_of
from site_setup import Bench
from waiting_crowd import Crowd

ROW = "beside_hashing"
PEOPLE, A_SECOND = 50, 400


def ask_steadily(server, requests, seconds):
    """{name: [microseconds]}, the requests in turn."""
    line, took = Line(server), {name: [] for name in requests}
    names = list(requests)
    begin = time.perf_counter()
    with on_last_core():
        for i in range(int(seconds * A_SECOND)):
            at = begin + i / A_SECOND
            wait = at - time.perf_counter()
            if wait > 0:
                time.sleep(wait)  # the rate is the point
            late = 0 if wait > 0 else -wait * 1e6
            name = names[i % len(names)]
            took[name].append(late + line.ask(requests[name]) / 1e3)
    return took


def measure(options):
    with Bench(options) as bench:
        site = bench.site(accounts=options.few, sessions=options.few).start()
        token = tokens_of(site.token_file, 1)[0]
        warm(site, [token])
        requests = {"public": request(site, PUBLIC), "protected": request(site, PROTECTED, token)}

        def quiet():
            return ask_steadily(site, requests, options.seconds)

        def busy():
            with Crowd(site, PEOPLE, options.few):
                return ask_steadily(site, requests, options.seconds)

        busy()
        rows = pooled(in_turn(options.pairs, quiet, busy, "quiet and busy"))
    for name in requests:
        for share, limit in ((0.50, 2), (0.99, 3)):
            was, now = (percentile(side[name], share) for side in rows)
            yield Figure(ROW, f"{name} file beside {PEOPLE} waiting sign-ins: p{share * 100:.0f}", round(now / was, 3), limit,
                         "x quiet", details={"quiet_us": round(was, 1), "busy_us": round(now, 1), "requests": len(rows[0][name])})


def pooled(rows):
    return [{name: [value for row in rows for value in row[side][name]] for name in rows[0][side]} for side in (0, 1)]
