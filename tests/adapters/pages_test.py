"""Doorward's own pages as connections carry them: keep-alive, slow bodies, 100-continue, compression, temporary files."""
import gzip
import os
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, fake, support
from harness.nginx import Nginx


def site(inside="", http="", more="", locations="location / { }"):
    folder_context = support.temporary_folder()

    class Running:
        def __enter__(self):
            self.folder = folder_context.__enter__()
            support.write(f"{self.folder}/www/page.html", "public page " * 100)
            settings = fake.settings(self.folder, more)
            self.nginx = Nginx(self.folder, f"""{http} server {{ listen 127.0.0.1:{{port}}; listen 127.0.0.1:{{port2}} http2;
                root {self.folder}/www; doorward_config {settings}; {inside} {locations} }}""")
            self.nginx.start()
            self.port, self.port2 = self.nginx.port, self.nginx.port2
            return self

        def __exit__(self, *error):
            try:
                self.nginx.__exit__(*error)
            finally:
                folder_context.__exit__(None, None, None)

        def get(self, target, headers=()):
            return client.http1(self.port, "GET", target, headers)

    return Running()


def connect(port):
    return socket.create_connection(("127.0.0.1", port), client.DEADLINE)


def test_one_connection_for_many_requests():
    with site() as here, connect(here.port) as connection:
        file = connection.makefile("rb")
        for i in range(20):
            body = b"b" * i
            connection.sendall(client.message("POST", f"/account/{i}", (), body, keep=True))
            answer = client.read_response(file)
            support.expect(answer.status == 200 and f'"body_size":{i},' in answer.text(), f"page {i}: {answer}")
            connection.sendall(client.message("GET", "/page.html", keep=True))
            support.equal(client.read_response(file).status, 200, f"file {i}")
            connection.sendall(client.message("POST", "/account/x", (), b"c" * 1001, keep=True) if i == 19 else
                               client.message("HEAD", "/account/x", keep=True))
            support.equal(client.read_response(file, "HEAD" if i < 19 else "POST").status, 413 if i == 19 else 200, "last")


def test_requests_sent_without_waiting():
    with site(inside="doorward required;") as here, connect(here.port) as connection:
        connection.sendall(b"".join(
            client.message("POST", f"/account/slow?ms=30&n={i}", (), b"x", keep=True) +
            client.message("GET", "/page.html", [("Cookie", f"fake=slow-{i}")], keep=True) +
            client.message("GET", "/page.html", keep=True) for i in range(5)))
        file = connection.makefile("rb")
        for i in range(5):
            support.expect(f"n={i}\"" in client.read_response(file).text(), f"page {i}")
            support.equal(client.read_response(file).status, 200, f"file {i}")
            support.equal(client.read_response(file).status, 401, f"refusal {i}")


def test_body_in_small_pieces():
    with site() as here, connect(here.port) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in client.message("POST", "/account/x", (), b"0123456789" * 20, chunked=True):
            connection.send(bytes([byte]))
        answer = client.read_response(connection.makefile("rb"))
        support.expect('"body_size":200,' in answer.text(), f"page: {answer}")


def test_expect_100_continue():
    with site() as here, connect(here.port) as connection:
        message = client.message("POST", "/account/x", [("Expect", "100-continue")], b"hello")
        connection.sendall(message[:-5])
        file = connection.makefile("rb")
        support.expect(file.readline().startswith(b"HTTP/1.1 100"), "100 Continue")
        file.readline()
        connection.sendall(message[-5:])
        support.expect('"body":"hello"' in client.read_response(file).text(), "the body")


def test_expect_100_continue_of_nobody():
    with site(inside="doorward required;") as here:
        answer = client.http1(here.port, "POST", "/page.html", [("Expect", "100-continue")], b"hello")
        support.equal(answer.status, 401, "no 100 before the refusal")


def test_no_body_is_written_to_disk():
    """client_body_in_file_only and a small buffer are overruled: a password is in no file."""
    with site(inside="client_body_in_file_only on; client_body_buffer_size 16;", more="max_body: 50000\n") as here:
        for ask, port in ((client.http1, here.port), (client.http2, here.port2)):
            for chunked in (False, True):
                answer = ask(port, "POST", "/account/x", (), b"p" * 40000, chunked)
                support.expect(answer.status == 200 and '"body_size":40000,' in answer.text(), f"{ask} {chunked}: {answer}")
        files = [name for _, _, names in os.walk(f"{here.folder}/temp/body") for name in names]
        support.equal(files, [], "temporary files")
        support.expect("buffered to a temporary file" not in here.nginx.log(), "a temporary file was written")


def test_a_file_may_be_longer_and_waits_on_the_disk():
    with site(inside="client_max_body_size 1m;", more="upload: /account/avatar\nmax_upload: 90000\n") as here:
        for ask, port in ((client.http1, here.port), (client.http2, here.port2)):
            for chunked in (False, True):
                answer = ask(port, "POST", "/account/avatar", (), b"p" * 90000, chunked)
                support.expect(answer.status == 200 and '"body_size":90000,' in answer.text(), f"{ask} {chunked}: {answer}")
                support.equal(ask(port, "POST", "/account/avatar", (), b"p" * 90001, chunked).status, 413, f"{chunked}")
                support.equal(ask(port, "POST", "/account/avatars", (), b"p" * 1001, chunked).status, 413, f"{chunked}")
        support.expect("buffered to a temporary file" in here.nginx.log(), "no temporary file was written")


def test_body_larger_than_the_location_takes():
    """nginx's own limit still counts where it is the smaller one."""
    with site(inside="client_max_body_size 100;") as here:
        support.equal(client.http1(here.port, "POST", "/account/x", (), b"p" * 101).status, 413, "status")
        support.equal(client.http1(here.port, "POST", "/account/x", (), b"p" * 100).status, 200, "status")


def test_unlimited_bodies_of_the_site_are_limited_here():
    with site(inside="client_max_body_size 0;") as here:
        for chunked in (False, True):
            support.equal(client.http1(here.port, "POST", "/account/x", (), b"p" * 200000, chunked).status, 413, "status")


def test_pages_that_are_not_stored_are_not_compressed():
    with site(http="gzip on; gzip_min_length 1; gzip_types *;") as here:
        headers = [("Accept-Encoding", "gzip")]
        page = here.get("/account/x", headers)
        support.expect(page.get("content-encoding") is None and b"method" in page.body, f"a page of Doorward's: {page}")
        answer = here.get("/page.html", headers)
        support.expect(answer.get("content-encoding") == "gzip" and b"public" in gzip.decompress(answer.body), "a file")


def test_headers_of_the_site_go_with_them():
    with site(inside="add_header Strict-Transport-Security max-age=1 always; charset koi8-r;") as here:
        answer = here.get("/account/x")
        support.equal(answer.get("strict-transport-security"), "max-age=1", "header")
        support.equal(answer.all("content-type"), ["application/json"], "type")


def test_conditions_are_the_engines_matter():
    with site() as here:
        headers = [("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"), ("If-None-Match", "*"), ("Range", "bytes=0-1")]
        support.equal(here.get("/account/x", headers).status, 200, "status")


def test_large_answer_read_slowly():
    with site() as here, connect(here.port) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
        connection.sendall(client.message("GET", "/account/big?kb=3000"))
        support.equal(len(client.read_response(connection.makefile("rb")).body), 3_000_000, "bytes")


support.run(support.tests_in(sys.modules[__name__]))
