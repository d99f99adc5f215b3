"""`doorward key list | rotate | add | promote | reseal | drop`: keys are replaced under a server that goes on letting people in."""
import base64
import json
import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, support
from harness.support import equal, expect, temporary_folder, until, write

COMMAND = os.environ["DOORWARD_COMMAND"]
ENGINE = os.environ["DOORWARD_ENGINE"]
PLUGINS = os.environ["DOORWARD_PLUGINS"]
CONFIG = os.environ["DOORWARD_SOURCE_CONFIG"]
PASSWORD = "correct horse battery staple nine"
OWNER = 33  # www-data, where the tests run as root
JSON = [("Content-Type", "application/json"), ("Accept", "application/json"), ("Origin", "http://localhost:8080")]


class Site:
    """A folder with settings, and the command in it."""

    def __enter__(self):
        self.folders = temporary_folder()
        self.folder = self.folders.__enter__()
        os.mkdir(f"{self.folder}/state", 0o700)
        self.ring = f"{self.folder}/state/key_ring"
        if os.geteuid() == 0:
            os.chown(f"{self.folder}/state", OWNER, OWNER)
        self.settings = write(f"{self.folder}/doorward.yaml", f"""public_url: http://localhost:8080
site: {{name: Northlight}}
state_dir: state
plugin_dir: {PLUGINS}
theme_dir: {CONFIG}/theme
locales_dir: {CONFIG}/locales
storage: {{plugin: sqlite, path: state/accounts.db}}
mailer: {{plugin: folder, path: state/mail}}
mail: {{from_address: desk@northlight.example}}
""")
        return self

    def __exit__(self, *_):
        self.folders.__exit__(None, None, None)

    def arguments(self, *words):
        return [COMMAND, "--config", self.settings, "--engine", ENGINE, *words]

    def run(self, *words, code=0, typed=""):
        done = subprocess.run(self.arguments(*words), input=typed, capture_output=True, text=True, timeout=120)
        expect(done.returncode == code,
               f"{' '.join(words)}: exit code {done.returncode} instead of {code}: {done.stdout}{done.stderr}")
        return done

    def json(self, *words, code=0):
        return json.loads(self.run(*words, "--json", code=code).stdout)

    def create(self, email):
        self.run("account", "create", "--email", email, "--name", "Ada", "--password-stdin", typed=PASSWORD + "\n")

    def keys(self):
        return {key["id"]: key for key in self.json("key", "list")}

    def ids(self):
        with open(self.ring, encoding="ascii") as file:
            return [line.split()[0] for line in file]

    def write_ring(self, lines, age=3600):
        """As if it had been changed so many seconds ago."""
        with open(self.ring, "w", encoding="ascii") as file:
            file.writelines(lines)
        os.chmod(self.ring, 0o600)
        if os.geteuid() == 0:
            os.chown(self.ring, OWNER, OWNER)
        os.utime(self.ring, (time.time() - age,) * 2)

    def ring_lines(self):
        with open(self.ring, encoding="ascii") as file:
            return file.readlines()


class Serving:
    def __init__(self, site):
        self.site = site

    def __enter__(self):
        site = self.site
        write(f"{site.folder}/www/index.html", "a page")
        self.log = open(f"{site.folder}/serve.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            site.arguments("serve", "--listen", "127.0.0.1:0", "--root", f"{site.folder}/www"), stderr=self.log)
        self.port = int(until(self.listening, "doorward serve listens", 60).group(1))
        return self

    def listening(self):
        expect(self.process.poll() is None, f"doorward serve ended: {self.said()}")
        return re.search(r"listening on \S+:(\d+)\n", self.said())

    def said(self):
        with open(self.log.name, encoding="utf-8") as file:
            return file.read()

    def sign_in(self, email):
        body = json.dumps({"identifier": email, "password": PASSWORD}).encode()
        return client.send(self.port, client.message("POST", "/account/login", JSON, body, host="localhost:8080")).status

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.log.close()


def test_nobody_is_kept_out_while_the_key_is_replaced():
    with Site() as site:
        for i in range(4):
            site.create(f"a{i}@northlight.example")
        before = site.ids()
        with Serving(site) as served:
            statuses, over = [], threading.Event()

            def come_and_go(who):
                while not over.is_set():
                    statuses.append(served.sign_in(who))

            people = [threading.Thread(target=come_and_go, args=(f"a{i}@northlight.example",)) for i in range(4)]
            for one in people:
                one.start()
            for i in range(4):
                site.run("key", "rotate")
                until(lambda: len(statuses) > 3 * i, "people sign in meanwhile", 60)
            over.set()
            for one in people:
                one.join()
            equal(set(statuses), {200}, f"{len(statuses)} sign-ins: {served.said()}")
            expect(len(statuses) > 8, f"only {len(statuses)} sign-ins")
            # What a worker sealed while a key came is sealed anew by the next time, and then nothing needs the old ones.
            until(lambda: "first key is " + site.ids()[0] in served.said() or served.sign_in("a0@northlight.example") != 200,
                  "the worker takes the new ring", 20)
            site.run("key", "reseal")
        keys = site.keys()
        equal(len(keys), 5, "keys")
        equal(list(keys)[-1], before[0], "the oldest")
        for id, key in keys.items():
            uses = {what: count for what, count in key["uses"].items() if not what.startswith(("token.", "audit_"))}
            equal(uses, {"account.password": 4, "installation.key_check": 1, "installation.last_checkpoint": 1} if key["first"] else {}, f"uses of {id}")


def test_the_file_stays_its_owners_alone():
    with Site() as site:
        site.create("ada@northlight.example")
        for words in (["rotate"], ["add"], ["promote", None]):
            site.run("key", *[site.ids()[1] if word is None else word for word in words])
            about = os.stat(site.ring)
            equal(stat.S_IMODE(about.st_mode), 0o600, f"mode after {words}")
            if os.geteuid() == 0:
                equal((about.st_uid, about.st_gid), (OWNER, OWNER), f"owner after {words}")
        equal(sorted(name for name in os.listdir(f"{site.folder}/state") if "key" in name), ["key_ring"], "files")


def test_a_key_goes_from_host_to_host_before_it_is_used():
    with Site() as site:
        site.create("ada@northlight.example")
        first = site.ids()[0]
        added = site.json("key", "add")["added"]
        equal(site.ids(), [first, added], "the ring")
        equal(site.keys()[added]["uses"], {}, "what a key seals that was only added")
        site.run("key", "promote", added)
        equal(site.ids(), [added, first], "the ring")
        site.run("key", "reseal")
        equal(list(site.keys()[first]["uses"]), ["audit_entry.link"], "what the old key is still needed for")
        expect(site.keys()[first]["signs_assertions"], "a new key signs only after a week")
        expect("no key nonsense" in site.run("key", "promote", "nonsense", code=1).stderr, "an unknown key")


def test_a_key_is_dropped_only_when_nothing_needs_it():
    key = lambda letter: base64.urlsafe_b64encode(letter.encode() * 32).decode().rstrip("=")
    with Site() as site:
        site.create("ada@northlight.example")
        old = site.ring_lines()
        first = site.ids()[0]

        def refused(id, why):
            expect(why in (said := site.run("key", "drop", id, code=1).stderr), f"{id}: {said}")

        refused(first, "it is the first one")
        refused("nonsense", "no key nonsense")
        fresh = f"20200101T000000Z-11111111 {key('f')}\n"
        site.write_ring([fresh, *old])
        refused(first, "say doorward key reseal first")
        site.run("key", "reseal")
        site.write_ring([fresh, *old], age=60)
        refused(first, "less than ten minutes ago")
        site.write_ring([*old, fresh])
        site.run("account", "invite", "bob@northlight.example", "--name", "Bob")
        site.write_ring([fresh, *old])
        refused(first, "token.key_id need it until they end")
        site.run("account", "delete", "bob@northlight.example", "--yes")
        refused(first, "audit_entry.link need it until they end")
        with sqlite3.connect(f"{site.folder}/state/accounts.db") as database:  # what audit.retention does in time
            for table in ("audit_entry", "audit_chain", "audit_checkpoint"):
                database.execute(f"DELETE FROM {table}")
        site.run("key", "drop", first)
        equal(site.ids(), ["20200101T000000Z-11111111"], "the ring")
        with Serving(site) as served:
            equal(served.sign_in("ada@northlight.example"), 200, "signing in afterwards")
        young = site.json("key", "rotate")["added"]
        site.write_ring(site.ring_lines())
        refused("20200101T000000Z-11111111", "assertions are")
        equal([site.keys()[id]["first"] for id in (young, "20200101T000000Z-11111111")], [True, False], "which is the first")


def test_a_key_that_is_missed_is_named():
    with Site() as site:
        site.create("ada@northlight.example")
        first = site.ids()[0]
        old = site.ring_lines()
        site.run("key", "rotate")
        lines = site.ring_lines()
        site.write_ring([*old])
        listed = json.loads(site.run("key", "list", "--json", code=1).stdout)
        missed = [each for each in listed if not each["in_ring"]]
        equal([each["uses"] for each in missed], [{"account.password": 1, "installation.key_check": 1, "installation.last_checkpoint": 1}], "what misses its key")
        equal(listed[0]["id"], first, "the first")
        expect("isn't opened by this key ring" in site.run("key", "reseal", code=1).stderr, "what can't be sealed anew")
        site.write_ring(lines)
        site.run("storage", "check")


support.run(support.tests_in(sys.modules[__name__]))
