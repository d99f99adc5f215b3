"""The servers that ask `doorward serve`, set up as docs/guides/forward-auth.md says: nginx and Caddy themselves, and what Traefik and Envoy
send and do with the answer, as their documentation has it."""
import contextlib
import json
import os
import re
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, fake, guide, support
from harness.caddy import Caddy
from harness.guide import HEADERS
from harness.nginx import Nginx
from harness.server import Server
from harness.support import equal, expect, temporary_folder
from harness.upstream import Upstream

BROWSER = ("Accept", "text/html")
ALICE = ("Cookie", "fake=alice")
ADMINISTRATOR = ("Cookie", "fake=alice+administrator")
WORDS = ["forward-auth", "/forward-auth", "trust", "127.0.0.1", "protect", "/admin:role=administrator", "protect", "/fresh:fresh=15m",
         "optional", "/open"]
PUBLIC = "https://site.example"
FORGED = [(spelling, "forged") for name in HEADERS for spelling in (
    name, name.lower(), name.upper(), name.replace("-", "_"), name.replace("-", "_", 1), name.replace("-", "."))]
FORGED += [("X-Forwarded-Uri", "/open/"), ("X-Forwarded-Method", "PUT"), ("X-Forwarded-Host", "evil.example"),
           ("X-Original-URI", "/open/"), ("X-Forwarded-Proto", "https")]


class Traefik:
    """forwardAuth: GET to the address with the client's headers, X-Forwarded-* set anew; the headers of the answer that fit the
    pattern take the place of all of the client's that do, or the answer is the client's, its Location completed."""

    def __init__(self, serve, application):
        self.serve, self.application = serve, application
        self.pattern = re.compile(guide.traefik_pattern())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def request(self, method, target, headers=(), body=None):
        if re.fullmatch(r"/account(/.*)?|/backup-login", target.split("?")[0]):
            return client.http1(self.serve, method, target, headers, body)
        own = {"x-forwarded-for": "127.0.0.1", "x-forwarded-method": method, "x-forwarded-proto": "https", "x-forwarded-port": "443",
               "x-forwarded-host": "site.example", "x-forwarded-uri": target, "x-forwarded-server": "traefik"}
        asked = [pair for pair in headers if pair[0].lower() not in own]
        data = client.message("GET", "/forward-auth", [*asked, *own.items()], host=f"127.0.0.1:{self.serve}")
        answer = client.send(self.serve, data)
        if answer.status // 100 != 2:
            location = answer.get("location")
            expect(location is None or location.startswith("https://"), f"Traefik would complete {location}")
            return answer
        kept = [pair for pair in headers if not self.pattern.search(pair[0])]
        taken = [pair for pair in answer.headers if self.pattern.search(pair[0])]
        return client.http1(self.application, method, target, [*kept, *taken], body)


class Envoy:
    """ext_authz over HTTP: the original method, host and path behind the prefix, headers that are allowed; of the answer those
    that are allowed take the place of the client's."""

    def __init__(self, serve, application):
        self.serve, self.application = serve, application
        self.removed = re.compile(guide.envoy_pattern())
        self.allowed = guide.envoy_list("allowed_headers", "exact")
        (self.taken,) = guide.envoy_list("allowed_upstream_headers", "prefix")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def request(self, method, target, headers=(), body=None):
        if re.fullmatch(r"/account(/.*)?|/backup-login", target.split("?")[0]):
            return client.http1(self.serve, method, target, headers, body)
        headers = [(name.lower(), value) for name, value in headers if not self.removed.search(name.lower())]
        asked = [pair for pair in headers if pair[0] in self.allowed]
        asked += [("x-envoy-internal", "true"), ("x-forwarded-for", "127.0.0.1"), ("x-envoy-expected-rq-timeout-ms", "5000")]
        answer = client.http1(self.serve, method, f"/forward-auth{target}", [*asked, ("content-length", "0")])
        if answer.status != 200:
            return answer
        taken = [pair for pair in answer.headers if pair[0].startswith(self.taken)]
        names = {name for name, _ in taken}
        return client.http1(self.application, method, target, [pair for pair in headers if pair[0] not in names] + taken, body)


class Real:
    def request(self, method, target, headers=(), body=None):
        return client.http1(self.server.port, method, target, headers, body)

    def __enter__(self):
        self.server.__enter__()
        return self

    def __exit__(self, *error):
        self.server.__exit__(*error)
        self.folders.__exit__(None, None, None)


class RealNginx(Real):
    def __init__(self, serve, application):
        self.folders = temporary_folder()
        folder = self.folders.__enter__()
        self.server = Nginx(folder, guide.nginx(serve, application), engine="", module="")

    def request2(self, method, target, headers=()):
        return client.http2(self.server.port2, method, target, headers)


class RealCaddy(Real):
    def __init__(self, serve, application):
        self.folders = temporary_folder()
        self.server = Caddy(self.folders.__enter__(), guide.caddy(serve, application))


class Site:
    def __init__(self, kind):
        self.kind = kind

    def __enter__(self):
        with contextlib.ExitStack() as begun:
            folder = begun.enter_context(temporary_folder())
            self.application = begun.enter_context(Upstream())
            self.serve = begun.enter_context(Server(folder, fake.settings(folder), WORDS))
            self.proxy = begun.enter_context(self.kind(self.serve.port, self.application.port))
            self.begun = begun.pop_all()
        return self

    def __exit__(self, *error):
        self.begun.__exit__(*error)

    def get(self, target, *headers, method="GET", body=None):
        return self.proxy.request(method, target, headers, body)

    def shown(self, target, *headers, **more):
        """What the application was sent: {lower-case name: [values]}."""
        response = self.get(target, *headers, **more)
        equal(response.status, 200, f"{target} with {headers}: {response}")
        return of_application(response)


def of_application(response):
    seen = {}
    for name, value in json.loads(response.text())["headers"]:
        seen.setdefault(name.lower(), []).append(value)
    return seen


def identity(seen):
    """What an application that folds names would take for Doorward's word, without empty headers."""
    return {name: values for name, values in seen.items() if "doorward" in name and values != [""]}


KNOWN = {"x-doorward-user": ["id-of-alice"], "x-doorward-email": ["alice@example.org"], "x-doorward-name": ["The %C3%A4pple of alice"],
         "x-doorward-session": ["session-of-alice"], "x-doorward-locale": ["en"], "x-doorward-methods": ["pwd otp"],
         "x-doorward-time-zone": ["Europe/Berlin"], "x-doorward-phone": ["+4930901820"], "x-doorward-picture": ["/account/picture/1"],
         "x-doorward-notifications": ["blog,shop"], "x-doorward-clock": ["12"], "x-doorward-mac-format": ["dot"],
         "x-doorward-theme": ["dark"], "x-doorward-authenticated-at": ["1700000000"]}


def who_may_pass_is_known_and_nobody_is_helped(kind):
    with Site(kind) as site:
        equal(identity(site.shown("/members/x?y=1", ALICE)), KNOWN, "what the application is told")
        equal(identity(site.shown("/admin/", ADMINISTRATOR)), {**KNOWN, "x-doorward-roles": ["administrator"]}, "an administrator")
        equal(identity(site.shown("/open/", ALICE)), KNOWN, "somebody where everybody may pass")
        equal(identity(site.shown("/open/")), {}, "nobody where everybody may pass")
        seen = len(site.application.seen())
        response = site.get("/members/x?y=%20z", BROWSER)
        equal((response.status, response.get("location")), (303, f"{PUBLIC}/account/login?return=/members/x?y=%20z"), "nobody in a browser")
        response = site.get("/members/x", method="POST", body=b"abc")
        equal((response.status, response.get("location"), response.get("www-authenticate")), (401, None, "Doorward"), "a script")
        equal(site.get("/admin/", ALICE, BROWSER).status, 403, "somebody without the role")
        response = site.get("/fresh/", ("Cookie", "fake=alice+stale"), BROWSER)
        equal((response.status, response.get("location")), (303, f"{PUBLIC}/account/confirm?return=/fresh/"), "not freshly enough")
        expect(site.get("/members/", ("Cookie", "fake=broken"), BROWSER).status in (500, 503), "a store that can't be asked")
        equal(site.get("/members/", method="HEAD").status, 401, "HEAD")
        equal(len(site.application.seen()), seen, "requests that reached the application")
        response = site.get("/members/", ALICE, method="POST", body=b"hello")
        expect('"body": "hello"' in response.text() and '"method": "POST"' in response.text(), f"a body: {response}")


def what_clients_write_themselves_counts_for_nothing(kind):
    with Site(kind) as site:
        equal(identity(site.shown("/open/", *FORGED)), {}, "nobody, forged")
        equal(identity(site.shown("/open/", ("Cookie", "fake=broken"), *FORGED)), {}, "nobody knows, forged")
        equal(identity(site.shown("/members/", ALICE, *FORGED)), KNOWN, "somebody, forged")
        seen = len(site.application.seen())
        equal(site.get("/members/", *FORGED).status, 401, "nobody, where somebody is needed")
        equal(site.get("/admin/", ALICE, *FORGED).status, 403, "somebody, where an administrator is needed")
        response = site.get("/members/", BROWSER, *FORGED)
        equal((response.status, response.get("location")), (303, f"{PUBLIC}/account/login?return=/members/"), "the way back")
        equal(len(site.application.seen()), seen, "requests that reached the application")
        for name in ("Connection", "connection"):
            for listed in ("X-Forwarded-Uri, X-Forwarded-Method, X-Forwarded-Host", "Cookie", "X-Doorward-User, x-doorward-roles"):
                response = site.get("/admin/", ALICE, (name, listed))
                expect(response.status in (400, 401, 403, 500), f"{name}: {listed} is answered {response.status}")


def an_address_that_could_be_read_in_two_ways_does_not_get_through(kind):
    with Site(kind) as site:
        for target in ("/open/../admin/x", "/open/%2e%2e/admin/x", "/open/..%2fadmin/x", "/open/..%2Fadmin/x", "/open%2f..%2fadmin/x", "//admin/x",
                       "/open//../admin/x", "/open/..;/admin/x", "/open/..\\admin/x", "/open/%5c../admin/x", "/./admin/x", "/open/%2e%2e%2fadmin",
                       "/admin/%2e", "/admin;x/y", "/%61dmin/x", "/admin", "/open/%00/../admin", "/account/../admin/x", "/account/..%2fadmin"):
            before = len(site.application.seen())
            response = site.get(target, ALICE, BROWSER)
            expect(400 <= response.status < 600, f"{target} is answered {response.status}")
            equal(len(site.application.seen()), before, f"{target} reached the application; requests")


def doorwards_own_pages_are_served_and_its_cookies_stay(kind):
    with Site(kind) as site:
        response = site.get("/account/login?x=1", ("Cookie", "fake=alice; theme=dark"), method="POST", body=b"a=b")
        equal(response.status, 200, "a page")
        for part in ('"target":"/account/login?x=1"', '"body":"a=b"', '"client_address":"127.0.0.1"', '["Host","site.example"]', "fake=alice"):
            expect(part in response.text().replace('["host"', '["Host"'), f"{part} isn't in {response.text()}")
        equal(len(response.all("set-cookie")), 2, "cookies")
        equal(site.get("/backup-login").status, 200, "the other page")
        equal(site.get("/accounts").status, 401, "no page of Doorward's")
        if kind in (Traefik, Envoy):
            return  # the guide says that these don't
        for sent, left in (("fake=alice", None), ("fake=alice; theme=dark", "theme=dark"), ("theme=dark; fake=alice", "theme=dark"),
                           ("a=1; fake=alice; b=2; fake-browser=x; c=3; fake-device=y", "a=1; b=2; c=3"),
                           ("fake-browser=x; fake-device=y; fake-step=z; fake-bounce=1; fake=alice; a=1", "a=1"),
                           ("unfake=1; fake=alice; fakes=2;c=3;fake-browser=4", "unfake=1; fakes=2;c=3"),
                           # All that there are, in the order of core/src/http/cookies.hpp.
                           ("fake=alice; fake-browser=1; fake-device=2; fake-step=3; fake-link=4; fake-bounce=5; fake-trust=6; a=1", "a=1")):
            value = (site.shown("/members/", ("Cookie", sent)).get("cookie") or [""])[0].strip("; ")
            equal(value, left or "", f"what is left of {sent}")
        many = "; ".join(["fake=alice"] * 12)
        value = (site.shown("/members/", ("Cookie", f"{many}; a=1")).get("cookie") or [""])[0]
        expect("fake" not in value, f"left of twelve sessions: {value}")


def without_doorward_nobody_passes(kind):
    with Site(kind) as site:
        site.serve.stop()
        for target in ("/members/", "/open/", "/forward-auth", "/account/login"):
            try:
                response = site.get(target, ADMINISTRATOR)
                expect(response.status in (401, 404, 500, 502, 503), f"{target} is answered {response.status}")
            except ConnectionError:
                expect(kind in (Traefik, Envoy), f"{target} isn't answered")
        equal(site.application.seen(), [], "what the application saw")
        site.serve.start()


def test_nginx_does_so_over_http2_too_and_keeps_the_question_to_itself():
    with Site(RealNginx) as site:
        response = site.proxy.request2("GET", "/members/x", [("accept", "text/html")])
        equal((response.status, response.get("location")), (303, f"{PUBLIC}/account/login?return=/members/x"), "a browser")
        response = site.proxy.request2("GET", "/members/x", [("cookie", "theme=dark"), ("cookie", "fake=alice"), ("x-doorward-roles", "forged")])
        equal((identity(of_application(response)), of_application(response)["cookie"]), (KNOWN, ["theme=dark; "]), "somebody")
        equal(site.get("/forward-auth", ALICE).status, 404, "asking from outside")


def test_caddy_tells_nothing_of_nobody():
    with Site(RealCaddy) as site:
        equal([name for name in site.shown("/open/") if "doorward" in name], [], "headers of nobody")


def each(scenario):
    """One test for each server."""
    def made(kind):
        def test():
            scenario(kind)
        test.__name__ = f"test_{kind.__name__.lower()}_{scenario.__name__}"
        return test
    return [made(kind) for kind in (RealNginx, RealCaddy, Traefik, Envoy)]


if __name__ == "__main__":
    socket.setdefaulttimeout(30)
    support.run(support.tests_in(sys.modules[__name__]) + [test for scenario in (
        who_may_pass_is_known_and_nobody_is_helped, what_clients_write_themselves_counts_for_nothing,
        an_address_that_could_be_read_in_two_ways_does_not_get_through, doorwards_own_pages_are_served_and_its_cookies_stay,
        without_doorward_nobody_passes) for test in each(scenario)])
