"""Other servers ask `doorward serve` whether a request may pass: what they may ask and what they are told. proxies_test.py has the
servers themselves."""
import os
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, fake, support
from harness.guide import HEADERS
from harness.server import Server
from harness.support import equal, expect, temporary_folder, write

BROWSER = ("Accept", "text/html")
ALICE = ("Cookie", "fake=alice")
ADMINISTRATOR = ("Cookie", "fake=alice+administrator")
STALE = ("Cookie", "fake=alice+stale")
WORDS = ["forward-auth", "/forward-auth", "trust", "127.0.0.1", "protect", "/admin:role=administrator", "protect", "/fresh:fresh=15m",
         "optional", "/open"]
PUBLIC = "https://site.example"


class Asked:
    """`doorward serve` that answers questions and nothing else."""

    def __init__(self, words=WORDS):
        self.words = words

    def __enter__(self):
        self.folders = temporary_folder()
        folder = self.folders.__enter__()
        self.server = Server(folder, fake.settings(folder), self.words).start()
        self.port = self.server.port
        return self

    def __exit__(self, *error):
        try:
            self.server.__exit__(*error)
        finally:
            self.folders.__exit__(None, None, None)

    def ask(self, target, *headers, words="", method="GET", host="site.example"):
        """As Traefik and Caddy do, about a request for `target`."""
        about = [("X-Forwarded-Method", method), ("X-Forwarded-Host", host), ("X-Forwarded-Uri", target)]
        return client.http1(self.port, "GET", f"/forward-auth{words}", [*about, *headers])

    def raw(self, target, *headers, method="GET", **more):
        return client.http1(self.port, method, target, headers, **more)

    def from_elsewhere(self, data):
        with socket.create_connection(("127.0.0.1", self.port), 20, ("127.0.0.2", 0)) as connection:
            connection.sendall(data)
            return client.read_response(connection.makefile("rb"))


def told(response):
    return {name: response.all(name) for name in HEADERS}


NOTHING = {name: [""] for name in HEADERS}


def test_who_may_pass_is_told_with_all_that_is_known():
    with Asked() as asked:
        response = asked.ask("/members/a?b=1", ADMINISTRATOR)
        equal(response.status, 200, "somebody")
        equal(told(response), {
            "X-Doorward-User": ["id-of-alice"], "X-Doorward-Email": ["alice@example.org"],
            "X-Doorward-Name": ["The %C3%A4pple of alice"], "X-Doorward-Roles": ["administrator"],
            "X-Doorward-Session": ["session-of-alice"], "X-Doorward-Locale": ["en"], "X-Doorward-Methods": ["pwd otp"],
            "X-Doorward-Time-Zone": ["Europe/Berlin"], "X-Doorward-Phone": ["+4930901820"],
            "X-Doorward-Picture": ["/account/picture/1"], "X-Doorward-Notifications": ["blog,shop"], "X-Doorward-Clock": ["12"],
            "X-Doorward-Mac-Format": ["dot"], "X-Doorward-Theme": ["dark"],
            "X-Doorward-Authenticated-At": ["1700000000"], "X-Doorward-Assertion": [""]}, "what is told")
        equal((response.body, response.get("cache-control")), (b"", "no-store"), "the answer besides")
        equal(told(asked.ask("/members/", ALICE))["X-Doorward-Roles"], [""], "what there is nothing to say of overwrites, too")
        equal(asked.ask("/members/", ("Cookie", "fake=slow-alice")).status, 200, "somebody who isn't known here yet")


def test_who_may_pass_is_told_in_a_signed_statement_where_that_is_wanted():
    with Asked([*WORDS, "assertion", "on"]) as asked:
        for who, target, said in ((ALICE, "/members/", "signed:id-of-alice"), (("Cookie", "fake=mute"), "/members/", ""), (None, "/open/", ""),
                                  (ALICE, "/account/login", "")):
            response = asked.ask(target, *([who] if who else []), ("X-Doorward-Assertion", "root"))
            equal((response.status, response.all("X-Doorward-Assertion")), (200, [said]), f"{target} of {who}")
        equal(told(asked.ask("/admin/", ALICE)), {name: [] for name in HEADERS}, "somebody who may not pass")


def test_nobody_is_sent_to_sign_in_at_the_public_address():
    with Asked() as asked:
        response = asked.ask("/members/a?b=%20", BROWSER)
        equal((response.status, response.get("location")), (303, f"{PUBLIC}/account/login?return=/members/a?b=%20"), "a browser")
        equal(response.text(), "refused GET /members/a?b=%20", "what the engine was asked")
        equal(response.get("x-refused-host"), "site.example", "the host that the engine sees")
        equal(asked.ask("/members/", BROWSER, host="evil.example").get("x-refused-host"), "evil.example", "another host")
        response = asked.ask("/members/", method="DELETE")
        equal((response.status, response.get("location"), response.text()), (401, None, "refused DELETE /members/"), "a script")
        equal(response.get("www-authenticate"), "Doorward", "what a script is told")
        response = asked.ask("/members/", ("X-Forwarded-For", "203.0.113.9, 192.0.2.7"), BROWSER)
        equal(response.get("x-refused-client"), "192.0.2.7", "the client's address")


def test_the_rules_are_those_of_this_server_and_a_proxy_may_ask_for_more_only():
    confirm = f"{PUBLIC}/account/confirm?return="
    with Asked() as asked:
        for target, words, who, status, location in (
                ("/elsewhere", "", None, 401, None), ("/elsewhere", "", ALICE, 200, None),
                ("/admin", "", ALICE, 403, None), ("/admin/x", "", ADMINISTRATOR, 200, None), ("/administrators", "", ALICE, 200, None),
                ("/%61dmin/x", "", ALICE, 403, None), ("/admin;x=1/y", "", ALICE, 403, None), ("/admin?x=/open", "", ALICE, 403, None),
                ("/fresh/", "", ALICE, 200, None), ("/fresh/", "", STALE, 303, confirm + "/fresh/"),
                ("/open/", "", None, 200, None), ("/open/", "", ("Cookie", "fake=broken"), 200, None),
                ("/open/", "?required", None, 401, None), ("/open/", "?role=editor", None, 401, None),
                ("/open/", "?role=administrator", ALICE, 403, None), ("/open/", "?role=administrator", ADMINISTRATOR, 200, None),
                ("/open/", "?fresh=1h", STALE, 303, confirm + "/open/"), ("/elsewhere", "?fresh=1h", STALE, 303, confirm + "/elsewhere"),
                ("/admin/", "?required", ALICE, 403, None), ("/admin/", "?role=editor", ALICE, 403, None),
                ("/admin/", "?role=editor", ADMINISTRATOR, 403, None), ("/admin/", "?role=editor", ("Cookie", "fake=alice+editor"), 403, None),
                ("/fresh/", "?role=administrator", STALE, 303, confirm + "/fresh/"),
                ("/fresh/", "?role=administrator", ADMINISTRATOR, 200, None),
                ("/open/", "?level=2", ALICE, 403, None), ("/open/", "?level=2", ("Cookie", "fake=alice+strong"), 200, None),
                ("/open/", "?level=2", None, 401, None), ("/open/", "?level=1", ALICE, 200, None),
                ("/members/", "", ("Cookie", "fake=broken"), 503, None), ("/members/", "", ("Cookie", "fake=lost"), 503, None)):
            response = asked.ask(target, *([who] if who else []), *([BROWSER] if location else []), words=words)
            equal((response.status, response.get("location")), (status, location), f"{target}{words} of {who}")
            if status != 200:
                equal(told(response), {name: [] for name in HEADERS}, f"{target}{words} of {who} tells")
        equal(told(asked.ask("/open/")), NOTHING, "nobody, where everybody may pass")
        equal(told(asked.ask("/open/", ALICE))["X-Doorward-User"], ["id-of-alice"], "somebody, where everybody may pass")


def test_refusals_are_401_and_403_for_servers_that_know_no_others():
    with Asked() as asked:
        for target, who, host, status, location in (
                ("/members/", None, "site.example", 401, f"{PUBLIC}/account/login?return=/members/"),
                ("/fresh/", STALE, "site.example", 401, f"{PUBLIC}/account/confirm?return=/fresh/"),
                ("/admin/", ALICE, "site.example", 403, None), ("/members/", ALICE, "site.example", 200, None),
                ("/open/../admin/", ADMINISTRATOR, "site.example", 403, None), ("//members", ALICE, "site.example", 403, None),
                ("/members/", ("Cookie", "fake=broken"), "site.example", 503, None)):
            response = asked.ask(target, *([who] if who else []), BROWSER, words="?sign_in=401", host=host)
            equal((response.status, response.get("location")), (status, location), f"{target} of {who}")
        equal(asked.ask("/members/", words="?sign_in=401&role=editor").get("location"), None, "a script has no page to go to")
        equal(asked.ask("/members/", ALICE, words="?sign_in=401&role=editor").status, 403, "both words count")


def test_words_that_are_not_understood_let_nobody_pass():
    with Asked() as asked:
        for words in ("?rol=administrator", "?role=", "?role=a%20b", "?role=a+b", "?role=a,b", "?role=a&role=b", "?fresh=", "?fresh=15",
                      "?fresh=0s", "?fresh=2d", "?level=3", "?level=", "?level=2&level=2",
                      "?fresh=15m&fresh=1h", "?required=no", "?required&required", "?optional", "?sign_in=302",
                      "?required&", "?&required", "?Role=administrator"):
            expected = 200 if words == "?required&" else 400
            equal(asked.ask("/open/", ADMINISTRATOR, words=words).status, expected, words)
        equal(asked.ask("/open/", words="?").status, 200, "no words")
        expect('not "rol=administrator"' in asked.server.log(), "the log says what isn't understood")


def test_half_a_question_is_not_answered():
    whole = [("X-Forwarded-Method", "GET"), ("X-Forwarded-Host", "site.example"), ("X-Forwarded-Uri", "/open/")]
    with Asked() as asked:
        equal(asked.raw("/forward-auth", *whole).status, 200, "a whole question")
    for i, (name, value) in enumerate(whole):
        rest = whole[:i] + whole[i + 1 :]
        with Asked() as asked:  # each: the log speaks of one in ten seconds
            equal(asked.raw("/forward-auth", *rest, ALICE).status, 400, f"without {name}")
            equal(asked.raw("/forward-auth", *rest, (name, ""), ALICE).status, 400, f"with an empty {name}")
            equal(asked.raw("/forward-auth", *whole, (name, value), ALICE).status, 400, f"with two {name}")
            expect(f"forward auth: {name} is missing" in asked.server.log(), f"the log doesn't speak of {name}")
    with Asked() as asked:
        others = [("X-Original-URI", "/open/"), ("X-Original-URL", "/open/"), ("X-Original-Method", "GET"), ("X-Rewrite-URL", "/open/"),
                  ("X-Forwarded_Uri", "/open/"), ("X_Forwarded_Uri", "/open/"), ("Forwarded", "host=site.example")]
        equal(asked.raw("/forward-auth", *others, ALICE).status, 400, "other names say nothing")
        equal(asked.raw("/forward-auth", ("X-Forwarded-Method", "GET"), ("X-Forwarded-Host", "site.example"),
                        ("X-Forwarded-Uri", "/members/"), *others).status, 401, "other names change nothing")
        for method in ("G T", "GET,POST", "GET\t", "G\xe9T", "\"GET\""):
            response = asked.ask("/members/", ALICE, method=method)
            expect(response.status == (200 if method == "GET\t" else 400), f"{method!r} is answered {response.status}")


TRICKS = ("/open/../admin/", "/open/%2e%2e/admin/", "/open/%2E./admin", "/open/./x", "/open/.", "/open/..", "/..", "//open/", "/open//x", "//evil.example/",
          "/open/..;/admin", "/open/;/admin", "/open%2fx", "/open%2f..%2fadmin", "/open/%5c..%5cadmin", "/open\\..\\admin", "/open/%00", "/open/%0d%0aX:1",
          "/open/%zz", "/open/%", "/open/%7f", "/open/#x", "/open/a b", "open/", "", "*", "?", "http://site.example/open/", "https:/open/", "/open/\x7f",
          "/open/\xc3\xa4", "/" + "x" * 17000)


def test_an_address_that_could_be_read_in_two_ways_lets_nobody_pass():
    with Asked() as asked:
        for trick in TRICKS:
            equal(asked.ask(trick, ADMINISTRATOR).status, 400, f"{trick[:60]!r} in a header")
            if trick.startswith("/") and not set(trick) & set(" \x7f\xc3"):
                response = asked.raw(f"/forward-auth{trick}", ADMINISTRATOR)
                equal(response.status, 400, f"{trick[:60]!r} behind the path")
        for plain in ("/open/", "/open", "/open/...", "/open/..x/.y", "/open/a;b=c/d", "/open/%20%C3%A4", "/open/?x=/../admin//", "/open/x?"):
            equal(asked.ask(plain).status, 200, f"{plain} in a header")
            equal(asked.raw(f"/forward-auth{plain}").status, 200, f"{plain} behind the path")


def test_only_trusted_proxies_may_ask():
    question = [("X-Forwarded-Method", "GET"), ("X-Forwarded-Host", "site.example"), ("X-Forwarded-Uri", "/open/"),
                ("X-Forwarded-For", "127.0.0.1"), ADMINISTRATOR]
    with Asked() as asked:
        for target in ("/forward-auth", "/forward-auth?required", "/forward-auth/open/"):
            response = asked.from_elsewhere(client.message("GET", target, question))
            equal((response.status, told(response)), (403, {name: [] for name in HEADERS}), target)
        said = asked.server.log().count("asked by 127.0.0.2, which trusted_proxies doesn't name")
        equal(said, 1, "the log says who asked, once and not for each question")
        equal(asked.from_elsewhere(client.message("GET", "/account/x")).status, 200, "Doorward's pages are for everybody")


def test_doorwards_own_pages_are_let_pass_and_nothing_is_told():
    with Asked() as asked:
        for target in ("/account", "/account/login?return_to=/members/", "/backup-login"):
            response = asked.ask(target, ALICE, words="?role=administrator")
            equal((response.status, told(response)), (200, NOTHING), target)
        for target in ("/accounts", "/account;x", "/backup-login/x", "/ACCOUNT"):
            equal(asked.ask(target).status, 401, target)
        for target in ("/account/../admin", "/account/..%2fadmin"):
            equal(asked.ask(target, ADMINISTRATOR).status, 400, target)
        equal(asked.raw("/account/x").status, 200, "a page itself")
        equal(asked.raw("/elsewhere").status, 404, "nothing else is here")
        equal(asked.raw("/forward-authors").status, 404, "nothing else is here")


def test_a_question_may_be_the_original_request_behind_the_path():
    with Asked() as asked:
        response = asked.raw("/forward-auth/members/a?role=x&sign_in=401", BROWSER)
        equal((response.status, response.get("location")),
              (303, f"{PUBLIC}/account/login?return=/members/a?role=x&sign_in=401"), "the query is the original's")
        equal(response.get("x-refused-host"), "site.example", "the host")
        equal(asked.raw("/forward-auth/", method="PUT").text(), "refused PUT /", "the method")
        equal(asked.raw("/forward-auth/admin/", ALICE).status, 403, "a role")
        equal(told(asked.raw("/forward-auth/admin/", ADMINISTRATOR))["X-Doorward-User"], ["id-of-alice"], "somebody")
        equal(told(asked.raw("/forward-auth/account/login", ALICE)), NOTHING, "a page of Doorward's")
        for name in ("X-Forwarded-Uri", "X-Forwarded-Method", "x-forwarded-uri"):
            for target in ("/forward-auth/", "/forward-auth/open/"):
                equal(asked.raw(target, (name, "/admin/"), ADMINISTRATOR).status, 400, f"{target} with {name}")
        for target in ("/forward-auth/../forward-auth", "/forward-auth/../account/x", "/forward-auth//open/"):
            equal(asked.raw(target, ("X-Forwarded-Host", "site.example"), ADMINISTRATOR).status, 400, target)
        equal(asked.raw("/forward-auth/members", method="TRACE").status, 405, "TRACE")


def test_questions_of_every_form_are_answered_on_connections_that_go_on():
    about = [("X-Forwarded-Method", "POST"), ("X-Forwarded-Host", "site.example"), ("X-Forwarded-Uri", "/members/")]
    with Asked() as asked:
        old = b"GET /forward-auth HTTP/1.0\r\n" + b"".join(f"{name}: {value}\r\n".encode() for name, value in [*about, ALICE]) + b"\r\n"
        equal(client.send(asked.port, old).status, 200, "HTTP/1.0 without a host")
        equal(client.send(asked.port, old.replace(b"/forward-auth", b"/forward-auth/members/").replace(b"X-Forwarded-", b"X-")).status, 400,
              "HTTP/1.0 without a host, the host of which would count")
        for method in ("GET", "HEAD", "POST", "OPTIONS"):
            response = asked.raw("/forward-auth", *about, ALICE, method=method, body=b"x" * 3000 if method == "POST" else None)
            equal((response.status, response.body), (200, b""), method)
            response = asked.raw("/forward-auth/members/", method=method, body=b"x" * 3000 if method == "POST" else None, chunked=method == "POST")
            equal((response.status, response.text()), (401, "" if method == "HEAD" else f"refused {method} /members/"), f"{method} behind the path")
        with socket.create_connection(("127.0.0.1", asked.port), 20) as connection:
            file = connection.makefile("rb")
            for who, status in ((ALICE, 200), (None, 401), (ALICE, 200)):
                connection.sendall(client.message("GET", "/forward-auth", about + ([who] if who else []), keep=True))
                equal(client.read_response(file).status, status, "one after the other")
            connection.sendall(client.message("GET", "/forward-auth", [*about, ALICE], b"GET /account/x HTTP/1.1\r\nHost: a\r\n\r\n", keep=True))
            response = client.read_response(file)
            equal((response.status, response.get("connection"), file.read()), (200, "close", b""), "a body is not the next question")


def test_what_can_not_work_is_said_at_the_start():
    with temporary_folder() as folder:
        settings = fake.settings(folder)
        write(f"{folder}/www/index.html", "x")
        trust = ["trust", "127.0.0.1"]
        for words, sentence in (
                (["forward-auth", "/f"], "trusted_proxies names nobody"), (["forward-auth", "/", *trust], "takes a clean path"),
                (["forward-auth", "f", *trust], "takes a clean path"), (["forward-auth", "/a/../f", *trust], "takes a clean path"),
                (["forward-auth", "/f?x", *trust], "takes a clean path"), (["forward-auth", "/f%20", *trust], "takes a clean path"),
                (["forward-auth", "/account/f", *trust], "one of Doorward's own pages"),
                (["forward-auth", "/backup-login", *trust], "one of Doorward's own pages"), (trust, "--upstream, --root or --forward-auth")):
            server = Server(folder, settings, words)
            try:
                server.start()
                server.stop()
                raise support.Failed(f"{words} was started")
            except support.Failed as fault:
                expect(sentence in str(fault), f"{words}: {fault}")


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
