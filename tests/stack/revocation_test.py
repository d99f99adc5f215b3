"""What is revoked is revoked for every worker at its very next request: several warm workers are asked at once, after a page or
the command has taken a session away."""
import sys
from concurrent.futures import ThreadPoolExecutor

from stack_revoking import by_a_new_password, by_ending_the_others, by_signing_out, person_of
from stack_site import ROUNDS, Person, Site, ask
from harness import support
from harness.support import equal, expect


def ask_all(pool, connections, cookie):
    """Every worker at the same time."""
    answers = pool.map(lambda connection: ask(connection, "/protected/page.html", cookie), connections)
    return [(answer.status, answer.text if answer.status == 200 else answer.getheader("Location")) for answer in answers]


def by_the_command(site, person, address):
    site.command("account", "disable", address)


def test_no_warm_worker_lets_a_revoked_session_pass():
    ways = [by_signing_out, by_ending_the_others, by_signing_out, by_a_new_password, by_signing_out, by_the_command]
    with Site() as site, ThreadPoolExecutor(3) as pool:
        connections = site.connections()
        for round_ in range(ROUNDS):
            address = person_of(site, round_)
            person = Person(site)
            equal(person.login(address).status, 200, f"signing in, round {round_}")
            cookie = person.cookie
            for _ in range(2):  # the second time from each worker's own memory
                equal(ask_all(pool, connections, cookie), [(200, "protected page")] * 3, f"warm, round {round_}")
            way = ways[round_ % len(ways)]
            way(site, person, address)
            for status, where in ask_all(pool, connections, cookie):
                expect(status == 303 and where.startswith("/account/login"),
                       f"round {round_}, {way.__name__}: a worker answered {status}")
            if way is by_the_command:
                site.command("account", "enable", address)
                equal([status for status, _ in ask_all(pool, connections, cookie)], [303] * 3, "enabling brings no session back")


def test_a_new_name_is_seen_by_every_warm_worker():
    with Site() as site:
        site.account("ada@site.example")
        person = Person(site)
        person.login("ada@site.example")
        connections = site.connections()
        for name in ("Countess", "Augusta", "Ada King"):
            equal(person.post("/account/profile", name=name).status, 200, "saving the name")
            for connection in connections:
                equal(ask(connection, "/protected/page.html", person.cookie).getheader("X-Name"), name, "the name in a worker")


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
