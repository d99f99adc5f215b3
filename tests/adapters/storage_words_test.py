"""`doorward storage check | copy | open`: an installation goes from SQLite to PostgreSQL and back and is the same; a copy that is
killed anywhere goes on; what must not be overwritten isn't."""
import json
import mmap
import os
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, os.pardir, "storage")]
import postgres
from harness import support
from harness.support import equal, expect, temporary_folder, write

COMMAND = os.environ["DOORWARD_COMMAND"]
ENGINE = os.environ["DOORWARD_ENGINE"]
PLUGINS = os.environ["DOORWARD_PLUGINS"]
CONFIG = os.environ["DOORWARD_SOURCE_CONFIG"]
SYNC_KILL = os.environ["DOORWARD_SYNC_KILL"]
PASSWORD = "correct horse battery staple nine"
OWNER = 33  # www-data, where the tests run as root
TABLES = ("installation", "account", "email", "session", "token", "organization", "membership", "outbox_message", "audit_entry", "audit_chain",
          "audit_checkpoint", "avatar", "factor", "recovery_code", "trusted_browser")
A_SERVERS = ("session", "outbox_message", "audit_checkpoint", "avatar", "factor", "recovery_code", "trusted_browser")  # the command fills none


class Home:
    """A folder with a state_dir and settings for several stores, which share it."""

    def __enter__(self):
        self.folders = temporary_folder()
        self.folder = self.folders.__enter__()
        self.make_state("state")
        return self

    def __exit__(self, *_):
        self.folders.__exit__(None, None, None)

    def make_state(self, name):
        os.mkdir(f"{self.folder}/{name}", 0o700)
        self.give(f"{self.folder}/{name}")

    def give(self, path):
        if os.geteuid() == 0:
            os.chown(path, OWNER, OWNER)

    def settings(self, name, storage, state="state"):
        return write(f"{self.folder}/{name}.yaml", f"""public_url: http://localhost:8080
site: {{name: Northlight}}
state_dir: {state}
plugin_dir: {PLUGINS}
theme_dir: {CONFIG}/theme
locales_dir: {CONFIG}/locales
storage: {storage}
mailer: {{plugin: folder, path: {state}/mail}}
mail: {{from_address: desk@northlight.example}}
""")

    def sqlite(self, name, state="state"):
        return self.settings(name, f"{{plugin: sqlite, path: {state}/{name}.db}}", state)

    def file(self, name):
        return f"{self.folder}/state/{name}.db"

    def postgresql(self, name, cluster):
        os.environ["DOORWARD_TEST_PASSWORD"] = postgres.PASSWORD
        connection = cluster.connection(extra="sslmode=disable gssencmode=disable")
        return self.settings(name, f'{{plugin: postgresql, connection: "{connection}", password: {{env: DOORWARD_TEST_PASSWORD}}}}')

    def start(self, *words, environment=()):
        return subprocess.run([COMMAND, "--engine", ENGINE, *words], capture_output=True, text=True, timeout=300,
                              env={**os.environ, **dict(environment)}, input=PASSWORD + "\n")

    def run(self, *words, code=0):
        done = self.start(*words)
        expect(done.returncode == code, f"{' '.join(words)}: exit code {done.returncode} instead of {code}: {done.stdout}{done.stderr}")
        return done

    def json(self, *words, code=0):
        return json.loads(self.run(*words, "--json", code=code).stdout)

    def copy(self, one, other, code=0):
        return self.run("storage", "copy", "--from", one, "--to", other, code=code)

    def fill(self, settings, people=3):
        """People, somebody invited, a letter that waits; and the audit of years, in many pieces."""
        for number in range(people):
            self.run("--config", settings, "account", "create", "--email", f"p{number}@example.org", "--name", "Ada",
                     "--password-stdin", *(["--administrator"] if number == 0 else []))
        self.run("--config", settings, "account", "invite", "guest@example.org", "--name", "Grace")


def rows(path):
    """Everything in a file of storage/sqlite, but for what says that it was copied: records of the audit, which move the ends of their chains."""
    with sqlite3.connect(path) as database:
        found = {table: database.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in TABLES}
        last = database.execute("SELECT chain, max(number), link FROM audit_entry WHERE chain IS NOT NULL GROUP BY chain").fetchall()
    equal(sorted((int(chain), number, link) for chain, number, link in found.pop("audit_chain")), sorted(last), f"{path}: ends of the audit's chains")
    found["audit_entry"] = [row for row in found["audit_entry"] if not row[4].startswith("storage.")]
    return found


def change(path, *statements):
    with sqlite3.connect(path) as database:
        for sql in statements:
            expect(database.execute(sql).rowcount != 0, f"{sql} changes nothing")
    database.close()


def add_history(path, count):
    with sqlite3.connect(path) as database:
        database.executemany(
            "INSERT INTO audit_entry (id, at, actor, subject, action, outcome, address, request, details) VALUES (?,?,?,?,?,?,?,?,?)",
            [(f"old-{n:06}", 1_700_000_000_000_000 + n, None, None, "login", "ok", "192.0.2.7", "", "é" * (n % 7)) for n in range(count)])
    database.close()


def add_what_the_command_can_not(path):
    """A row for each table that only a server fills, which nobody could use."""
    with sqlite3.connect(path) as database:
        account = database.execute("SELECT account FROM email WHERE key = 'p1@example.org'").fetchone()[0]
        for table in A_SERVERS:
            columns = database.execute(f"PRAGMA table_info({table})").fetchall()
            values = {"TEXT": f"a {table}", "BLOB": bytes(range(256)), "INTEGER": 1}
            database.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(columns))})",
                             [{"account": account, "kind": "totp"}.get(name, values[kind]) for _, name, kind, *_ in columns])
    database.close()


def has_history(path):
    with sqlite3.connect(path) as database:
        return database.execute("SELECT count(*) FROM audit_entry WHERE id LIKE 'old-%'").fetchone() != (0,)
    database.close()


def state(path):
    with sqlite3.connect(path) as database:
        return [row[0] for row in database.execute("SELECT state FROM maintenance")]


def test_an_installation_goes_to_postgresql_and_back():
    with Home() as home, postgres.Cluster() as cluster:
        one, two, three = home.sqlite("one"), home.postgresql("two", cluster), home.sqlite("three")
        home.fill(one)
        add_history(home.file("one"), 1234)
        add_what_the_command_can_not(home.file("one"))
        before = rows(home.file("one"))
        equal([table for table, found in before.items() if not found], [], "tables of which nothing is compared")
        told = home.copy(one, two)
        expect("Moved: the store of " + two in told.stdout, told.stdout)
        expect("audit_entry: 500 rows copied" in told.stderr, told.stderr)
        equal(rows(home.file("one")), before, "the rows of the old store")
        # The old one takes nothing any more, and says so; the new one does.
        refused = home.run("--config", one, "account", "disable", "p0@example.org", code=4)
        expect("read-only: its installation was moved" in refused.stderr, refused.stderr)
        equal(len(home.json("--config", one, "account", "list")), 4, "accounts that can still be read")
        equal(len(home.json("--config", two, "account", "list")), 4, "accounts in the new store")
        report = home.json("storage", "copy", "--from", two, "--to", three)
        equal((report["moved"], report["moved_before"]), (True, False), "the way back")
        equal(sorted(table["table"] for table in report["tables"]), sorted(TABLES), "tables")
        counts = {table["table"]: (table["rows_from"], table["rows_to"], table["same"]) for table in report["tables"]}
        equal(counts["account"], (4, 4, True), "accounts")
        equal(rows(home.file("three")), before, "the rows after both ways")
        home.run("--config", three, "account", "disable", "p0@example.org")
        faults = home.json("--config", three, "storage", "check", code=1)["faults"]
        equal([fault for fault in faults if fault["table"] not in A_SERVERS], [], "faults of what was not made up")
        # Said once more: nothing is left to do.
        equal(home.json("storage", "copy", "--from", two, "--to", three)["moved_before"], True, "once more")
        expect("moved before" in home.copy(two, three).stdout, "once more, in words")


class Order:
    """What tests/stack/sync_kill.c counts and strikes by."""

    def __init__(self, home):
        self.path = f"{home.folder}/order"
        with open(self.path, "wb") as file:
            file.write(bytes(mmap.PAGESIZE))
        os.chmod(self.path, 0o666)

    def give(self, strike_at, afterwards):
        with open(self.path, "r+b") as file:
            file.write(struct.pack("=QQQ", 0, strike_at, afterwards))
        return {"LD_PRELOAD": SYNC_KILL, "DOORWARD_SYNC_ORDER": self.path}


def begin_anew(home, names, kept):
    for name in names:
        for end in ("", "-wal", "-shm"):
            if os.path.exists(home.file(name) + end):
                os.remove(home.file(name) + end)
    shutil.copy(kept, home.file(names[0]))
    home.give(home.file(names[0]))


def who_takes_writes(home, names):
    """Each of them is asked to write; who can has a line of audit more."""
    return [name for name in names if home.start("--config", f"{home.folder}/{name}.yaml", "account", "enable", "p0@example.org").returncode == 0]


def test_a_copy_that_is_killed_goes_on():
    """At each sync to the disk of either store, by turns before and after it; then once more; and then the same command ends it."""
    with Home() as home:
        one, two, order = home.sqlite("one"), home.sqlite("two"), Order(home)
        home.fill(one, people=1)
        add_history(home.file("one"), 1100)
        kept = shutil.copy(home.file("one"), f"{home.folder}/kept.db")
        words = ("storage", "copy", "--from", one, "--to", two)
        for at in range(1, 100):
            begin_anew(home, ("one", "two"), kept)
            ended = home.start(*words, environment=order.give(at, at % 2 == 0)).returncode
            if ended == 0:
                break
            equal(ended, -9, f"killed at sync {at}")
            writers = who_takes_writes(home, ("one", "two"))
            expect(writers != ["one", "two"], f"sync {at}: both take writes")
            wanted = rows(home.file(writers[0] if writers else "one"))
            home.start(*words, environment=order.give(2, at % 2 == 1))
            home.copy(one, two)
            equal(rows(home.file("two")), wanted, f"after a kill at sync {at}")
            equal((state(home.file("one")), state(home.file("two"))), (["left"], ["arrived"]), "states")
        expect(at > 12, f"a copy with {at} syncs only: they aren't seen")
        print(f"{at - 1} kills")


def test_a_copy_into_postgresql_that_is_killed_goes_on():
    """Whenever it says that something was copied; what the server still does for the dead one is no matter."""
    with Home() as home, postgres.Cluster() as cluster:
        one, two, three = home.sqlite("one"), home.postgresql("two", cluster), home.sqlite("three")
        home.fill(one, people=1)
        add_history(home.file("one"), 2600)
        before, kills = rows(home.file("one")), 0
        while True:
            command = [COMMAND, "--engine", ENGINE, "storage", "copy", "--from", one, "--to", two]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as copying:
                if not any("rows copied" in line for line in copying.stderr):
                    break
                copying.kill()
            kills += 1
            expect(kills < 50, "it doesn't get on")
        equal(copying.returncode, 0, "the last one")
        expect(kills >= 5, f"{kills} kills only")
        home.copy(two, three)
        equal(rows(home.file("three")), before, f"after {kills} kills")


def test_what_must_not_be_overwritten_is_not():
    with Home() as home:
        one, two = home.sqlite("one"), home.sqlite("two")

        def refused(source, target, sentence, code=1):
            before = {name: rows(home.file(name)) for name in ("one", "two") if os.path.exists(home.file(name))}
            said = home.copy(source, target, code=code).stderr
            expect(sentence in said, f"not told {sentence!r}: {said}")
            for name, found in before.items():
                equal(rows(home.file(name)), found, f"the rows of {name}")
            home.run("--config", one, "account", "enable", "p0@example.org")  # still the site's

        home.fill(one, people=1)
        home.run("--config", two, "account", "create", "--email", "eve@example.org", "--name", "Eve", "--password-stdin")
        refused(one, two, "holds accounts of its own")
        link = home.settings("link", "{plugin: sqlite, path: state/link.db}")
        os.symlink(home.file("one"), home.file("link"))
        refused(one, one, "the store is that of")
        refused(one, link, "the store is that of")
        refused(one, home.settings("memory", "{plugin: memory}"), "doesn't keep what is written")
        refused(home.sqlite("empty"), home.sqlite("empty2"), "holds no installation")
        refused(home.sqlite("empty"), one, "holds no installation")
        refused(one, home.settings("bad", "{plugin: sqlit}"), "sqlit", code=3)
        refused(one, f"{home.folder}/none.yaml", "can't be opened", code=3)
        # Another site's state_dir: without a key ring, with one of its own, and a store of its own.
        home.make_state("other")
        other = home.sqlite("other", "other")
        refused(one, other, "there is no key ring", code=3)
        home.run("--config", other, "account", "list")
        refused(one, other, "this key ring isn't the one")
        elsewhere = home.settings("elsewhere", "{plugin: sqlite, path: other/other.db}")
        refused(one, elsewhere, "holds another installation")
        # A half copy, and a store that was moved, are no source and no target.
        three = home.sqlite("three")
        home.copy(one, three)
        said = home.copy(one, home.sqlite("four"), code=1).stderr
        expect("was moved to another store already" in said, said)
        said = home.copy(three, one, code=1).stderr
        expect("was moved, itself" in said, said)


def test_a_store_that_was_only_founded_is_taken():
    with Home() as home:
        one, two = home.sqlite("one"), home.sqlite("two")
        home.fill(one, people=1)
        equal(home.json("--config", two, "account", "list"), [], "accounts")  # founds it, as a web server's start does
        home.copy(one, two)
        equal(rows(home.file("two")), rows(home.file("one")), "the rows")


def half_copy(home, one, two):
    """Killed again and again until it is in the middle: the source is closed, and some history has arrived."""
    order = Order(home)
    for later in range(30):
        words = ("storage", "copy", "--from", one, "--to", two)
        equal(home.start(*words, environment=order.give(6 if state(home.file("one")) else 6 + later, False)).returncode, -9, "killed")
        if state(home.file("one")) and has_history(home.file("two")):
            break
    equal((state(home.file("one")), state(home.file("two"))), (["leaving"], ["arriving"]), "states")


def test_there_is_a_way_back():
    with Home() as home:
        one, two = home.sqlite("one"), home.sqlite("two")
        home.fill(one, people=1)
        add_history(home.file("one"), 2000)
        expect("takes writes already" in home.run("--config", one, "storage", "open").stdout, "an open store")
        half_copy(home, one, two)
        said = home.run("--config", one, "account", "disable", "p0@example.org", code=4).stderr
        expect("it is being copied into another one" in said, said)
        said = home.run("--config", two, "account", "list", code=4).stderr
        expect("another one is being copied into it" in said, f"half a copy: {said}")
        said = home.run("--config", two, "storage", "open", code=1).stderr
        expect("half a copy" in said, said)
        said = home.copy(two, home.sqlite("three"), code=1).stderr
        expect("half a copy itself" in said, said)
        expect("takes writes again" in home.run("--config", one, "storage", "open").stdout, "the way back")
        home.run("--config", one, "account", "disable", "p0@example.org")
        # What the first copy has left in the target is not kept: the account is disabled since.
        home.copy(one, two)
        equal(rows(home.file("two")), rows(home.file("one")), "the rows of the second copy")
        # Moved: whoever opens it again has to mean it.
        expect("use --yes" in home.run("--config", one, "storage", "open", code=2).stderr, "without a terminal")
        equal(home.json("--config", one, "storage", "open", "--yes")["opened"], True, "opened")
        home.run("--config", one, "account", "enable", "p0@example.org")


def test_a_copy_ends_where_the_old_store_is_opened_meanwhile():
    with Home() as home:
        one, two = home.sqlite("one"), home.sqlite("two")
        home.fill(one, people=1)
        add_history(home.file("one"), 20_000)
        command = [COMMAND, "--engine", ENGINE, "storage", "copy", "--from", one, "--to", two]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as copying:
            expect("rows copied" in copying.stderr.readline(), "no progress")
            copying.send_signal(signal.SIGSTOP)
            home.run("--config", one, "storage", "open")
            home.run("--config", one, "account", "disable", "p0@example.org")
            copying.send_signal(signal.SIGCONT)
            said = copying.stderr.read()
        equal(copying.returncode, 1, said)
        expect(f"{one}: the store was opened, or another copy was begun, while this one was under way" in said, said)
        equal((state(home.file("one")), state(home.file("two"))), ([], ["arriving"]), "states")


def test_what_differs_is_not_moved():
    with Home() as home:
        one, two = home.sqlite("one"), home.sqlite("two")
        home.fill(one, people=1)
        add_history(home.file("one"), 2000)
        half_copy(home, one, two)
        change(home.file("two"), "UPDATE audit_entry SET details = 'another' WHERE id = 'old-000001'")
        done = home.copy(one, two, code=1)
        expect("DIFFERENT" in done.stdout and "so nothing was moved" in done.stderr, done.stdout + done.stderr)
        equal((state(home.file("one")), state(home.file("two"))), (["leaving"], ["arriving"]), "states")
        home.run("--config", one, "storage", "open")
        home.copy(one, two)
        equal(rows(home.file("two")), rows(home.file("one")), "the rows of the second copy")


def test_faults_are_named():
    with Home() as home:
        one = home.sqlite("one")
        home.fill(one)
        expect("all is well" in home.run("--config", one, "storage", "check").stdout, "a good store")
        answer = home.json("--config", one, "storage", "check")
        equal((answer["good"], answer["tables"]["account"], answer["faults"]), (True, 4, []), "a good store as JSON")
        gone = home.json("--config", one, "account", "show", "p1@example.org")["id"]
        change(home.file("one"), f"DELETE FROM account WHERE id = '{gone}'",
               "UPDATE account SET password = x'00' WHERE id = (SELECT account FROM email WHERE key = 'p2@example.org')")
        lines = home.run("--config", one, "storage", "check", code=1).stdout.splitlines()
        equal(len(lines), 2, f"faults: {lines}")
        expect(lines[0].startswith("account ") and lines[0].endswith(": has a password that this key ring doesn't open"), lines[0])
        expect(lines[1].startswith("email ") and lines[1].endswith(": belongs to an account that doesn't exist"), lines[1])
        answer = home.json("--config", one, "storage", "check", code=1)
        equal([fault["table"] for fault in answer["faults"]], ["account", "email"], "faults as JSON")
        change(home.file("one"), "DELETE FROM installation")
        equal(home.json("--config", one, "storage", "check", code=1)["faults"][0],
              {"table": "installation", "id": "site", "what": "is missing"}, "nothing is founded anew by looking")


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
