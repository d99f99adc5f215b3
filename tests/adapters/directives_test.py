"""Doorward's own pages in a site whose own directives limit, compress or head what it answers: nginx or Apache."""
import gzip
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, support
from harness.site import SERVER, Site

LIMIT = {"nginx": "client_max_body_size {};", "apache": "LimitRequestBody {}"}[SERVER]  # 0: none
COMPRESS = {"nginx": "gzip on; gzip_min_length 1; gzip_types *;", "apache": "SetOutputFilter DEFLATE"}[SERVER]
HEAD = {"nginx": "add_header Strict-Transport-Security max-age=1 always; charset koi8-r;",
        "apache": "Header always set Strict-Transport-Security max-age=1\nAddType text/html .html\nAddDefaultCharset koi8-r"}[SERVER]


def post(site, size, chunked):
    return client.http1(site.server.port, "POST", "/account/x", (), b"p" * size, chunked)


def test_a_limit_of_the_sites_counts_where_it_is_the_smaller_one():
    with Site(lines=LIMIT.format(100)) as site:
        for chunked in (False, True):
            support.equal(post(site, 100, chunked).status, 200, f"a body that may be, chunked {chunked}")
            answer = post(site, 101, chunked)
            support.equal(answer.status, 413, f"a byte more, chunked {chunked}")
            support.expect(answer.text().count("</html>") < 2, f"it is answered twice: {answer.text()}")


def test_unlimited_bodies_of_the_site_are_limited_here():
    with Site(lines=LIMIT.format(0)) as site:
        for chunked in (False, True):
            support.equal(post(site, 200000, chunked).status, 413, f"chunked {chunked}")


def test_pages_that_are_not_stored_are_not_compressed():
    with Site(lines=COMPRESS) as site:
        headers = [("Accept-Encoding", "gzip")]
        page = site.get("/account/big?kb=10", headers)
        support.expect(page.get("content-encoding") is None and len(page.body) == 10_000, f"a page of Doorward's: {page}")
        text = "public page " * 100
        support.write(f"{site.folder}/www/long.html", text)
        answer = site.get("/long.html", headers)
        support.expect(answer.get("content-encoding") == "gzip" and gzip.decompress(answer.body).decode() == text, f"a file: {answer}")


def test_headers_of_the_site_go_with_them():
    with Site(lines=HEAD) as site:
        for target, kind in (("/account/x", "application/json"), ("/protected/page.html", "text/plain; charset=utf-8")):
            answer = site.get(target)
            support.equal(answer.all("strict-transport-security"), ["max-age=1"], f"{target}: the header")
            support.equal(answer.all("content-type"), [kind], f"{target}: the type")
        support.expect("koi8-r" in site.get("/page.html").get("content-type"), "a file has the site's own")


support.run(support.tests_in(sys.modules[__name__]))
