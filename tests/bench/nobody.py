"""Sending a stranger away: a protected page without a session, beside the same nginx that answers `return 302`."""
from figures import in_turn
from known_session import figure
from load import PROTECTED, run_wrk
from site_setup import Bench

ROW = "nobody"


def measure(options):
    with Bench(options) as bench:
        bare, site = bench.bare().start(), bench.site().start()

        def ask(server, target, accept):
            return lambda: run_wrk(server, target, seconds=options.seconds, connections=options.connections,
                                   headers=(f"Accept: {accept}",), refused=True)

        redirect = in_turn(options.pairs, ask(bare, "/moved/", "text/html"), ask(site, PROTECTED, "text/html"),
                           "return 302 and a redirect")
        refusal = in_turn(options.pairs, ask(bare, "/moved/", "application/json"),
                          ask(site, PROTECTED, "application/json"), "return 302 and a 401")
    for what, rows in (("no session, a page: redirect", redirect), ("no session, a program: 401", refusal)):
        found = figure(f"{what}: CPU", rows, "us", 1.10)
        found.row = ROW
        yield found
