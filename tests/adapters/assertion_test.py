"""A signed statement costs a signature: none is made in places that didn't ask for one, however often they are visited."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import support
from harness.site import Site
from harness.support import equal

ALICE = [("Cookie", "fake=alice")]


def signed(*targets):
    """How many the engines of all processes were asked for while these were visited."""
    with Site() as site:
        for target in targets:
            equal(site.get(target, ALICE).status, 200, target)
        site.server.stop()
        return site.server.counted("assertions")


def test_a_place_that_wants_none_costs_none():
    equal(signed("/app/", "/optional/", "/open/", "/protected/page.html", "/page.html", "/account/who"), 0, "assertions")


def test_a_place_that_wants_one_gets_one_a_request():
    equal(signed("/signed/", "/signed/x", "/app/"), 2, "assertions")


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
