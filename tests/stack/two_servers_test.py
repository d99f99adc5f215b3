"""nginx and Apache at once on one installation: one doorward.yaml, one store, one state folder. Who signs in at one is known to the
other, and what is revoked at either, or by the command, is revoked for every process of both at the very next request."""
import http.client
import sys
from concurrent.futures import ThreadPoolExecutor

from stack_apache import PROCESSES, BesideApache
from stack_revoking import by_a_new_password, by_signing_out, person_of
from stack_site import PASSWORD, ROUNDS, Person, Site, ask, link_in
from harness import support
from harness.support import equal, expect


def ask_all(pool, connections, cookie, path="/protected/page.html"):
    return [answer.status for answer in pool.map(lambda connection: ask(connection, path, cookie), connections)]


def by_the_command(site, person, address):
    site.command("account", "disable", address)
    site.command("account", "enable", address)


def test_what_one_server_revokes_no_process_of_the_other_lets_pass():
    ways = [by_signing_out, by_the_command, by_signing_out, by_a_new_password]
    with Site(workers=2) as site, BesideApache(site, "prefork", spare=1) as beside, ThreadPoolExecutor(2 + PROCESSES) as pool:
        connections = site.connections() + beside.connections()
        for round_ in range(ROUNDS):
            address = person_of(site, round_)
            # By turns at either server: Apache is told nginx's address, which is the site's.
            person = Person(site, (site.port, beside.apache.port)[round_ // len(ways) % 2], site.port)
            equal(person.login(address).status, 200, f"signing in, round {round_}")
            for _ in range(2):  # the second time from each process's own memory
                equal(set(ask_all(pool, connections, person.cookie)), {200}, f"warm, round {round_}")
            way = ways[round_ % len(ways)]
            cookie = person.cookie
            way(site, person, address)
            # Apache's address isn't that of public_url here, so it sends nobody to sign in.
            equal(ask_all(pool, connections, cookie), [303] * 2 + [421] * PROCESSES, f"round {round_}, {way.__name__}")


def test_roles_and_names_are_the_same_at_both():
    for mpm in ("event", "prefork"):
        with Site(workers=2) as site, BesideApache(site, mpm) as beside, ThreadPoolExecutor(8) as pool:
            site.account("ada@site.example", name="Ada Lovelace")
            site.account("root@site.example", "--administrator", name="Root")
            connections = site.connections() + beside.connections()
            for address, name, status in (("ada@site.example", "Ada Lovelace", 403), ("root@site.example", "Root", 200)):
                person = Person(site)
                person.login(address)
                equal(set(ask_all(pool, connections, person.cookie, "/admin/page.html")), {status}, address)
                equal({ask(connection, "/protected/page.html", person.cookie).getheader("X-Name") for connection in connections},
                      {name}, "the name")
            equal(person.post("/account/profile", name="Countess").status, 200, "a new name")
            equal({ask(connection, "/protected/page.html", person.cookie).getheader("X-Name") for connection in connections},
                  {"Countess"}, "the new name")


def test_apache_serves_the_pages_itself():
    """The story by JSON, with Apache alone in front: its own address, sign-up, mail, sign-in, sign-out."""
    for mpm in ("event", "prefork"):
        with Site(workers=1) as site, BesideApache(site, mpm) as beside:
            beside.take_over()
            person = Person(site, beside.apache.port)
            equal(person.post("/account/signup", name="Grace", email="grace@site.example", password=PASSWORD).status, 200, "sign-up")
            support.until(site.letters, "the letter")
            link = link_in(site.letters()[-1].text)
            connection = http.client.HTTPConnection("127.0.0.1", beside.apache.port, timeout=30)
            beside.open.append(connection)
            equal(person.confirm(link).status, 200, "the address")
            equal(person.login("grace@site.example").status, 200, "sign-in")
            equal(ask(connection, "/protected/page.html", person.cookie).status, 200, "a protected page")
            page = ask(connection, "/account", person.cookie)
            expect(page.status == 200 and "Grace" in page.text, f"My Account: {page.status}")
            cookie = person.cookie
            equal(person.post("/account/logout").status, 200, "sign-out")
            equal(ask(connection, "/protected/page.html", cookie).status, 303, "afterwards")


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
