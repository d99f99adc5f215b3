"""Does a worker that knows many sessions serve them as cheaply as one that knows few? Two servers with the same store. One has been
asked with each of 1,000,000 sessions, the other with 1,000; then each is asked at random with those that it knows."""
import contextlib
import sqlite3
import time

from figures import Figure, in_turn, say, spread
from load import PROTECTED, run_wrk, warm
from seeded import tokens_of
from site_setup import Bench, until

ROW = "many_sessions"


def measure(options):
    with Bench(options) as bench:
        crowd = bench.site("crowd", options.many, options.many).start()
        handful = bench.site("handful", options.many, options.many).start()
        tokens = tokens_of(crowd.token_file)
        say(f"  warming {len(tokens):,} sessions")
        few = tokens[:options.few]
        begun = int(time.time())  # whole seconds, as the worker counts
        warm(crowd, tokens)
        warm(handful, few)
        # Seeded sessions were last seen long ago: within the minute the worker writes down that they are used.
        until(lambda: not_told(crowd, begun) == 0, "the store knows that all are in use", 900)
        # Both files are of one length: whoever asks has the same work, and the same need of the processor's caches.
        crowd_file = write_tokens(f"{bench.folder}/crowd-tokens", tokens)
        handful_file = write_tokens(f"{bench.folder}/handful-tokens", few * (len(tokens) // len(few)))

        def ask(server, file):
            return lambda: run_wrk(server, PROTECTED, seconds=options.seconds, connections=options.connections,
                                   script=("walk.lua", file, f"localhost:{server.port}"))

        rows = in_turn(options.pairs, ask(handful, handful_file), ask(crowd, crowd_file), "few and many sessions")
    ratios = {key: spread([many[key] / few[key] for few, many in rows]) for key in ("us", "loop_us", "rate")}
    yield Figure(ROW, f"known sessions, {len(tokens):,} beside {options.few:,}: CPU", ratios["us"]["median"], 1.05,
                 f"of {options.few:,}'s", details={
                     "ratio": ratios["us"], "event_loop_alone": ratios["loop_us"], "rate": ratios["rate"],
                     "few_us": spread([few["us"] for few, _ in rows]), "many_us": spread([many["us"] for _, many in rows])})


def not_told(server, since):
    with contextlib.closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as store:
        return store.execute("SELECT count(*) FROM session WHERE last_seen_at < ?", [since * 1_000_000]).fetchone()[0]


def write_tokens(path, tokens):
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(tokens) + "\n")
    return path
