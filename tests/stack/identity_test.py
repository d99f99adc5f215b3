"""Each answer belongs to whoever asked: many people over the same kept-alive and pipelined connections, and two sites in one
server: nginx, or Apache where the test is told so."""
import concurrent.futures
import http.client
import random
import socket
import sys

from stack_site import ROUNDS, Person, Site, ask
from harness import support
from harness.support import equal, until

if sys.argv[1:] == ["apache"]:
    from stack_apache import ApacheSite as Site

PIPELINED = 25
CONNECTIONS = 8

SECOND = """
    server {{
        listen 127.0.0.1:{{port2}};
        root {folder}/www;
        doorward_config {folder}/second.yaml;
        location /protected/ {{ doorward required; }}
    }}
"""


def at_once(work):
    """Calls work(0), work(1), ... on as many threads as there are connections; raises what one of them raised."""
    with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
        for done in [pool.submit(work, number) for number in range(CONNECTIONS)]:
            done.result()


def read_answers(stream, count):
    """(status, X-Name) of each of so many answers that come one after another."""
    answers = []
    for _ in range(count):
        status = int(stream.readline().split()[1])
        headers = {}
        while line := stream.readline().strip():
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        stream.read(int(headers.get("content-length", "0")))
        answers.append((status, headers.get("x-name", "").replace("(null)", "")))
    return answers


def converse(port, people, chance, rounds, wrong):
    """Asks as one person and another, several requests at a time, over one connection."""
    with socket.create_connection(("127.0.0.1", port), 60) as connection, connection.makefile("rb") as stream:
        for _ in range(rounds):
            asked = [chance.choice(people) for _ in range(PIPELINED)]
            connection.sendall(b"".join(
                f"GET /protected/page.html HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html\r\nCookie: {cookie}\r\n\r\n".encode()
                for _, cookie in asked))
            expected = [(200, name) if name else (303, "") for name, _ in asked]
            got = read_answers(stream, PIPELINED)
            wrong.extend((e, g) for e, g in zip(expected, got) if e != g)


def test_no_answer_is_another_persons():  # T047
    with Site(workers=2) as site:
        people = [("", "doorward=" + "A" * 43)]
        for name in ("Ada Lovelace", "Grace Hopper", "Katherine Johnson"):
            address = name.split()[0].lower() + "@site.example"
            site.account(address, name=name)
            person = Person(site)
            equal(person.login(address).status, 200, f"{name} signs in")
            people.append((name, person.cookie))
        wrong = []
        at_once(lambda number: converse(site.port, people, random.Random(number), 10 * ROUNDS, wrong))
        equal(wrong[:3], [], f"{len(wrong)} of {CONNECTIONS * 10 * ROUNDS * PIPELINED} answers were another's")


def test_people_who_sign_in_at_the_same_time_get_their_own_session():  # T047
    with Site(workers=2) as site:
        names = ["Ada Lovelace", "Grace Hopper"]
        for name in names:
            site.account(name.split()[0].lower() + "@site.example", name=name)
        wrong = []

        def sign_in_again_and_again(number):
            name = names[number % 2]
            for _ in range(ROUNDS):
                person = Person(site)
                # On a busy machine the budget of hashes may be used up: 503, and they try again.
                until(lambda: person.login(name.split()[0].lower() + "@site.example").status == 200, f"{name} signs in")
                connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
                seen = ask(connection, "/protected/page.html", person.cookie).getheader("X-Name")
                connection.close()
                if seen != name:
                    wrong.append((name, seen))

        at_once(sign_in_again_and_again)
        equal(wrong, [], "sessions of somebody else")


def test_a_session_of_one_site_is_none_of_another():  # T045
    with Site(workers=2, http=SECOND) as site:
        site.account("ada@site.example")
        site.account("ada@site.example", config="second.yaml")
        person = Person(site)
        equal(person.login("ada@site.example").status, 200, "signed in at the first site")
        for port, status in ((site.port, 200), (site.port2, 303)):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            equal(ask(connection, "/protected/page.html", person.cookie).status, status, f"port {port}")
            connection.close()


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
