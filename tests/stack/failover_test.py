"""The database's primary is killed while people sign in and out at two hosts, and its standby is promoted by hand."""
import sys
import time

from stack_failover import check, noticed, written_again
from stack_hosts import postgres
from stack_site import ROUNDS
from harness import support


def fail_over(primary, standby, writers):
    begun = time.monotonic()
    primary.kill()
    noticed(writers)
    promoted = time.monotonic()
    standby.sql("SELECT pg_promote()")
    again = written_again(writers, promoted)
    return again - begun, again - promoted


def test_a_failover_under_load_loses_nothing_and_mends_itself():
    for round_ in range(ROUNDS):
        with postgres.pair() as (primary, standby):
            check(f"round {round_}", (primary.port, standby.port), lambda writers: fail_over(primary, standby, writers))


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
