"""Applications that believe nobody: behind nginx, Apache and `doorward serve` they get a signed statement of who is asking, read the keys
over HTTP, and verify it with libraries that know nothing of Doorward: Python's PyJWT and Node's jose, by the lines of docs/guides/upstreams.md."""
import base64
import contextlib
import datetime
import hashlib
import http.client
import json
import os
import re
import subprocess
import sys
import urllib.request
from unittest import mock

import jwt

from stack_site import COMMAND, ENGINE, Person, Site, ask
from harness import guide, support
from harness.apache import Apache
from harness.nginx import end_with_the_test
from harness.support import equal, expect, until, write
from harness.upstream import Upstream

MODULES = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "node_modules")
NGINX = """
    server {{
        listen 127.0.0.1:{{port2}};
        doorward_config {folder}/doorward.yaml;
        location / {{
            doorward required;
            proxy_set_header X-Doorward-Assertion $doorward_assertion;
            proxy_pass http://127.0.0.1:UPSTREAM;
        }}
    }}
"""
APACHE = """
DoorwardConfig {folder}/doorward.yaml
DoorwardHeaders On
DoorwardAssertion On
<Location />
    AuthType Doorward
    Require valid-user
    DoorwardRemoteUser email
</Location>
ProxyPass / http://127.0.0.1:{upstream}/
"""


@contextlib.contextmanager
def nginx(upstream, **site):
    """A site whose application is at site.nginx.port2."""
    with Site(workers=1, http=NGINX.replace("UPSTREAM", str(upstream.port)), **site) as made:
        yield made


@contextlib.contextmanager
def apache(site, upstream):
    os.mkdir(f"{site.folder}/apache")
    config = APACHE.format(folder=site.folder, upstream=upstream.port)
    with Apache(f"{site.folder}/apache", config, processes=1, engine=ENGINE) as server:
        yield server.port


@contextlib.contextmanager
def serve(site, upstream):
    words = ["--listen", "127.0.0.1:0", "--upstream", f"http://127.0.0.1:{upstream.port}", "--protect", "/", "--assertion"]
    path = f"{site.folder}/serve.log"
    with open(path, "w", encoding="utf-8") as log:
        process = subprocess.Popen([COMMAND, "--config", f"{site.folder}/doorward.yaml", "--engine", ENGINE, "serve", *words],
                                   stderr=log, preexec_fn=end_with_the_test)

    def listening():
        with open(path, encoding="utf-8") as file:
            text = file.read()
        expect(process.poll() is None, f"doorward serve ended: {text}")
        return re.search(r"listening on \S+:(\d+)\n", text)

    try:
        yield int(until(listening, "doorward serve listens")[1])
    finally:
        process.terminate()
        process.wait(60)


def told(port, person):
    """The statement that the application behind this port got, which shows what it was sent."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    answer = ask(connection, "/x", person.cookie, headers=[("X-Doorward-Assertion", "forged")])
    connection.close()
    equal(answer.status, 200, "the application's answer")
    found = [value for name, value in json.loads(answer.text)["headers"] if name.lower() == "x-doorward-assertion"]
    equal(len(found), 1, "statements")
    return found[0]


def origin(site):
    return f"http://127.0.0.1:{site.nginx.port}"


def verified(token, keys_of, audience_of=None, issuer_of=None):
    """The claims; raises what PyJWT raises."""
    keys = jwt.PyJWKClient(f"{origin(keys_of)}/account/jwks.json")
    return jwt.decode(token, keys.get_signing_key_from_jwt(token).key, algorithms=["ES256"], audience=origin(audience_of or keys_of),
                      issuer=origin(issuer_of or keys_of) + "/account", options={"require": ["exp", "iat", "sub"]})


def refused(why, *arguments, **more):
    try:
        verified(*arguments, **more)
    except why:
        return
    expect(False, f"it was not refused as {why.__name__}")


def of_guide(language, site):
    """The guide's lines in this language, for this site."""
    return guide.block(language, ("https://example.org", origin(site)), within=guide.under("upstreams", "A signed assertion"))


def by_python(site, token):
    names = {}
    exec(of_guide("python", site), names)  # what the guide tells readers to write
    return names["who"](token)


def by_node(site, token):
    """None: it was refused."""
    folder = f"{site.folder}/node"
    if not os.path.exists(folder):
        write(f"{folder}/who.mjs", of_guide("js", site) + "console.log(JSON.stringify(await who(process.argv[2])));\n")
        os.symlink(MODULES, f"{folder}/node_modules")
    done = subprocess.run(["node", f"{folder}/who.mjs", token], capture_output=True, text=True, timeout=60)
    expect(done.returncode == 0 or "ERR_J" in done.stderr, f"Node: {done.stderr}")
    return json.loads(done.stdout) if done.returncode == 0 else None


def signed_in(site, *words, name="Ada Lovelace"):
    account = site.account("ada@site.example", *words, name=name)
    person = Person(site)
    equal(person.login("ada@site.example").status, 200, "signing in")
    return account, person


def keys_of(site):
    with urllib.request.urlopen(f"{origin(site)}/account/jwks.json", timeout=30) as answer:
        return json.load(answer)["keys"]


def test_an_application_verifies_who_is_asking_behind_every_server():
    with Upstream() as upstream, nginx(upstream) as site, apache(site, upstream) as apache_port, serve(site, upstream) as serve_port:
        account, ada = signed_in(site, "--administrator", name="Ada, „Königin“")
        sessions = set()
        for port in (site.nginx.port2, apache_port, serve_port):
            token = told(port, ada)
            claims = by_python(site, token)
            equal(by_node(site, token), claims, "what Node says")
            equal({name: claims[name] for name in ("sub", "email", "name", "roles", "amr")},
                  {"sub": account, "email": "ada@site.example", "name": "Ada, „Königin“", "roles": ["administrator"], "amr": ["pwd"]},
                  "what is known")
            equal(claims["exp"] - claims["iat"], 60, "how long it is good")
            expect(0 <= claims["iat"] - claims["auth_time"] < 600, f"when they signed in: {claims}")
            equal(jwt.get_unverified_header(token)["typ"], "JWT", "type")
            equal(told(port, ada), token, "the next request's")  # well within half of its life
            sessions.add(claims["sid"])
        equal(len(sessions), 1, "sessions that one session was told as")


def test_keys_are_named_by_their_thumbprint():
    with Upstream() as upstream, nginx(upstream) as site:
        keys = keys_of(site)
        equal(len(keys), 3, "keys: of this week, of the last and of the next")
        for key in keys:
            canonical = json.dumps({name: key[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"), sort_keys=True)
            thumbprint = base64.urlsafe_b64encode(hashlib.sha256(canonical.encode()).digest()).decode().rstrip("=")
            equal(key["kid"], thumbprint, "RFC 7638")
            expect("d" not in key, "a private key is shown")


def test_what_an_application_refuses():
    with Upstream() as upstream, nginx(upstream) as site, nginx(upstream) as other:
        _, ada = signed_in(site)
        token = told(site.nginx.port2, ada)
        head, claims, signature = token.split(".")
        refused(jwt.PyJWKClientError, token, other, site, site)  # who signed isn't known there
        changed = json.loads(base64.urlsafe_b64decode(claims + "=="))
        changed["roles"] = ["administrator"]
        altered = base64.urlsafe_b64encode(json.dumps(changed).encode()).decode().rstrip("=")
        refused(jwt.InvalidSignatureError, f"{head}.{altered}.{signature}", site)
        refused(jwt.InvalidSignatureError, f"{head}.{claims}.{signature[:-4]}AAAA", site)
        equal(by_node(site, f"{head}.{altered}.{signature}"), None, "an altered one, for Node")
        equal(by_node(other, token), None, "one of another site, for Node")
        issued = json.loads(base64.urlsafe_b64decode(claims + "=="))["iat"]
        with mock.patch("jwt.api_jwt.datetime", clock_at(issued + 59)):
            verified(token, site)
        with mock.patch("jwt.api_jwt.datetime", clock_at(issued + 61)):
            refused(jwt.ExpiredSignatureError, token, site)


def clock_at(seconds):
    class Stopped(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.datetime.fromtimestamp(seconds, tz)
    return Stopped


def test_hosts_of_one_key_ring_sign_with_one_key_and_for_themselves():
    with Upstream() as upstream, nginx(upstream) as site, nginx(upstream, key_ring=f"{site.folder}/state/key_ring") as host:
        equal(keys_of(host), keys_of(site), "the keys of hosts that share a key ring")
        _, ada = signed_in(site)
        token = told(site.nginx.port2, ada)
        verified(token, host, site, site)  # by the other host's keys
        refused(jwt.InvalidAudienceError, token, host, host, site)
        refused(jwt.InvalidIssuerError, token, host, site, host)


def test_settings_say_for_whom_and_for_how_long():
    with Upstream() as upstream, nginx(upstream, settings="assertion: {audience: billing, lifetime: 5m}") as site:
        _, ada = signed_in(site)
        token = told(site.nginx.port2, ada)
        refused(jwt.InvalidAudienceError, token, site)
        keys = jwt.PyJWKClient(f"{origin(site)}/account/jwks.json")
        claims = jwt.decode(token, keys.get_signing_key_from_jwt(token).key, algorithms=["ES256"], audience="billing")
        equal(claims["exp"] - claims["iat"], 300, "how long it is good")


def heard(port, method, target):
    """(status, Content-Length, bytes of the body) of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, target, headers={"Accept": "text/html"})
    answer = connection.getresponse()
    told_length, length = answer.getheader("Content-Length"), len(answer.read())
    connection.close()
    return answer.status, told_length, length


def test_a_head_says_how_long_the_keys_and_pages_are():  # RFC 9110 8.6
    with Upstream() as upstream, nginx(upstream) as site, apache(site, upstream) as apache_port, serve(site, upstream) as serve_port:
        for port in (site.nginx.port, apache_port, serve_port):
            for target in ("/account/jwks.json", "/account/login", "/account/nothing-here"):
                status, told_length, length = heard(port, "GET", target)
                expect(length > 0 and told_length == str(length), f"GET {target}: {told_length}, {length} bytes")
                equal(heard(port, "HEAD", target), (status, str(length), 0), f"HEAD {target} at port {port}")


def test_nobody_signs_for_who_has_signed_out_or_lost_a_role():
    with Upstream() as upstream, nginx(upstream) as site, apache(site, upstream) as apache_port:
        _, ada = signed_in(site, name="Ada Lovelace")
        ports = (site.nginx.port2, apache_port)
        equal({verified(told(port, ada), site)["name"] for port in ports}, {"Ada Lovelace"}, "before")
        equal(ada.post("/account/profile", name="Countess").status, 200, "a new name")
        equal({verified(told(port, ada), site)["name"] for port in ports}, {"Countess"}, "at the very next request")
        cookie = ada.cookie
        equal(ada.post("/account/logout").status, 200, "signing out")
        seen = len(upstream.seen())
        for port in ports:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            expect(ask(connection, "/x", cookie).status in (303, 421), "who has signed out passes")
            connection.close()
        equal(len(upstream.seen()), seen, "requests that reached the application")


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
