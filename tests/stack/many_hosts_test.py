"""Two hosts on one PostgreSQL, each with its own web server and state folder, both nginx, or nginx and Apache where the test is told
so: who signs in on one is known on the other, what is revoked on one is revoked on the other within a second, a link works once on both
together, passwords may be tried so often on both together, and a network that fails lets nobody pass."""
import http.client
import os
import shutil
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from stack_hosts import UNREACHED, Host, Proxy, postgres
from stack_site import PASSWORD, ROUNDS, Person, ask, letters_to, link_in
from certificates import Authority
from harness import support
from harness.support import equal, expect, until, write

if sys.argv[1:] == ["apache"]:
    from stack_apache import ApacheHost as Other
else:
    Other = Host

PROMISE = 1.0  # seconds


def status(connection, cookie):
    return ask(connection, "/protected/page.html", cookie).status


def warm(connections, cookie):
    for connection in connections:
        for _ in range(2):
            equal(status(connection, cookie), 200, "a known session")


def seconds_until_refused(connections, cookie, since):
    """Asks all, one after another; the last moment at which a request was begun that passed."""
    last = since
    open_ones = list(connections)
    while open_ones and last - since <= PROMISE:
        for connection in list(open_ones):
            begun = time.monotonic()
            if status(connection, cookie) == 200:
                last = begun
            else:
                open_ones.remove(connection)
    return last - since


def test_what_one_host_revokes_the_other_refuses_within_a_second():
    delays = []
    with postgres.Cluster() as cluster, Host(cluster.port) as one, Other(cluster.port, key_ring=one.own_key_ring) as two:
        one.account("ada@site.example")
        others = {one: two.connections(), two: one.connections()}
        for round_ in range(ROUNDS):
            here = (one, two)[round_ // 3 % 2]  # each host is told by the other one
            person = Person(here)
            equal(person.login("ada@site.example").status, 200, f"signing in, round {round_}")
            cookie = person.cookie
            warm(others[here], cookie)
            if round_ % 3 == 2:
                here.command("account", "disable", "ada@site.example")
            else:
                equal(person.post("/account/logout").status, 200, "signing out")
            delays.append(seconds_until_refused(others[here], cookie, time.monotonic()))
            expect(delays[-1] <= PROMISE, f"round {round_}: still let in {delays[-1]:.3f} s after it was acknowledged")
            if round_ % 3 == 2:
                here.command("account", "enable", "ada@site.example")
    delays.sort()
    print(f"revocation on the other host: p50 {statistics.median(delays) * 1e3:.1f} ms, "
          f"p99 {delays[int(len(delays) * 0.99) - 1] * 1e3:.1f} ms, longest {delays[-1] * 1e3:.1f} ms, of {len(delays)}")


def test_hosts_hear_of_each_other_over_tls_too():
    with support.temporary_folder() as folder:
        authority = Authority(folder)
        authority.issue("database")
        with postgres.Cluster(tls=(f"{folder}/database.pem", f"{folder}/database.key"), hba=["hostnossl all all 127.0.0.1/32 reject"]) as cluster, \
                Host(cluster.port, authority=authority.pem) as one, \
                Other(cluster.port, authority=authority.pem, key_ring=one.own_key_ring) as two:
            one.account("ada@site.example")
            connections = two.connections()
            person = Person(one)
            equal(person.login("ada@site.example").status, 200, "signing in")
            cookie = person.cookie
            warm(connections, cookie)
            equal(person.post("/account/logout").status, 200, "signing out")
            delay = seconds_until_refused(connections, cookie, time.monotonic())
            expect(delay <= PROMISE, f"still let in {delay:.3f} s after it was acknowledged")


def test_a_network_that_stalls_lets_nobody_pass_who_was_revoked_meanwhile():
    with postgres.Cluster() as cluster, Proxy(cluster.port) as proxy, Host(cluster.port) as one, \
            Other(proxy.port, key_ring=one.own_key_ring) as two:
        one.account("ada@site.example")
        connections = two.connections()
        for fault in (proxy.stall, proxy.cut):
            gone, stays = Person(one), Person(one)
            for person in (gone, stays):
                person.login("ada@site.example")
                until(lambda: status(connections[0], person.cookie) == 200, "the network is there")
                warm(connections, person.cookie)
            cookie = gone.cookie
            fault()
            equal(gone.post("/account/logout").status, 200, "signing out on the host that has a network")
            since = time.monotonic()
            while (begun := time.monotonic()) - since < 2 * PROMISE:
                if status(connections[0], cookie) == 200:
                    expect(begun - since <= PROMISE, f"let in {begun - since:.3f} s after it was acknowledged")
            proxy.flow()
            until(lambda: status(connections[0], stays.cookie) == 200, "who is signed in passes again when the network is back", 40)
            equal(status(connections[0], cookie), 303, "and who isn't doesn't")


def test_a_link_works_once_on_both_together():
    many = "limits: {address_failures: 100000, site_failures: 1000000}"  # those who come second count as tries, on both hosts together
    with postgres.Cluster() as cluster, Host(cluster.port, settings=many) as one, \
            Other(cluster.port, key_ring=one.own_key_ring, settings=many) as two, ThreadPoolExecutor(4) as pool:
        for round_ in range(min(ROUNDS, 20)):
            address = f"p{round_}@site.example"
            equal(Person(one).post("/account/signup", name="Ada", email=address, password=PASSWORD).status, 200, "sign-up")
            letters = until(lambda: letters_to(address, (one, two)), "the letter, from whichever host sends it")
            equal(len(letters), 1, "letters")
            link = link_in(letters[0].text)
            found = list(pool.map(lambda site: Person(site).confirm(link).status, (one, two, one, two)))
            equal(found.count(200), 1, f"round {round_}: {found}")


def test_a_password_may_be_tried_so_often_on_both_together():
    with postgres.Cluster() as cluster, Host(cluster.port) as one, Other(cluster.port, key_ring=one.own_key_ring) as two:
        one.account("ada@site.example")
        hosts, tries = [one, two], 0
        while hosts:
            for site in list(hosts):
                if Person(site).login("ada@site.example", "a wrong password").status == 429:
                    hosts.remove(site)
                else:
                    tries += 1
            expect(tries < 20, "each host counts by itself")
        # The last one or two may be under way while the other host hears of the one before.
        expect(10 <= tries <= 12, f"{tries} tries were let through where ten are allowed")
        equal(Person(two).login("ada@site.example").status, 429, "and the right password is one of them")


def test_a_host_without_the_keys_or_with_its_own_is_told_so():
    no_engine = r"no engine in this worker"
    with postgres.Cluster() as cluster, Host(cluster.port) as one:
        one.account("ada@site.example")
        own = write(f"{cluster.folder}/own_key_ring", "4b1d6c02 " + "k" * 43 + "\n", 0o600)
        for keys, sentence in ((None, "the key ring of this store is missing"), (own, "this key ring isn't the one")):
            with Host(cluster.port, key_ring=keys, expected=[sentence, no_engine]) as stranger:
                equal(Person(stranger).login("ada@site.example").status, 503, "signing in")
                expect(sentence in stranger.nginx.log() and "Copy the file from the" in stranger.nginx.log(), "a sentence in the log")
                equal(os.path.exists(stranger.own_key_ring), keys is not None, "a key ring that was made")


def test_a_web_server_that_is_there_before_its_database():
    with postgres.Cluster() as cluster:
        with Host(cluster.port) as first:  # makes the tables and the keys
            first.account("ada@site.example")
            keys = f"{cluster.folder}/key_ring"
            shutil.copy(first.own_key_ring, keys)
        cluster.stop()
        with Host(cluster.port, key_ring=keys, expected=UNREACHED) as site:
            connection = http.client.HTTPConnection("127.0.0.1", site.nginx.port, timeout=30)
            equal(ask(connection, "/nosuch").status, 404, "what needs nobody's sign-in")
            equal(Person(site).login("ada@site.example").status, 503, "signing in without a database")
            cluster.start()
            until(lambda: Person(site).login("ada@site.example").status == 200, "signing in", 30)


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
