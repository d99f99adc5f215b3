"""What the check of a known session costs: GET of a protected 1 KB file, beside the same nginx without Doorward.

    tests/bench/nginx_check.py --build FOLDER [--pairs 15] [--seconds 2] [--connections 16]

Both are asked in turn, the order changing with each pair, with the same headers. Told are the medians of requests a second
and of processor time a request (of all threads of the worker), and their ratios pair by pair.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from site_setup import Bench

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def load(server, target, cookie, seconds, connections):
    """Requests a second, and microseconds of processor time a request."""
    before = server.cpu_seconds()
    said = subprocess.run(
        ["taskset", "-c", str((os.cpu_count() or 1) - 1), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
         "-H", f"Cookie: {cookie}", f"http://127.0.0.1:{server.port}{target}"], capture_output=True, text=True, check=True).stdout
    used = server.cpu_seconds() - before
    if "Non-2xx" in said and target != "/moved/" and cookie:
        raise RuntimeError(said)
    count = int(re.search(r"(\d+) requests in", said)[1])
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), used / count * 1e6


def compare(about, one, other, pairs):
    """`one` and `other` measure when called; ratios are other / one."""
    rows = []
    for i in range(pairs):
        if i % 2 == 0:
            first, second = one(), other()
        else:
            second, first = other(), one()
        rows.append((first, second))
        print(f"  {about} {i + 1:2}: {first[0]:9.0f} {second[0]:9.0f} req/s ({second[0] / first[0]:.3f})   "
              f"{first[1]:6.2f} {second[1]:6.2f} us/req ({second[1] / first[1]:.3f})", flush=True)

    def summary(values):
        return {"min": round(min(values), 3), "median": round(statistics.median(values), 3), "max": round(max(values), 3)}

    return {"what": about, "pairs": pairs,
            "rate": summary([b[0] / a[0] for a, b in rows]), "cpu": summary([b[1] / a[1] for a, b in rows]),
            "bare_rate": round(statistics.median(a[0] for a, _ in rows)), "rate_here": round(statistics.median(b[0] for _, b in rows)),
            "bare_us": round(statistics.median(a[1] for a, _ in rows), 2), "us_here": round(statistics.median(b[1] for _, b in rows), 2)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--connections", type=int, default=16)
    given = parser.parse_args()
    seconds = f"{given.seconds:g}"
    with Bench(given.build, SOURCE) as bench:
        cookie = bench.sign_up()

        def ask(server, target, with_cookie=True):
            return lambda: load(server, target, cookie if with_cookie else "", seconds, given.connections)

        ask(bench.bare, "/protected/page.html")()
        ask(bench.doorward, "/protected/page.html")()
        results = [
            compare("protected file, known session", ask(bench.bare, "/protected/page.html"),
                    ask(bench.doorward, "/protected/page.html"), given.pairs),
            compare("public file", ask(bench.bare, "/page.html"), ask(bench.doorward, "/page.html"), given.pairs),
            compare("nobody, beside return 302", ask(bench.bare, "/moved/", False),
                    ask(bench.doorward, "/protected/page.html", False), given.pairs),
        ]
        results.append({"what": "memory of a worker", "bare_pss": bench.bare.pss(), "pss_here": bench.doorward.pss()})
    for result in results:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
