"""What each kind of client is answered where nobody is signed in: somebody who opens a page is sent to sign in, a script is told so,
and a WebSocket isn't opened. One of somebody who is signed in is carried to the application: by nginx, or by Apache where the test
is told so."""
import base64
import json
import socket
import sys

from stack_site import Person, Site
from harness import client, support
from harness.support import equal, expect
from harness.upstream import Scripted

SOCKET = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
          ("Sec-WebSocket-Key", base64.b64encode(b"0123456789abcdef").decode())]
PAGE, ANYTHING = ("Accept", "text/html,application/xhtml+xml"), ("Accept", "*/*")
CLIENTS = {
    "a page that is opened": ([PAGE, ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")], 303),
    "a page, by a browser that doesn't say more": ([PAGE], 303),
    "fetch()": ([ANYTHING, ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")], 401),
    "fetch() that asks for a page": ([PAGE, ("Sec-Fetch-Mode", "same-origin")], 401),
    "XMLHttpRequest of an old browser": ([PAGE, ("X-Requested-With", "XMLHttpRequest")], 401),
    "a program": ([("Accept", "application/json")], 401),
    "a program that says nothing": ([], 401),
    "a WebSocket": ([*SOCKET, ("Sec-Fetch-Mode", "websocket")], 401),
    "a WebSocket of a browser that doesn't say more": (SOCKET, 401),
}

# Beside the site itself, one with an application behind it.
NGINX = """
    server {{
        listen 127.0.0.1:{{port2}};
        doorward_config {folder}/second.yaml;
        location /socket/ {{
            doorward required;
            proxy_pass http://127.0.0.1:%d;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection upgrade;
        }}
    }}
"""
APACHE = """
<VirtualHost 127.0.0.1:{{port2}}>
    DoorwardConfig {folder}/second.yaml
    ProxyPass /socket/ http://127.0.0.1:%d/socket/ upgrade=websocket
    <Location /socket/>
        Require valid-user
    </Location>
</VirtualHost>
"""

if sys.argv[1:] == ["apache"]:
    from stack_apache import ApacheSite as Site


def ask(port, target, headers):
    return client.send(port, client.message("GET", target, headers, host=f"127.0.0.1:{port}", keep=True))


def test_nobody_is_answered_by_what_they_are():
    with Site(workers=2) as site:
        for kind, (headers, status) in CLIENTS.items():
            response = ask(site.port, "/protected/page.html", headers)
            equal(response.status, status, kind)
            if status == 303:
                expect(response.get("location").startswith("/account/login?"), f"{kind}: {response.get('location')}")
            else:
                equal(response.get("content-type"), "application/problem+json", kind)
                equal(json.loads(response.body)["code"], "unauthenticated", kind)
            expect("protected page" not in response.text(), f"{kind} got the page")


def echo(connection, file):
    """An application that agrees to a WebSocket, and sends back what it gets in capitals. It doesn't look at frames: nor do servers."""
    connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       b"Sec-WebSocket-Accept: x\r\n\r\n")
    while data := file.read1(100):
        connection.sendall(data.upper())


def test_a_websocket_of_somebody_is_carried_and_of_nobody_refused():
    with Scripted(echo) as application:
        Site.second = APACHE % application.port
        with Site(workers=2, http=NGINX % application.port) as site:
            site.account("ada@site.example", config="second.yaml")
            person = Person(site, site.port2)
            equal(person.login("ada@site.example").status, 200, "signing in")
            equal(ask(site.port2, "/socket/", SOCKET).status, 401, "nobody")
            with socket.create_connection(("127.0.0.1", site.port2), 60) as connection, connection.makefile("rb") as file:
                connection.sendall(client.message("GET", "/socket/", [*SOCKET, ("Cookie", person.cookie)],
                                                  host=f"127.0.0.1:{site.port2}", keep=True))
                equal(file.readline().split()[1], b"101", "the switch")
                while file.readline() != b"\r\n":
                    pass
                for said in (b"hello", b"and later"):
                    connection.sendall(said)
                    equal(file.read(len(said)), said.upper(), "what came back")
                # Apache that is stopped closes the client's socket under the thread that carries a WebSocket, which then waits for
                # it as long as ProxyTimeout says: both ways are to have ended before the server is stopped.
                connection.shutdown(socket.SHUT_WR)
                equal(file.read(), b"", "after the end")


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
