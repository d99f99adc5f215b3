"""Doorward's own pages as connections carry them: keep-alive, pipelining, slow bodies, 100-continue. nginx, Apache or `doorward serve`."""
import os
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, support
from harness.site import Site

ALICE = [("Cookie", "fake=alice")]
EXPECTS = [("Expect", "100-continue")]


def test_one_connection_for_many_requests():
    with Site() as site, site.connect() as connection, connection.makefile("rb") as file:
        for i in range(20):
            body = b"b" * i
            connection.sendall(client.message("POST", f"/account/{i}", (), body, keep=True))
            answer = client.read_response(file)
            support.expect(answer.status == 200 and f'"body_size":{i},' in answer.text(), f"page {i}: {answer}")
            connection.sendall(client.message("GET", "/page.html", keep=True))
            support.equal(client.read_response(file).status, 200, f"file {i}")
            connection.sendall(client.message("HEAD", "/account/x", keep=True))
            support.equal(client.read_response(file, "HEAD").status, 200, f"head {i}")
        connection.sendall(client.message("POST", "/account/x", (), b"c" * 1001, keep=True))
        support.equal(client.read_response(file).status, 413, "last")


def test_requests_sent_without_waiting():
    with Site() as site, site.connect() as connection, connection.makefile("rb") as file:
        connection.sendall(b"".join(
            client.message("POST", f"/account/slow?ms=30&n={i}", (), b"x", keep=True) +
            client.message("GET", "/protected/page.html", [("Cookie", f"fake=slow-{i}")], keep=True) +
            client.message("GET", "/protected/page.html", keep=True) for i in range(5)))
        for i in range(5):
            support.expect(f"n={i}\"" in client.read_response(file).text(), f"page {i}")
            support.equal(client.read_response(file).text(), "protected page", f"file {i}")
            support.equal(client.read_response(file).status, 401, f"refusal {i}")


def test_body_in_small_pieces():
    with Site() as site, site.connect() as connection, connection.makefile("rb") as file:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in client.message("POST", "/account/x", (), b"0123456789" * 20, chunked=True):
            connection.send(bytes([byte]))
        answer = client.read_response(file)
        support.expect('"body_size":200,' in answer.text(), f"page: {answer}")


def test_expect_100_continue():
    with Site() as site, site.connect() as connection, connection.makefile("rb") as file:
        message = client.message("POST", "/account/x", EXPECTS, b"hello")
        connection.sendall(message[:-5])
        support.expect(file.readline().startswith(b"HTTP/1.1 100"), "100 Continue")
        file.readline()
        connection.sendall(message[-5:])
        support.expect('"body":"hello"' in client.read_response(file).text(), "the body")


def expect_refusal(site, target, body, status):
    """Whoever asks before sending a body is told at once that it isn't wanted (RFC 9110 10.1.1)."""
    with site.connect() as connection, connection.makefile("rb") as file:
        connection.sendall(client.message("POST", target, EXPECTS, body, keep=True)[:-len(body)])
        line = file.readline()
        support.expect(line.startswith(b"HTTP/1.1 %d " % status), f"the first answer to POST {target} is {line}")


def test_expect_100_continue_with_too_large_a_body():
    with Site() as site:
        expect_refusal(site, "/account/x", b"x" * 1001, 413)


def test_expect_100_continue_of_nobody():
    with Site() as site:
        expect_refusal(site, "/protected/page.html", b"hello", 401)


def test_a_file_is_taken_from_people_who_are_signed_in():
    """Of anybody else it isn't even waited for."""
    with Site("upload: /account/avatar\nmax_upload: 90000\n") as site:
        expect_refusal(site, "/account/avatar", b"p" * 90000, 401)
        for version, port in site.server.ports.items():
            for chunked in (False, True):
                sent = client.CLIENTS[version](port, "POST", "/account/avatar", [("Cookie", "fake=slow-alice")], b"p" * 90000, chunked)
                support.expect(sent.status == 200 and '"body_size":90000,' in sent.text(), f"whom the store is asked about: {sent}")
                for headers in ((), [("Cookie", "other=1")]):
                    answer = client.CLIENTS[version](port, "POST", "/account/avatar", headers, b"p" * 90000, chunked)
                    support.expect(answer.status == 401 and "body_size" not in answer.text(), f"a stranger's, HTTP/{version}: {answer}")
        support.equal(site.get("/account/avatar").status, 200, "what has no body is the page's own affair")


def test_a_body_that_is_none_is_answered_once():
    with Site() as site:
        for chunks in (b"zz\r\nhello\r\n0\r\n\r\n", b"5\r\nhello, and more\r\n0\r\n\r\n", b"ffffffffffffffffffff\r\n"):
            with site.connect() as connection, connection.makefile("rb") as file:
                connection.sendall(client.message("POST", "/account/x", [("Transfer-Encoding", "chunked")], keep=True) + chunks)
                answer = client.read_response(file)
                support.expect(answer.status in (400, 413), f"{chunks}: {answer}")
                support.expect(answer.text().count("</html>") < 2, f"{chunks} is answered twice: {answer.text()}")
                support.equal(file.read(), b"", f"what follows the answer to {chunks}")


def test_a_file_may_be_longer():
    with Site("upload: /account/avatar\nmax_upload: 90000\n") as site:
        for version, port in site.server.ports.items():
            def send(target, size, chunked):
                return client.CLIENTS[version](port, "POST", target, ALICE, b"p" * size, chunked)

            for chunked in (False, True):
                about = f"HTTP/{version}, {'chunked' if chunked else 'with a length'}"
                answer = send("/account/avatar", 90000, chunked)
                support.expect(answer.status == 200 and '"body_size":90000,' in answer.text(), f"{about}: {answer}")
                longer = send("/account/avatar", 90001, chunked)
                if chunked:
                    support.equal(longer.status, 413, f"a longer one, {about}")
                else:
                    support.expect(longer.status == 200 and '"body_size":0,' in longer.text(), f"the engine has words for a longer one, {about}: {longer}")
                support.equal(send("/account/avatars", 1001, chunked).status, 413, f"elsewhere, {about}")


def test_a_file_that_is_far_too_long_is_answered_to_the_end():
    """Whoever sends all of it before they read gets the answer; and nothing of the file is taken for a request."""
    file = b"GET /account/pages HTTP/1.1\r\nHost: site.example\r\n\r\n" * 16000  # nginx itself takes 1 MB here
    with Site("upload: /account/avatar\nmax_upload: 90000\n") as site:
        for version, port in site.server.ports.items():
            answer = client.CLIENTS[version](port, "POST", "/account/avatar", ALICE, file)
            support.expect(answer.status == 200 and '"body_size":0,' in answer.text(), f"HTTP/{version}: {answer}")
        with site.connect() as connection, connection.makefile("rb") as answers:
            message = client.message("POST", "/account/avatar", ALICE, file, keep=True)
            try:
                connection.sendall(message + client.message("GET", "/account/after"))
            except ConnectionError:
                pass  # the server ended the connection after its answer
            support.expect('"path":"/account/avatar"' in client.read_response(answers).text(), "the file's answer")
            rest = answers.read()
            support.expect(b"/account/pages" not in rest, f"a request within the file was answered: {rest}")
        expect_refusal(site, "/account/avatar", file, 401)


def test_conditions_are_the_engines_matter():
    with Site() as site:
        headers = [("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"), ("If-None-Match", "*"), ("Range", "bytes=0-1")]
        answer = site.get("/account/x", headers)
        support.expect(answer.status == 200 and len(answer.body) > 2, f"{answer}")


def test_large_answer_read_slowly():
    with Site() as site, site.connect() as connection, connection.makefile("rb") as file:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
        connection.sendall(client.message("GET", "/account/big?kb=3000"))
        support.equal(len(client.read_response(file).body), 3_000_000, "bytes")


support.run(support.tests_in(sys.modules[__name__]))
