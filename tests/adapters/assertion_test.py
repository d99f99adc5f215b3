"""A signed statement costs a signature: none is made in places that didn't ask for one, however often they are visited."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, fake, support
from harness.support import equal, expect
from harness.upstream import Upstream

ALICE = [("Cookie", "fake=alice")]
DRIVER = __import__(f"harness.{sys.argv[1]}", fromlist=["Driver"]).Driver


def signed(*targets):
    """How many the engines of all processes were asked for while these were visited."""
    with support.temporary_folder() as folder, Upstream() as upstream:
        with DRIVER(folder, upstream.port, fake.settings(folder)) as driver:
            for target in targets:
                equal(client.http1(driver.server.port, "GET", target, ALICE).status, 200, target)
            driver.server.stop()
            counts = re.findall(r"fake: stopped.*, assertions (\d+)", driver.server.log())
            expect(counts, "no engine said how many it made")
            return sum(map(int, counts))


def test_a_place_that_wants_none_costs_none():
    equal(signed("/app/", "/optional/", "/open/", "/protected/page.html", "/page.html", "/account/who"), 0, "assertions")


def test_a_place_that_wants_one_gets_one_a_request():
    equal(signed("/signed/", "/signed/x", "/app/"), 2, "assertions")


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
