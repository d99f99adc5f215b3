"""Clients of HTTP/2 that are gone while a thread works for them, and while one asks the store for them. nginx or Apache."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, support
from harness.site import Site


class Asking:
    """Has asked for a slow page, for a file of somebody whom the store is asked about, and for one that everybody gets: three streams
    of one connection. Who has got the third has asked for the others."""

    def __init__(self, port, who):
        targets = [f"http://127.0.0.1:{port}{path}" for path in ("/account/slow?ms=1500", "/protected/page.html", "/page.html")]
        # Without stdbuf, what was printed would be lost with the program.
        self.process = subprocess.Popen(["stdbuf", "-o0", "nghttp", "--no-dep", f"-Hcookie: fake=slow-{who}", *targets],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def has_begun(self):
        """Waits. False: another answer came first."""
        return self.process.stdout.read(len(b"public page")) == b"public page"

    def go(self):
        """True: the other answers had not come."""
        self.process.kill()
        return self.process.communicate()[0] == b""


def test_streams_that_are_reset():
    with Site("slow_ms: 1500\n") as site:
        running = [Asking(site.server.port2, i) for i in range(site.server.at_a_time)]
        begun = [asking.has_begun() for asking in running]
        in_time = [asking.go() for asking in running]
        support.equal(client.http2(site.server.port2, "GET", "/account/x").status, 200, "afterwards")
        site.server.stop()
        support.expect((True, True) in zip(begun, in_time), "every client was answered before it went: nothing was shown")
        support.expect(site.server.counted("pages") > 1, "no page was begun for them: nothing was shown")
        support.expect(site.server.counted("resolves") > 0, "nobody was asked about: nothing was shown")


support.run(support.tests_in(sys.modules[__name__]))
