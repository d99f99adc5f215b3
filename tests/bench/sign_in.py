"""Signing in by password, 4 at a time, with a durable session and audit record, beside the bare hash: how much of a sign-in's
processor time is the hash."""
from figures import Figure, in_turn, spread
from seeded import address_of
from sign_ins import SignIns, cpu_of_hash
from site_setup import Bench

ROW = "sign_in"


def measure(options):
    with Bench(options) as bench:
        site = bench.site(accounts=options.few, sessions=options.few).start()
        sign_ins = SignIns(site)
        turns = iter(range(1 << 30))

        def here():
            begin = next(turns) * options.hashes
            return sign_ins.cpu_of([address_of((begin + i) % options.few) for i in range(options.hashes)])

        def bare():
            return cpu_of_hash(options, options.hashes)

        here()  # the first ones find nothing in any cache
        rows = in_turn(options.pairs, bare, here, "bare hash and sign-in")
    yield share_of_hash(ROW, "sign-in: hash CPU / sign-in CPU", rows, 0.98)


def share_of_hash(row, what, rows, limit):
    shares = spread([bare / here for bare, here in rows])
    return Figure(row, what, shares["median"], limit, at_least=True, details={
        "share": shares, "bare_ms": spread([bare * 1e3 for bare, _ in rows]), "here_ms": spread([here * 1e3 for _, here in rows]),
        "pairs": len(rows)})
