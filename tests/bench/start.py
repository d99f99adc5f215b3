"""From starting the program nginx to its first answer to a protected page, with 1,000,000 accounts in the store, beside bare nginx."""
import socket
import statistics
import time

from figures import Figure, in_turn, spread
from load import PROTECTED, request
from site_setup import Bench

ROW = "start"


def milliseconds(server, status):
    begin = time.perf_counter_ns()
    server.launch()
    answer = first_answer(server)
    took = (time.perf_counter_ns() - begin) / 1e6
    server.stop()
    if not answer.startswith(b"HTTP/1.1 " + status):
        raise RuntimeError(f"{answer}: {server.log()}")
    return took


def first_answer(server):
    while True:
        try:
            with socket.create_connection(("127.0.0.1", server.port), timeout=60) as line:
                line.sendall(request(server, PROTECTED))
                return line.recv(65536)
        except ConnectionError:  # nobody listens yet
            if server.process.poll() is not None:
                raise RuntimeError(f"nginx ended: {server.log()}") from None
            time.sleep(0.0002)


def measure(options):
    with Bench(options) as bench:
        bare, site = bench.bare(), bench.site(accounts=options.many, sessions=options.many)
        for server, status in ((bare, b"200"), (site, b"303")):
            milliseconds(server, status)
        rows = in_turn(options.pairs, lambda: milliseconds(bare, b"200"), lambda: milliseconds(site, b"303"),
                       "bare and here, ms")
    added = spread([here - bare for bare, here in rows])
    yield Figure(ROW, f"start to first answer, {options.many:,} accounts", added["median"], 20, "ms more", details={
        "added_ms": added, "bare_ms": statistics.median(bare for bare, _ in rows),
        "here_ms": statistics.median(here for _, here in rows), "pairs": len(rows)})
