"""`doorward serve` by itself: what the common cases don't ask, since it is nginx's own affair there."""
import base64
import os
import re
import signal
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, fake, support
from harness.crowd import established
from harness.server import Server, common_site
from harness.support import equal, expect, temporary_folder, until, write
from harness.upstream import Scripted, Upstream


class Site:
    """The common site, running; more words may be given."""

    def __init__(self, *words, settings="", upstream=None):
        self.words, self.more, self.other = words, settings, upstream

    def __enter__(self):
        self.folders = temporary_folder()
        self.folder = self.folders.__enter__()
        self.upstream = Upstream().__enter__()
        self.settings = fake.settings(self.folder, self.more)
        port = self.other or self.upstream.port
        self.server = Server(self.folder, self.settings, [*common_site(self.folder, port), *self.words]).start()
        self.port = self.server.port
        return self

    def __exit__(self, *error):
        try:
            self.server.__exit__(*error)
        finally:
            self.upstream.__exit__()
            self.folders.__exit__(None, None, None)

    def get(self, target, headers=(), method="GET", body=None, **more):
        return client.http1(self.port, method, target, headers, body, **more)

    def last_seen(self):
        """What the application was sent last."""
        return until(self.upstream.seen, "the application was asked")[-1]

    def raw(self, data):
        return client.send(self.port, data)


def test_nothing_outside_the_folder_and_nothing_hidden_is_shown():
    with Site() as site:
        write(f"{site.folder}/secret", "secret")
        write(f"{site.folder}/www/.git/config", "secret")
        write(f"{site.folder}/www/.well-known/security.txt", "Contact: x")
        os.symlink(f"{site.folder}/secret", f"{site.folder}/www/link")
        os.symlink(site.folder, f"{site.folder}/www/up")
        os.mkfifo(f"{site.folder}/www/pipe")
        for target in ("/../secret", "/%2e%2e/secret", "/page.html/../../secret", "/..%2fsecret", "/%2e%2e%2fsecret",
                       "/..%5csecret", "/..\\secret", "/x/..;/../secret", "/.git/config", "/%2egit/config", "/link",
                       "/up/secret", "/pipe", "/page.html%00.txt", "/page.html/", "/%", "/%zz", "/page.html%0a",
                       "//../secret", "/./../secret"):
            response = site.get(target)
            expect(response.status in (400, 404), f"{target} is answered {response.status}")
            expect("secret" not in response.text(), f"{target} shows the secret")
        equal(site.get("/.well-known/security.txt").text(), "Contact: x", "the well-known file")
        equal(site.get("/page.html?x=../../secret").text(), "public page", "a query is no path")


def test_the_application_is_told_a_signed_statement_only_where_that_is_wanted():
    for wanted, told in (("off", 0), ("on", 1)):
        with Site("assertion", wanted) as site:
            site.get("/signed/", [("Cookie", "fake=alice"), ("X-Doorward-Assertion", "root")])
            found = [value for name, value in site.last_seen()["headers"] if name == "X-Doorward-Assertion"]
            equal(found, ["signed:id-of-alice"] * told, f"with assertion {wanted}")
            site.server.stop()
            expect(f", assertions {told}\n" in site.server.log(), f"signatures with assertion {wanted}")


def test_folders_types_methods_and_heads():
    with Site() as site:
        write(f"{site.folder}/www/style.css", "a{}")
        write(f"{site.folder}/www/ä b.txt", "text")
        moved = site.get("/protected/../admin?x=1", [("Cookie", "fake=alice+administrator")])
        equal((moved.status, moved.get("location")), (301, "/admin/?x=1"), "a folder without its slash")
        equal(site.get("/style.css").get("content-type"), "text/css; charset=utf-8", "type")
        equal(site.get("/%C3%A4%20b.txt").text(), "text", "a name beyond ASCII")
        head = site.get("/page.html", method="HEAD")
        equal((head.status, head.get("content-length"), head.body), (200, "11", b""), "HEAD")
        equal(site.get("/page.html", method="POST", body=b"x").status, 405, "POST to a file")
        equal(site.get("/page.html", method="TRACE").status, 405, "TRACE")
        equal(site.get("/none").status, 404, "no such file")
        equal(site.get("/").get("cache-control"), "no-cache", "a public file")
        guarded = site.get("/protected/page.html", [("Cookie", "fake=alice")])
        equal(guarded.get("cache-control"), "private, no-cache", "a protected file")


def test_a_path_is_not_taken_for_another_by_whoever_reads_it_next():
    with Site() as site:
        for target in ("/open/..;/app/", "/open/%2e%2e;x/app/", "/open/%2f../app/", "/open/%5c../app/", "/open/;/app/"):
            equal(site.get(target).status, 400, target)
        equal(site.get("/app;x=1/y").status, 401, "parameters don't hide a place")
        equal(site.get("/protected;x/page.html").status, 401, "parameters don't hide a place")
        equal(site.get("/open/x/../../app/y").status, 401, "dot segments don't hide a place")
        site.get("/open//a/./b/../c%20d?q=/../x")
        equal(site.last_seen()["target"], "/open/a/c%20d?q=/../x", "what the application is asked for")


def test_requests_that_could_be_read_in_two_ways_are_refused():
    with Site() as site:
        host = b"Host: site.example\r\n"
        for head in (b"GET /open/ HTTP/1.1\r\n\r\n", b"GET /open/ HTTP/1.1\r\n" + host + host + b"\r\n",
                     b"POST /open/ HTTP/1.1\r\n" + host + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                     b"POST /open/ HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
                     b"POST /open/ HTTP/1.1\r\n" + host + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
                     b"POST /open/ HTTP/1.1\r\n" + host + b"Content-Length: +4\r\n\r\nabcd",
                     b"POST /open/ HTTP/1.1\r\n" + host + b"Content-Length: -4\r\n\r\nabcd",
                     b"POST /open/ HTTP/1.1\r\n" + host + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                     b"POST /open/ HTTP/1.1\r\n" + host + b"Transfer-Encoding: identity\r\n\r\n",
                     b"POST /open/ HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                     b"POST /open/ HTTP/1.0\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                     b"GET http://site.example/open/ HTTP/1.1\r\n" + host + b"\r\n",
                     b"CONNECT site.example:80 HTTP/1.1\r\n" + host + b"\r\n", b"OPTIONS * HTTP/1.1\r\n" + host + b"\r\n",
                     b"GET /open/ HTTP/3.0\r\n" + host + b"\r\n", b"GET  /open/ HTTP/1.1\r\n" + host + b"\r\n",
                     b"GET /open/ HTTP/1.1\r\nX Y: 1\r\n" + host + b"\r\n", b"GET /open/ HTTP/1.1\r\nX : 1\r\n" + host + b"\r\n",
                     b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a client that speaks TLS\r\n\r\n"):
            response = site.raw(head)
            expect(400 <= response.status < 500, f"{head!r} is answered {response.status}")
        equal(site.raw(b"GET /open/ HTTP/1.1\r\n" + host + b"A: " + b"x" * 40000 + b"\r\n\r\n").status, 431, "a large head")
        equal(site.upstream.seen(), [], "what the application saw")


def test_a_connection_carries_many_requests():
    with Site() as site, socket.create_connection(("127.0.0.1", site.port), 20) as connection:
        file = connection.makefile("rb")
        burst = [("/page.html", "public page"), ("/protected/page.html", "protected page"), ("/open/x", '"/open/x"'),
                 ("/account/y", '"/account/y"')]
        for target, _ in burst:
            connection.sendall(client.message("GET", target, [("Cookie", "fake=alice")], keep=True))
        for target, has in burst:
            response = client.read_response(file)
            expect(has in response.text(), f"{target}: {response}")
        connection.sendall(client.message("POST", "/open/", [("Expect", "100-continue")], b"", keep=True)
                           .replace(b"Content-Length: 0", b"Content-Length: 5"))
        equal(file.readline(), b"HTTP/1.1 100 Continue\r\n", "the interim answer")
        file.readline()
        connection.sendall(b"hello")
        expect('"hello"' in client.read_response(file).text(), "the body arrives")
        # A body that nobody reads must not be taken for the next request.
        connection.sendall(client.message("POST", "/protected/", [], b"GET /page.html HTTP/1.1\r\nHost: a\r\n\r\n", keep=True))
        response = client.read_response(file)
        equal((response.status, response.get("connection")), (401, "close"), "a refusal with an unread body")
        equal(file.read(), b"", "what follows")


def test_headers_of_the_connection_go_no_further():
    with Site() as site:
        site.get("/app/", [("Cookie", "fake=alice"), ("Connection", "X-Secret, cookie, host, x-doorward-user"),
                           ("X-Secret", "1"), ("Keep-Alive", "x"), ("TE", "trailers"), ("Proxy-Authorization", "x"),
                           ("Upgrade", "h2c"), ("Proxy", "http://evil.example"), ("X-Forwarded-Host", "evil.example"),
                           ("Forwarded", "for=evil"), ("X-Real-IP", "192.0.2.1"), ("X-Forwarded-Proto", "https")])
        seen = {name.lower(): value for name, value in site.last_seen()["headers"]}
        for name in ("x-secret", "keep-alive", "te", "proxy-authorization", "upgrade", "proxy", "forwarded", "x-real-ip"):
            expect(name not in seen, f"the application was given {name}")
        equal(seen["host"], "site.example", "Host")
        equal(seen["x-forwarded-host"], "site.example", "X-Forwarded-Host")
        equal(seen["x-forwarded-proto"], "http", "X-Forwarded-Proto")
        equal(seen["x-forwarded-for"], "127.0.0.1", "X-Forwarded-For")
        equal(seen["x-doorward-user"], "id-of-alice", "X-Doorward-User")
        equal(seen["x-doorward-name"], "The %C3%A4pple of alice", "X-Doorward-Name")


def test_only_trusted_proxies_say_who_the_client_is():
    asked = [("X-Forwarded-For", "203.0.113.9, 198.51.100.7"), ("X-Forwarded-For", "10.1.2.3"), ("X-Forwarded-Proto", "https")]
    with Site() as site:
        expect('"client_address":"127.0.0.1"' in site.get("/account/x", asked).text(), "nobody is trusted")
    with Site("trust", "127.0.0.1", "trust", "10.0.0.0/8") as site:
        expect('"client_address":"198.51.100.7"' in site.get("/account/x", asked).text(), "the last that isn't trusted")
        expect('"client_address":"10.1.2.3"' in site.get("/account/x", [("X-Forwarded-For", "nonsense, 10.1.2.3")]).text(),
               "nonsense ends the list")
        site.get("/open/", asked)
        equal(dict(site.last_seen()["headers"])["X-Forwarded-Proto"], "https", "X-Forwarded-Proto")


def test_an_application_that_is_not_there_or_breaks_off_is_told_apart():
    port = socket.create_server(("127.0.0.1", 0)).detach()
    gone = socket.socket(fileno=port)
    number = gone.getsockname()[1]
    gone.close()
    with Site(upstream=number) as site:
        equal(site.get("/open/").status, 502, "nobody listens")
    for answer in (b"", b"nonsense\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"):
        with Scripted(lambda connection, _, answer=answer: connection.sendall(answer)) as other, \
                Site(upstream=other.port) as site:
            equal(site.get("/open/").status, 502, f"{answer!r}")
    with Scripted(lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")) as other, \
            Site(upstream=other.port) as site:
        try:
            site.get("/open/")
            raise support.Failed("half an answer looks like a whole one")
        except ConnectionError:
            pass
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nto the end"
    with Scripted(lambda connection, _: connection.sendall(early)) as other, Site(upstream=other.port) as site:
        response = site.get("/open/")
        equal((response.status, response.text(), response.get("link")), (200, "to the end", None), "an answer without a length")


def test_large_bodies_pass_in_both_directions():
    size = 8_000_000

    def mirror(connection, file):
        total = 0
        while line := file.readline():
            chunk = int(line.split(b";")[0], 16)
            total += len(file.read(chunk))
            file.readline()
            if chunk == 0:
                break
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Got: %d\r\n\r\n" % total)
        for _ in range(size // 16000):
            connection.sendall(b"3e80\r\n" + b"x" * 16000 + b"\r\n")
        connection.sendall(b"0\r\nX-User: trailer\r\n\r\n")

    with Scripted(mirror) as other, Site(upstream=other.port) as site:
        response = site.get("/open/", method="POST", body=b"y" * 3_000_000, chunked=True)
        equal((response.status, response.get("x-got"), len(response.body)), (200, "3000000", size), "both bodies")


def test_a_websocket_of_somebody_is_carried_and_of_nobody_refused():
    def application(connection, file):
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                           b"Sec-WebSocket-Accept: x\r\n\r\nhello")
        while data := file.read1(100):
            connection.sendall(data.upper())
            if data.endswith(b"bye"):
                return

    asked = [("Connection", "keep-alive, Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
             ("Sec-WebSocket-Key", base64.b64encode(b"0123456789abcdef").decode())]
    with Scripted(application) as other, Site(upstream=other.port) as site:
        equal(site.raw(client.message("GET", "/app/", asked, keep=True)).status, 401, "nobody")
        with socket.create_connection(("127.0.0.1", site.port), 20) as connection:
            file = connection.makefile("rb")
            connection.sendall(client.message("GET", "/app/", [*asked, ("Cookie", "fake=alice")], keep=True) + b"early ")
            expect(file.readline().startswith(b"HTTP/1.1 101 "), "the switch")
            while file.readline() != b"\r\n":
                pass
            equal(file.read(11), b"helloEARLY ", "what came with the heads")
            connection.sendall(b"abc bye")
            equal(file.read(), b"ABC BYE", "and later")


def test_a_body_that_never_ends_is_given_up_however_its_bytes_are_spread():
    with Site("body-milliseconds", "1500", settings="upload: /account/avatar\nmax_upload: 90000\n") as site:
        for target, cookie in (("/account/x", ""), ("/account/avatar", ""), ("/account/avatar", "fake=alice")):
            with socket.create_connection(("127.0.0.1", site.port), 20) as connection:
                head = client.message("POST", target, [("Cookie", cookie)] if cookie else [], b"x" * 900, keep=True)
                connection.sendall(head[:-900])
                connection.settimeout(0.05)

                def ended():
                    try:
                        connection.sendall(b"x")
                        return connection.recv(1) == b""
                    except socket.timeout:
                        return False
                    except ConnectionError:
                        return True

                until(ended, f"{target} is given up", 10)
        equal(site.get("/account/x", method="POST", body=b"x" * 900).status, 200, "one that is sent at once")


LARGE = 32_000_000


def asks_for_a_large_file(site):
    """A connection that has asked for more than the system keeps for it, and has taken none of it."""
    write(f"{site.folder}/www/large.bin", "")
    os.truncate(f"{site.folder}/www/large.bin", LARGE)
    connection = socket.create_connection(("127.0.0.1", site.port), 20)
    connection.sendall(client.message("GET", "/large.bin"))
    return connection


def test_a_slow_client_gets_all_of_a_large_file():
    with Site("write-milliseconds", "1000") as site, asks_for_a_large_file(site) as connection:
        size = 0
        while data := connection.recv(1 << 18, socket.MSG_WAITALL):
            size += len(data)
            time.sleep(0.03)  # the client's pace
        expect(size > LARGE, f"{size} bytes came")


def test_a_client_that_takes_nothing_is_given_up():
    with Site("write-milliseconds", "300") as site, asks_for_a_large_file(site):
        equal(established(site.port), 1, "the connection")
        until(lambda: established(site.port) == 0, "it is given up", 20)


def test_files_are_served_while_the_store_is_slow():
    with Site(settings="slow_ms: 2000\n") as site:
        answers = []
        threads = [threading.Thread(target=lambda i=i: answers.append(
            site.get("/protected/", [("Cookie", f"fake=slow-{i}")]).status)) for i in range(48)]
        for thread in threads:
            thread.start()
        quick = [site.get("/page.html").status for _ in range(10)]
        before = len(answers)
        for thread in threads:
            thread.join()
        equal(set(quick), {200}, "files")
        expect(before < 48, "all slow ones were done before 10 files: nothing was shown")
        equal(set(answers), {200}, "slow sessions")


def test_a_reload_with_faults_changes_nothing_and_without_takes_the_new_settings():
    with Site() as site:
        write(site.settings, fake.COMMON + "nonsense: 1\n")
        expect(not site.server.reload(), "faulty settings are in force")
        expect("unknown key 'nonsense'" in site.server.log(), "the fault is told")
        equal(site.get("/account/x").status, 200, "the old mount")
        write(site.settings, fake.COMMON.replace("/account", "/members"))
        expect(site.server.reload(), "good settings were refused")
        equal((site.get("/members/x").status, site.get("/account/x").status), (200, 404), "the new mount")


def test_requests_under_way_are_finished_before_the_end_and_over_a_reload():
    with Site() as site:
        for act in (site.server.reload, site.server.stop):
            with socket.create_connection(("127.0.0.1", site.port), 20) as connection:
                connection.sendall(client.message("GET", "/account/slow?ms=600", keep=True))
                file = connection.makefile("rb")
                idle = socket.create_connection(("127.0.0.1", site.port), 20)
                until(lambda: site.get("/page.html").status == 200, "the server is there")
                act()
                equal(client.read_response(file).status, 200, f"the answer after {act.__name__}")
                idle.close()


def test_what_can_not_be_started_is_told_in_a_sentence():
    with temporary_folder() as folder, Upstream() as upstream:
        settings = fake.settings(folder)
        for words, listen, sentence in (
                ([], "127.0.0.1:0", "--upstream, --root or --forward-auth must be given"),
                (["root", folder + "/none"], "127.0.0.1:0", "none: No such file or directory"),
                (["root", folder], "localhost:80", "--listen takes an address and a port"),
                (["root", folder], "127.0.0.1:99999", "--listen takes an address and a port"),
                (["root", folder], "192.0.2.1:0", "--listen 192.0.2.1:0: Cannot assign requested address"),
                (["root", folder], f"127.0.0.1:{upstream.port}", "Address already in use"),
                (["upstream", "https://127.0.0.1:1"], "127.0.0.1:0", "--upstream takes an address and a port"),
                (["root", folder, "protect", "x"], "127.0.0.1:0", "--protect x: a place is a clean path"),
                (["root", folder, "protect", "/x:fresh=15"], "127.0.0.1:0", "fresh takes a duration"),
                (["root", folder, "protect", "/x:level=3"], "127.0.0.1:0", "level is 1, any sign-in, or 2"),
                (["root", folder, "protect", "/x:rolle=a"], "127.0.0.1:0", "role=NAME, level=NUMBER or fresh=DURATION"),
                (["root", folder, "protect", "/x", "optional", "/x/"], "127.0.0.1:0", "this place has a rule already")):
            server = Server(folder, settings, words, listen)
            try:
                server.start()
                server.stop()
                raise support.Failed(f"{words} {listen} was started")
            except support.Failed as told:
                expect(sentence in str(told), f"{words} {listen}: {told}")


support.run(support.tests_in(sys.modules[__name__]))
