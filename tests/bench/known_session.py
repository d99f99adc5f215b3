"""What the check of a known session costs: GET of a protected 1 KB file, beside the same nginx without Doorward."""
from figures import Figure, in_turn, spread
from load import PROTECTED, PUBLIC, run_wrk, warm
from seeded import tokens_of
from site_setup import Bench

ROW = "known_session"


def measure(options):
    with Bench(options) as bench:
        bare, site = bench.bare().start(), bench.site(accounts=options.few, sessions=options.few).start()
        token = tokens_of(site.token_file, 1)[0]
        warm(site, [token])

        def ask(server, target):
            return lambda: run_wrk(server, target, seconds=options.seconds, connections=options.connections,
                                   headers=(f"Cookie: doorward={token}",))

        protected = in_turn(options.pairs, ask(bare, PROTECTED), ask(site, PROTECTED), "protected file, bare and here")
        public = in_turn(options.pairs, ask(bare, PUBLIC), ask(site, PUBLIC), "public file, bare and here")
    yield figure("protected file, known session: requests/s", protected, "rate", 0.95, at_least=True)
    yield figure("protected file, known session: CPU", protected, "us", 1.06)
    yield figure("public file: requests/s", public, "rate", None)
    yield figure("public file: CPU", public, "us", None)


def figure(what, rows, key, limit, at_least=False, row=ROW, than="bare nginx"):
    ratios = spread([here[key] / bare[key] for bare, here in rows])
    return Figure(row, what, ratios["median"], limit, f"of {than}", at_least,
                  {"ratio": ratios, "bare": spread([bare[key] for bare, _ in rows]),
                   "here": spread([here[key] for _, here in rows]), "pairs": len(rows)})
