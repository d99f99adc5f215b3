"""The primary's machine is lost, Patroni promotes the other, and nobody does anything by hand."""
import sys
import time

from stack_failover import check, noticed, written_again
from stack_hosts import postgres
from stack_site import ROUNDS
from patroni_pair import Patroni
from harness import support


def fail_over(patroni, writers):
    begun = time.monotonic()
    patroni.primary().kill()
    noticed(writers)
    postgres.wait_for("another primary", patroni.primary, 120)
    promoted = time.monotonic()
    again = written_again(writers, promoted)
    return again - begun, again - promoted


def test_patroni_fails_over_under_load_and_nothing_is_lost():
    for round_ in range(ROUNDS):
        with Patroni() as patroni:
            check(f"round {round_}", patroni.ports, lambda writers: fail_over(patroni, writers))


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
