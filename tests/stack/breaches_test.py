"""Passwords that a service says have leaked: a server of Have I Been Pwned's protocol, in all its moods, before the real
engine. What leaves the machine is looked at where it arrives."""
import hashlib
import http.server
import re
import subprocess
import sys
import threading

from stack_site import COMMAND, ENGINE, PASSWORD, Person, Site
from certificates import Authority
from harness import support
from harness.support import equal, expect, temporary_folder

WHO = "ada@site.example"
LEAKED = "tangerine-wardrobe-93"
GOOD = "a heron on the ninth buoy"


class Service(http.server.ThreadingHTTPServer):
    """`mood` says how it answers; `asked` is what it was asked: paths and headers."""

    daemon_threads = True

    def __init__(self, tls=None):
        super().__init__(("127.0.0.1", 0), Handler)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.scheme = "https" if tls else "http"
        self.mood, self.asked, self.released = "well", [], threading.Event()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *rest):
        self.released.set()
        self.shutdown()
        self.server_close()

    def url(self, host="127.0.0.1"):
        return f"{self.scheme}://{host}:{self.server_address[1]}/range/"

    def handle_error(self, request, client_address):
        pass  # a client that hangs up, as it should


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        mood = self.server.mood
        digits = hashlib.sha1(LEAKED.encode()).hexdigest().upper()
        known = self.path.rpartition("/")[2].upper() == digits[:5]
        lines = ["0018A45C4D1DEF81644B54AB7F969B88D65:1", "00D4F6E8FA6EECAD2A3AA415EEC418D38EC:0"]
        if known:
            lines.insert(1, f"{digits[5:]}:4711")
        body = "\r\n".join(lines).encode()
        if mood == "silent":
            self.server.released.wait(30)
            self.close_connection = True
            return
        if mood == "redirect":
            self.answer(302, b"", {"Location": self.server.url() + "elsewhere/" + self.path[-5:]})
        elif mood == "error":
            self.answer(503, body)
        elif mood == "page":
            self.answer(200, b"<html>Please sign in to this network</html>")
        elif mood == "empty":
            self.answer(200, b"")
        elif mood == "huge":
            self.answer(200, b"\r\n".join([body] + [lines[0].encode()] * 40000))
        elif mood == "cut":
            self.answer(200, body, length=len(body) + 10)
            self.close_connection = True
        else:
            self.answer(200, body)

    def answer(self, status, body, headers=(), length=None):
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *rest):
        pass


def settings(service, more="", url=None):
    return f"password: {{breach_service: '{url or service.url()}', breach_timeout: 1s{more}}}\n"


def choose(site, password):
    """What the command says where it is to set this password: a process of its own, which has asked nobody before."""
    done = subprocess.run([COMMAND, "--config", f"{site.folder}/doorward.yaml", "--engine", ENGINE, "account", "set-password", WHO,
                           "--password-stdin"], input=password + "\n", capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_a_leaked_password_is_refused_and_five_digits_leave_the_machine():
    with Service() as service, Site(settings=settings(service)) as site:
        site.account(WHO)
        person = Person(site)
        equal(person.login(WHO).status, 200, "signed in")
        service.asked.clear()
        equal(person.post("/account/password/strength", password=LEAKED).status, 200, "judged while typing")
        equal(service.asked, [], "what was asked while somebody typed")
        refused = person.post("/account/password", current=PASSWORD, new=LEAKED)
        equal(refused.status, 422, f"a leaked password: {refused.text}")
        expect("password_breached" in refused.text, refused.text)
        equal(person.post("/account/password", current=PASSWORD, new=GOOD).status, 200, "another one")
        equal([path for path, _ in service.asked],
              ["/range/" + hashlib.sha1(text.encode()).hexdigest()[:5] for text in (LEAKED, GOOD)], "what was asked")
        for path, headers in service.asked:
            expect(re.fullmatch(r"/range/[0-9a-f]{5}", path), path)
            equal(headers.get("Add-Padding"), "true", "padding")
            equal(set(headers) - {"Host", "User-Agent", "Accept", "Add-Padding"}, set(), "headers that tell more")
        stranger = Person(site)
        refused = stranger.post("/account/signup", name="Grace", email="grace@site.example", password=LEAKED)
        equal(refused.status, 422, f"a leaked password at the sign-up: {refused.text}")


def test_any_other_answer_is_none_and_decides_as_it_is_set():
    with Service() as service, Site(settings=settings(service)) as site:
        site.account(WHO)
        for mood in ("redirect", "error", "page", "empty", "huge", "cut", "silent"):
            service.mood = mood
            for more, code in ((", breach_on_failure: accept", 0), (", breach_on_failure: refuse", 1)):
                site.write_settings(settings(service, more))
                service.asked.clear()
                returned, said = choose(site, GOOD)
                equal(returned != 0, code != 0, f"{mood}{more}: {said}")
                expect("the breach service can't be asked" in said, f"{mood}: nobody is told: {said}")
                equal(len(service.asked), 1, f"requests, {mood}: {service.asked}")
        service.mood = "well"
        returned, said = choose(site, LEAKED)
        expect(returned != 0, f"well again: {said}")


def test_a_service_that_does_not_answer_makes_one_wait_and_nobody_after():
    with Service() as service, Site(workers=1, settings=settings(service)) as site:
        site.account(WHO)
        person = Person(site)
        equal(person.login(WHO).status, 200, "signed in")
        service.mood = "silent"
        service.asked.clear()
        passwords = [PASSWORD, GOOD, "the tenth buoy has no heron", "eleven lanterns on the pier"]
        for current, new in zip(passwords, passwords[1:]):
            equal(person.post("/account/password", current=current, new=new).status, 200, "taken unasked")
        equal(len(service.asked), 1, "times it was asked")
        expect("the breach service can't be asked" in site.nginx.log(), "nothing in the log")


def test_only_a_server_that_proves_who_it_is_is_believed():
    with temporary_folder() as folder:
        ours, others = Authority(folder, "ours"), Authority(folder, "others")
        with Service(ours.issue("breaches", "IP:127.0.0.1")) as service, Site(settings="") as site:
            site.account(WHO)
            for ca, host, trusted in ((ours, "127.0.0.1", True), (others, "127.0.0.1", False), (ours, "localhost", False),
                                      (None, "127.0.0.1", False)):
                trust = f", breach_service_ca: {ca.pem}" if ca else ""
                site.write_settings(settings(service, trust + ", breach_on_failure: refuse", service.url(host)))
                service.asked.clear()
                returned, said = choose(site, GOOD)
                equal(returned == 0, trusted, f"{ca and ca.pem} {host}: {said}")
                equal(len(service.asked), int(trusted), f"requests: {ca and ca.pem} {host}")


def test_an_address_that_is_none_is_a_fault_of_the_settings():
    with Site(settings="") as site:
        for url in ("http://breaches.example/range/", "https://breaches.example/range", "ftp://127.0.0.1/", "https://a@b.example/",
                    "https://breaches.example/range/?x=/", "https://breaches.example/../", "breaches.example/range/"):
            site.write_settings(settings(None, url=url))
            done = subprocess.run([COMMAND, "--config", f"{site.folder}/doorward.yaml", "--engine", ENGINE, "config", "check"],
                                  capture_output=True, text=True, timeout=60)
            expect(done.returncode != 0 and "password.breach_service" in done.stdout + done.stderr,
                   f"{url}: {done.returncode} {done.stdout}{done.stderr}")
        site.write_settings("")


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
