"""1,000,000 accounts, half of which have a second address, beside 1,000: what a sign-in costs, how long the account page takes, and
what memory the worker has afterwards."""
import random
import statistics

from figures import Figure, in_turn, spread
from load import Line, on_last_core, request
from seeded import address_of, tokens_of
from sign_ins import SignIns, SignInTimes, without_hash
from site_setup import Bench

ROW = "many_accounts"


class Site:
    def __init__(self, server, size, options):
        self.server, self.size, self.options = server, size, options
        self.draw = random.Random(7)
        self.tokens = tokens_of(server.token_file)
        self.sign_ins = SignIns(server)
        self.waits = SignInTimes(server, size)

    def page(self):
        """Microseconds at p50. The first page of a session in a minute also writes down that it is used: that is over before."""
        pages = [request(self.server, "/account/", token) for token in self.draw.sample(self.tokens, self.options.pages)]
        with on_last_core():
            line = Line(self.server)
            for page in pages:
                line.ask(page)
            self.draw.shuffle(pages)
            return statistics.median(line.ask(page) / 1e3 for page in pages)

    def sign_in(self):
        """Microseconds of processor time."""
        people = self.draw.sample(range(self.size), self.options.hashes)
        return self.sign_ins.cpu_of([address_of(person) for person in people]) * 1e6

    def wait(self):
        """Microseconds at p50 that somebody waits for a sign-in, besides the hash."""
        return without_hash(self.options, self.waits, max(self.options.hashes // 5, 4)) * 1e3


def measure(options):
    with Bench(options) as bench:
        few = Site(bench.site("few", options.few, options.few).start(), options.few, options)
        many = Site(bench.site("many", options.many, options.many).start(), options.many, options)
        for site in (few, many):
            site.page(), site.sign_in(), site.wait()
        # Pages first: every sign-in gives an account one more session to be counted there.
        pages = in_turn(options.pairs, few.page, many.page, "account page, us, few and many")
        sign_ins = in_turn(options.pairs, few.sign_in, many.sign_in, "sign-in, us, few and many")
        waits = in_turn(options.pairs, few.wait, many.wait, "sign-in without the hash, us, few and many")
        memory = [{kind: site.server.memory(kind) for kind in ("Pss", "Pss_Anon", "Pss_File")} for site in (few, many)]
    for what, rows, limit in (("sign-in: CPU", sign_ins, 1.01), ("sign-in without the hash: time at p50", waits, None),
                              ("account page: time at p50", pages, 1.1)):
        ratios = spread([many / few for few, many in rows])
        yield Figure(ROW, f"{options.many:,} accounts, {what}", ratios["median"], limit, f"of {options.few:,}'s", details={
            "ratio": ratios, "few_us": spread([few for few, _ in rows]), "many_us": spread([many for _, many in rows])})
    few_after, many_after = memory
    yield Figure(ROW, f"{options.many:,} accounts, memory of the worker afterwards (PSS)", round(many_after["Pss"] / few_after["Pss"], 3),
                 None, f"of {options.few:,}'s", details={"few": few_after, "many": many_after})
