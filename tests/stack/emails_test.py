"""Changes of somebody's addresses at once, by several workers of one store: an account keeps an address to sign in with, of which one is
the primary one, and an address is one account's."""
import contextlib
import json
import re
import sqlite3
import subprocess
import sys
import time

from stack_hosts import Host, postgres
from stack_site import Person, Site, letters_to
from harness import support
from harness.crowd import in_background
from harness.support import equal, until

AT_ONCE = 50
OTHERS_WRITE = 0.7  # seconds
ROUNDS = 3


@contextlib.contextmanager
def one_host():
    with Site(workers=3) as site:
        yield [site], lambda: kept_from_writing(site)


@contextlib.contextmanager
def two_hosts():
    with postgres.Cluster() as cluster, Host(cluster.port) as one, Host(cluster.port, key_ring=one.own_key_ring) as two:
        yield [one, two], lambda: kept_by_psql(cluster)


# Somebody else writes meanwhile: whoever has looked already, and writes by what was seen, is found out.
@contextlib.contextmanager
def kept_from_writing(site):
    with contextlib.closing(sqlite3.connect(f"{site.folder}/state/accounts.db", isolation_level=None)) as store:
        store.execute("BEGIN IMMEDIATE")
        yield
        store.execute("COMMIT")


@contextlib.contextmanager
def kept_by_psql(cluster):
    command = [str(postgres.BIN / "psql"), "-XAtq", "-h", str(cluster.folder), "-p", str(cluster.port), "-U", "postgres", "-d", postgres.DATABASE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as psql:
        psql.stdin.write("BEGIN; LOCK TABLE doorward.email IN EXCLUSIVE MODE; SELECT 'kept';\n")
        psql.stdin.flush()
        equal(psql.stdout.readline(), "kept\n", "what psql says")
        yield
        psql.communicate("COMMIT;\n", 30)


def signed_in(site, address):
    person = Person(site)
    equal(person.login(address).status, 200, f"signing in as {address}")
    return person


def at(site, person):
    """The same browser, at this host."""
    there = Person(site)
    there.cookies = dict(person.cookies)
    return there


def addresses(site, account):
    return json.loads(site.command("account", "show", account, "--json"))["emails"]


def ask_for(sites, person, address):
    """Adds an address; the code of its letter, which any host may send."""
    earlier = letters_to(address, sites)
    equal(person.post("/account/emails/add", email=address).status, 200, f"adding {address}")
    letters = until(lambda: [one for one in letters_to(address, sites) if one not in earlier], "the letter")
    return re.search(r"\b\d{8}\b", letters[0].text)[0]


def at_once(others_write, work):
    with others_write():
        join = in_background(work, AT_ONCE)
        time.sleep(OTHERS_WRITE)
    return join()


def keeps_its_shape(sites, others_write):
    for round_ in range(ROUNDS):  # each with another person: one may change this so often in an hour
        address = f"ada{round_}@site.example"
        account = sites[0].account(address)
        person = signed_in(sites[0], address)
        code = ask_for(sites, person, f"ada{round_}@home.example")
        equal(person.post("/account/emails", code=code).status, 200, "confirming it")
        second = next(email["id"] for email in person.read("/account/emails")["emails"] if not email["primary"])
        statuses = at_once(others_write, lambda i: at(sites[i % len(sites)], person).post(
            ("/account/emails/remove", "/account/emails/primary")[i // 2 % 2], email=second).status)
        # Each change ends the sessions that there were, and so all who come second.
        equal((statuses.count(200), statuses.count(500)), (1, 0), f"round {round_}: {statuses}")
        left = addresses(sites[0], account)
        equal([email["verified"] for email in left if email["primary"]], [True], f"primary addresses, round {round_}: {left}")
        for email in left:
            signed_in(sites[-1], email["address"])


def is_one_accounts(sites, others_write):
    names = ("ada@site.example", "bob@site.example")
    for name in names:
        sites[0].account(name)
    people = [signed_in(sites[0], name) for name in names]
    for round_ in range(ROUNDS):
        shared = f"both{round_}@home.example"
        codes = [ask_for(sites, person, shared) for person in people]
        statuses = at_once(others_write, lambda i: at(sites[i % len(sites)], people[i // 2 % 2]).post(
            "/account/emails", code=codes[i // 2 % 2]).status)
        equal(statuses.count(200), 1, f"round {round_}: {statuses}")
        owners = [name for name in names for email in addresses(sites[0], name) if email["address"] == shared]
        equal(len(owners), 1, f"round {round_}: owners")


def test_of_many_changes_at_once_an_account_keeps_its_shape():
    for hosts in (one_host, two_hosts):
        with hosts() as (sites, others_write):
            keeps_its_shape(sites, others_write)


def test_an_address_that_two_confirm_at_once_is_one_accounts():
    for hosts in (one_host, two_hosts):
        with hosts() as (sites, others_write):
            is_one_accounts(sites, others_write)


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
