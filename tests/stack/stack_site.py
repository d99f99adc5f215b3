"""A whole site on loopback: nginx with several workers, the real engine, SQLite, letters as files, the command. And a
person's browser, as far as these tests need one."""
import email
import email.policy
import glob
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import typing

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, os.pardir, "adapters"), os.path.join(HERE, os.pardir, "mailer")]
from mail_server import MailServer
from harness.nginx import Nginx
from harness.support import equal, expect, temporary_folder, until, write

ENGINE = os.environ["DOORWARD_ENGINE"]
COMMAND = os.environ["DOORWARD_COMMAND"]
PLUGINS = os.environ["DOORWARD_PLUGINS"]
CONFIG = os.environ["DOORWARD_SOURCE_CONFIG"]
ROUNDS = int(os.environ.get("DOORWARD_ROUNDS", "1"))
PASSWORD = "a quiet tern over the skerry"
OWNER = 33  # www-data, where the tests run as root

HTTP = """
    server {{
        listen 127.0.0.1:{{port}};
        root {folder}/www;
        keepalive_requests 1000000;
        doorward_config {folder}/doorward.yaml;
        add_header X-Worker $pid always;
        add_header X-Name "$doorward_name" always;
        location / {{ }}
        location /protected/ {{ doorward required; }}
        location /admin/ {{ doorward required role=administrator; }}
    }}
"""


class Site:
    """`with Site() as site`: nginx runs; site.nginx is its driver, site.folder its folder."""

    def __init__(self, workers=3, settings="", expected=(), environment=(), http="", mailer="{plugin: folder, path: mails}",
                 storage="{plugin: sqlite, path: STATE/accounts.db}", key_ring=None, main=""):
        """`http`: further servers; {{port2}} and {folder} are filled in. `key_ring`: another host's, on the same store."""
        self.workers, self.more, self.expected, self.environment, self.http = workers, settings, expected, environment, http
        self.mailer, self.storage, self.key_ring, self.main = mailer, storage, key_ring, main

    def __enter__(self):
        self.folders = temporary_folder()
        self.folder = self.folders.__enter__()
        for name in ("state", "mails", "state2"):
            os.mkdir(f"{self.folder}/{name}")
            os.chmod(f"{self.folder}/{name}", 0o700)
            if os.geteuid() == 0:
                os.chown(f"{self.folder}/{name}", OWNER, OWNER)
        if self.key_ring:
            shutil.copy(self.key_ring, f"{self.folder}/state/key_ring")
            os.chmod(f"{self.folder}/state/key_ring", 0o600)
            if os.geteuid() == 0:
                os.chown(f"{self.folder}/state/key_ring", OWNER, OWNER)
        write(f"{self.folder}/www/protected/page.html", "protected page")
        write(f"{self.folder}/www/admin/page.html", "admin page")
        self.nginx = Nginx(self.folder, (HTTP + self.http).format(folder=self.folder), workers=self.workers, engine=ENGINE, main=self.main,
                           expected=self.expected, environment=self.environment)
        self.write_settings(self.more)
        self.nginx.__enter__()
        return self

    def __exit__(self, kind, *rest):
        try:
            self.nginx.__exit__(kind, *rest)
        finally:
            self.folders.__exit__(None, None, None)

    @property
    def port(self):
        """Where people come in."""
        return self.nginx.port

    @property
    def port2(self):
        return self.nginx.port2

    def write_settings(self, more=""):
        self.write_site("doorward.yaml", self.nginx.port, "state", more)
        if self.http:
            self.write_site("second.yaml", self.nginx.port2, "state2", more)

    def write_site(self, name, port, state, more):
        write(f"{self.folder}/{name}", f"""public_url: http://127.0.0.1:{port}
state_dir: {state}
plugin_dir: {PLUGINS}
theme_dir: {CONFIG}/theme
locales_dir: {CONFIG}/locales
storage: {self.storage.replace("STATE", state)}
mailer: {self.mailer}
mail: {{from_address: desk@site.example}}
{more}""")

    def reload(self):
        """Takes new settings; returns when no worker has the old ones any more."""
        before = self.nginx.workers()
        expect(self.nginx.reload(), "the reload was refused: " + self.nginx.log()[-1000:])
        until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in before), "the old workers are gone")

    def command(self, *words, typed="", config="doorward.yaml"):
        done = subprocess.run([COMMAND, "--config", f"{self.folder}/{config}", "--engine", ENGINE, *words],
                              input=typed, capture_output=True, text=True, timeout=120)
        expect(done.returncode == 0, f"{' '.join(words)}: {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def refused(self, *words):
        """What the command says where it ends with a fault."""
        done = subprocess.run([COMMAND, "--config", f"{self.folder}/doorward.yaml", "--engine", ENGINE, *words],
                              capture_output=True, text=True, timeout=120)
        expect(done.returncode != 0, f"{' '.join(words)} went through: {done.stdout}")
        return done.stdout + done.stderr

    def account(self, address, *words, name="Ada Lovelace", config="doorward.yaml"):
        said = self.command("account", "create", "--email", address, "--name", name, "--password-stdin", "--json",
                            *words, typed=PASSWORD + "\n", config=config)
        return json.loads(said)["id"]

    def letters(self):
        """The oldest first."""
        found = []
        for path in sorted(glob.glob(f"{self.folder}/mails/*.eml")):
            with open(path, "rb") as file:
                found.append(read_letter(file.read()))
        return found

    def connections(self):
        """One kept-alive connection to each worker."""
        found, spare = {}, []
        for _ in range(400):
            connection = http.client.HTTPConnection("127.0.0.1", self.nginx.port, timeout=30)
            worker = ask(connection, "/").getheader("X-Worker")
            if worker in found:
                spare.append(connection)  # kept open, so that the next one goes to somebody else
            else:
                found[worker] = connection
            if len(found) == self.workers:
                break
        for connection in spare:
            connection.close()
        equal(len(found), self.workers, "workers that answer")
        return list(found.values())


def ask(connection, path, cookie="", method="GET", body=None, headers=()):
    """The answer, read to its end; its text is `answer.text`."""
    sent = {"Accept": "text/html", "Cookie": cookie, **dict(headers)}
    connection.request(method, path, body, sent)
    answer = connection.getresponse()
    answer.text = answer.read().decode()
    return answer


class Person:
    """Signs in by JSON and keeps cookies. `host` is the port in the site's address, where another server has it."""

    def __init__(self, site, port=None, host=None):
        self.site, self.port, self.cookies = site, port or site.port, {}
        self.host = f"127.0.0.1:{host or self.port}"

    def elsewhere(self):
        """The same person with another browser, at the same server."""
        return Person(self.site, self.port, self.host.rpartition(":")[2])

    @property
    def cookie(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def post(self, path, **fields):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            answer = ask(connection, path, self.cookie, "POST", json.dumps(fields),
                         {"Content-Type": "application/json", "Accept": "application/json", "Host": self.host,
                          "Origin": f"http://{self.host}"})
        finally:
            connection.close()
        for value in answer.headers.get_all("Set-Cookie") or ():
            name, _, rest = value.partition("=")
            if "Max-Age=0" in value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = rest.split(";")[0]
        return answer

    def read(self, path):
        """What a page says as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            return json.loads(ask(connection, path, self.cookie, headers={"Accept": "application/json", "Host": self.host}).text)
        finally:
            connection.close()

    def login(self, address, password=PASSWORD):
        return self.post("/account/login", identifier=address, password=password)

    def confirm(self, link):
        """Opens a sign-up's link, and answers with the password what it asks."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        opened = ask(connection, link)
        connection.close()
        self.cookies.update(value.split(";")[0].split("=", 1) for value in opened.headers.get_all("Set-Cookie") or ())
        return self.post("/account/verify-email", password=PASSWORD)


def status_at(port, cookie, path="/protected/page.html"):
    """On a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        return ask(connection, path, cookie).status
    finally:
        connection.close()


class Letter(typing.NamedTuple):
    to: str  # the address
    text: str
    id: str


def read_letter(raw):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    return Letter(message["To"].addresses[0].addr_spec, message.get_body(("plain",)).get_content(), str(message["Message-ID"]))


def letters_to(address, sites):
    """Where sites share a store, any of them may have sent a letter."""
    return [letter for site in sites for letter in site.letters() if letter.to == address]


def link_in(text):
    found = re.search(r"http://127\.0\.0\.1:\d+(/\S+token=\S+)", text)
    expect(found, f"a letter without a link: {text!r}")
    return found[1]
