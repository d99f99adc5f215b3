"""The command `doorward` as a person at a shell has it: the real binary, engine, store, mailer and theme."""
import contextlib
import json
import os
import pty
import re
import select
import shutil
import signal
import stat
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import support
from harness.command import COMMAND, ENGINE, OWNER, PASSWORD, PLUGINS, Serving, Site
from harness.support import equal, expect, until, write


def test_help_teaches_and_says_what_exit_codes_mean():
    with Site() as site:
        text = site.run("--help").stdout
        expect("Exit codes: 0 done, 1 refused, 2 wrong command line, 3 settings" in text, text)
        words = [["account", word] for word in ("create", "invite", "list", "show", "disable", "enable", "export", "delete",
                                                "set-password", "send-reset", "reset-second-factor")]
        words += [["config", word] for word in ("check", "show", "schema")]
        words += [["plugin", "list"], ["plugin", "info"], ["mail", "test"], ["mail", "queue"], ["serve"]]
        words += [["storage", word] for word in ("check", "copy", "open")]
        words += [["audit", word] for word in ("verify", "key")]
        words += [["key", word] for word in ("list", "rotate", "add", "promote", "reseal", "drop")]
        for each in words:
            text = site.run(*each, "--help").stdout
            expect("Example" in text and "doorward " + " ".join(each) in text, f"{each} has no example: {text}")
        for wrong in ([], ["account"], ["acount", "list"], ["account", "show"], ["account", "list", "--limit", "0"],
                      ["account", "list", "--nonsense"], ["plugin", "info", "sso", "x"], ["storage", "copy", "--from", "a.yaml"], ["serve"],
                      ["serve", "--root", "/nowhere"], ["serve", "--root", site.folder, "--listen", "nonsense"]):
            expect(site.run(*wrong, code=2).stderr, f"{wrong} says nothing")
        expect('"acount" is no word here' in site.run("acount", "list", code=2).stderr, "an unknown word is not named")


def test_good_settings_are_called_good():
    with Site() as site:
        expect("all is well" in site.run("config", "check").stdout, "config check")
        equal(site.json("config", "check")["faults"], [], "faults")
        environment = {**os.environ, "DOORWARD_CONFIG": site.settings}
        done = subprocess.run([COMMAND, "--engine", ENGINE, "config", "check"], env=environment, capture_output=True, text=True)
        equal(done.returncode, 0, f"DOORWARD_CONFIG: {done.stderr}")
        equal(os.listdir(f"{site.folder}/state"), [], "what a check leaves behind")


def test_a_part_that_can_not_be_opened_is_a_fault():
    with Site() as site:
        plugins = f"{site.folder}/plugins"
        shutil.copytree(PLUGINS, plugins, ignore=lambda folder, names: [name for name in names if name == "CMakeFiles"])
        write(site.settings, open(site.settings, encoding="utf-8").read().replace(PLUGINS, plugins))
        expect("all is well" in site.run("config", "check").stdout, "copies")
        # A whole library that exports the right name and doesn't find another that it needs.
        picture = open(f"{plugins}/part/picture.so", "rb").read()
        with open(f"{plugins}/part/picture.so", "wb") as file:
            file.write(picture.replace(b"libwebp.so.", b"libnone.so."))
        text = site.run("config", "check", code=3).stderr
        expect("picture.so can't be loaded: libnone.so." in text, f"the fault: {text}")


def test_every_fault_is_told_at_once_with_its_place():
    with Site("sesion: {idle: 1h}\npassword: {min_length: 3}\n") as site:
        lines = site.run("config", "check", code=3).stderr.splitlines()
        equal(lines, [f'{site.settings}:10:1: unknown key "sesion": did you mean session?',
                      f'{site.settings}:11:24: "password.min_length" must be from 8 to 64, not 3'], "faults")
        equal(site.json("config", "check", code=3)["faults"], lines, "faults as JSON")
        site.run("config", "show", code=3)
        site.run("account", "list", code=3)
    with Site() as site:
        write(site.settings, open(site.settings, encoding="utf-8").read().replace("path: state/mail", "pth: state/mail"))
        text = site.run("config", "check", code=3).stderr
        expect(re.search(rf"^{site.settings}:8:\d+: .*pth.*path", text, re.M), f"a plugin's key: {text}")
    with Site("theme_overrides: theme\n") as site:
        write(f"{site.folder}/theme/pages/login.html", "{{#x}}")
        expect("login.html" in site.run("config", "check", code=3).stderr, "a template's fault")
    with Site() as site:
        done = subprocess.run([COMMAND, "--config", f"{site.folder}/none.yaml", "config", "check"], capture_output=True, text=True)
        equal(done.returncode, 3, done.stderr)
        expect("none.yaml: the file can't be opened" in done.stderr, done.stderr)
        done = subprocess.run([COMMAND, "--config", site.settings, "--engine", "/nowhere.so", "config", "check"],
                              capture_output=True, text=True)
        expect(done.returncode == 3 and "/nowhere.so" in done.stderr, f"no engine: {done}")


def test_a_key_ring_that_no_worker_could_use_is_a_fault():
    key = "4b1d6c02 " + "k" * 43
    with Site() as site:
        ring = f"{site.folder}/state/key_ring"

        def fault():
            lines = site.run("config", "check", code=3).stderr.splitlines()
            equal(len(lines), 1, f"one fault: {lines}")
            place, _, sentence = lines[0].partition(f": {ring}:")
            equal(place, f"{site.settings}:3:12", f"where state_dir stands: {lines}")
            return sentence.lstrip()

        def put(text, mode=0o600, owner=OWNER):
            with contextlib.suppress(FileNotFoundError):
                os.remove(ring)
            write(ring, text, mode)
            if os.geteuid() == 0:
                os.chown(ring, owner, owner)

        put(f"# ours\n{key}\n")
        expect("all is well" in site.run("config", "check").stdout, "a good one")
        for mode in (0o644, 0o640):
            put(key + "\n", mode)
            equal(fault(), "others may read the key ring; its mode must be 0600", f"mode {mode:o}")
        for text, line in ((key[:30], 1), ("garbage", 1), (f"{key}\n{key}\n", 2)):
            put(text)
            equal(fault(), f"{line}:1: not a line of a key ring", text)
        put("")
        equal(fault(), "the key ring holds no key", "an empty one")
        if os.geteuid() == 0:
            put(key + "\n", owner=0)
            equal(fault(), "Permission denied", "root's")
            put(key + "\n", 0o600, 65534)
            equal(fault(), "Permission denied", "somebody's")
        put("")
        os.rename(ring, f"{ring}.elsewhere")
        os.symlink(f"{ring}.elsewhere", ring)
        equal(fault(), "the key ring is a link, not a file", "a link")


def test_settings_are_shown_with_their_origin_and_without_secrets():
    with Site() as site:
        write(f"{site.folder}/secret", "hunter2hunter2\n")
        text = open(site.settings, encoding="utf-8").read()
        write(site.settings, text.replace("{plugin: folder, path: state/mail}",
                                          "{plugin: smtp, host: localhost, user: u, password: {file: secret}}"))
        shown = site.run("config", "show").stdout
        expect(re.search(rf"^site\.name +Northlight +{site.settings}:2:14$", shown, re.M), shown)
        expect(re.search(r"^session\.idle +1h +default$", shown, re.M), shown)
        expect(re.search(r"^mailer\.password +\*{8} ", shown, re.M), shown)
        expect("hunter2" not in shown + site.run("config", "show", "--json").stdout, "the secret is shown")
        schema = json.loads(site.run("config", "schema").stdout)
        equal(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "schema")
        expect("idle" in schema["properties"]["session"]["properties"], "the schema lacks session.idle")


def test_plugins_are_listed_and_described():
    with Site() as site:
        listed = {(each["kind"], each["name"]): each for each in site.json("plugin", "list")}
        for wanted in (("storage/1", "sqlite"), ("storage/1", "memory"), ("mailer/1", "smtp"), ("mailer/1", "folder")):
            expect(wanted in listed and "fault" not in listed[wanted], f"{wanted}: {listed.get(wanted)}")
        text = site.run("plugin", "info", "mailer", "smtp").stdout
        expect("host  (text, must be given)" in text and "none|starttls|tls" in text, text)
        expect("password  (secret" in text and "{env: NAME}" in text, text)
        keys = [each["key"] for each in site.json("plugin", "info", "storage", "sqlite")["settings"]]
        expect("path" in keys, f"sqlite accepts {keys}")
        site.run("plugin", "info", "mailer", "nonsense", code=3)
        os.mkdir(f"{site.folder}/mine")
        os.mkdir(f"{site.folder}/mine/mailer")
        write(f"{site.folder}/mine/mailer/broken.so", "no library")
        done = site.run("plugin", "list", "--plugin-dir", f"{site.folder}/mine", code=3)
        expect("broken" in done.stdout and "can't be used" in done.stdout, done.stdout)


def test_an_account_from_its_making_to_its_end():
    with Site() as site:
        identity = site.create("ada@example.org", "--administrator", "--login-name", "ada")
        shown = site.json("account", "show", "ada@example.org")
        equal((shown["id"], shown["name"], shown["status"], shown["roles"]),
              (identity, "Ada Lovelace", "active", ["administrator"]), "the account")
        equal(shown["emails"], [{"address": "ada@example.org", "verified": True, "primary": True}], "its addresses")
        expect(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", shown["created_at"]), shown["created_at"])
        equal((shown["history"][0]["action"], shown["history"][0]["actor"]), ("account.create", "command"), "its history")
        for who in (identity, "ada", "ADA@example.org"):
            expect("Ada Lovelace" in site.run("account", "show", who).stdout, f"not found by {who}")
        expect(re.search(rf"{identity} +Ada Lovelace +ada@example.org +active +administrator",
                         site.run("account", "list").stdout), "the list")

        site.run("account", "disable", "ada")
        equal(site.json("account", "show", "ada")["status"], "disabled", "status")
        site.run("account", "enable", "ada")
        equal(site.json("account", "show", "ada")["status"], "active", "status")
        site.run("account", "set-password", "ada", "--password-stdin", typed="another long enough pass phrase\n")
        equal(site.json("account", "show", "ada")["must_change_password"], True, "a password set by somebody else")
        site.run("account", "set-password", "ada", "--password-stdin", "--permanent", typed="one more long enough phrase\n")
        equal(site.json("account", "show", "ada")["must_change_password"], False, "a permanent one")

        exported = json.loads(site.run("account", "export", "ada").stdout)
        equal((exported["format"], exported["account"]["login_name"]), ("doorward-export", "ada"), "exported")
        expect("use --yes" in site.run("account", "delete", "ada", code=2).stderr, "delete without a terminal")
        equal(len(site.json("account", "list")), 1, "accounts")
        site.run("account", "delete", "ada", "--yes")
        equal(site.json("account", "list"), [], "accounts")
        site.create("ada@example.org")


def test_many_accounts_are_listed_in_pieces():
    with Site() as site:
        for number in range(3):
            site.create(f"person{number}@example.org")
        first = site.json("account", "list", "--limit", "2")
        rest = site.json("account", "list", "--limit", "2", "--after", first[-1]["id"])
        equal([each["emails"][0]["address"] for each in first + rest], [f"person{n}@example.org" for n in range(3)], "all")


def test_what_is_refused_says_why_and_changes_nothing():
    with Site() as site:
        site.create("ada@example.org")
        create = ("account", "create", "--name", "X", "--password-stdin", "--email")
        cases = ((create + ("ada@example.org",), PASSWORD, "exists already"),
                 (create + ("nonsense",), PASSWORD, "not an e-mail address"),
                 (create + ("b@example.org",), "short", "15"),
                 (create + ("b@example.org",), "", "empty"),
                 (create + ("b@example.org",), "x" * 1025, "1024"),
                 (("account", "show", "nobody@example.org"), "", "no such account"),
                 (("account", "disable", "nobody"), "", "no such account"),
                 (("account", "export", "nobody"), "", "no such account"),
                 (("account", "delete", "nobody", "--yes"), "", "no such account"),
                 (("account", "set-password", "nobody", "--password-stdin"), PASSWORD, "no such account"),
                 (("account", "send-reset", "nobody"), "", "no such account"),
                 (("account", "reset-second-factor", "nobody"), "", "no such account"),
                 (("account", "reset-second-factor", "ada@example.org"), "", "no second factor"),
                 (("account", "invite", "nobody@example.org"), "", "no such account"))
        for words, typed, sentence in cases:
            text = site.run(*words, code=1, typed=typed + "\n").stderr
            expect(sentence in text, f"{words}: {text}")
        equal(len(site.json("account", "list")), 1, "accounts")
        site.run("account", "create", "--name", "X", "--email", "b@example.org", code=2)


def read_until(terminal, wanted):
    said = b""
    while wanted not in said:
        ready, _, _ = select.select([terminal], [], [], 60)
        expect(ready, f"waiting for {wanted}: {said}")
        try:
            piece = os.read(terminal, 1000)
        except OSError:
            piece = b""
        expect(piece, f"the end came before {wanted}: {said}")
        said += piece
    return said


def test_a_typed_password_is_not_shown():
    with Site() as site:
        child, terminal = pty.fork()
        if child == 0:
            words = site.arguments(["account", "create", "--email", "ada@example.org", "--name", "Ada"])
            os.execv(words[0], words)
        said = read_until(terminal, b"New password: ")
        os.write(terminal, PASSWORD.encode() + b"\n")
        said += read_until(terminal, b"Once more: ")
        os.write(terminal, PASSWORD.encode() + b"\n")
        said += read_until(terminal, b"created")
        _, status = os.waitpid(child, 0)
        os.close(terminal)
        equal(os.waitstatus_to_exitcode(status), 0, f"exit code: {said}")
        expect(b"correct horse" not in said, f"the password was shown: {said}")

        child, terminal = pty.fork()
        if child == 0:
            words = site.arguments(["account", "set-password", "ada@example.org"])
            os.execv(words[0], words)
        read_until(terminal, b"New password: ")
        os.write(terminal, PASSWORD.encode() + b" new\n")
        read_until(terminal, b"Once more: ")
        os.write(terminal, b"something else\n")
        read_until(terminal, b"differ")
        _, status = os.waitpid(child, 0)
        os.close(terminal)
        equal(os.waitstatus_to_exitcode(status), 1, "two passwords that differ")


def test_root_leaves_no_file_that_the_workers_can_not_open():
    with Site() as site:
        site.create("ada@example.org")
        owner = os.stat(f"{site.folder}/state")
        names = os.listdir(f"{site.folder}/state")
        expect("accounts.db" in names, f"the store is not there: {names}")
        for name in names:
            about = os.stat(f"{site.folder}/state/{name}")
            equal((about.st_uid, about.st_gid), (owner.st_uid, owner.st_gid), f"the owner of {name}")
            expect(not about.st_mode & stat.S_IRWXO, f"{name} is open to others: {oct(about.st_mode)}")
        write(site.settings, open(site.settings, encoding="utf-8").read().replace("state_dir: state", "state_dir: none"))
        expect("none" in site.run("account", "list", code=3).stderr, "a state_dir that isn't there")


def test_letters_are_sent_and_told_of():
    with Site() as site:
        site.create("ada@example.org")
        expect("taken the letter" in site.run("mail", "test", "postmaster@example.org").stdout, "mail test")
        expect("To: postmaster@example.org" in site.letters()[-1], "the test letter")
        site.run("mail", "test", "nonsense", code=1)
        before = len(site.letters())
        site.run("account", "send-reset", "ada@example.org")
        equal(len(site.letters()), before + 1, "letters")
        expect("http://localhost:8080/account/" in site.letters()[-1].replace("=\n", "").replace("=3D", "="), site.letters()[-1])
        invited = site.json("account", "invite", "bob@example.org", "--name", "Bob")
        expect(invited["invited"], invited)
        expect("bob@example.org" in site.letters()[-1], "the invitation")
        equal(site.json("account", "show", invited["id"])["emails"][0]["verified"], False, "an invited address")
        site.run("account", "invite", "bob@example.org")
        equal(len(site.letters()), before + 3, "letters")
        equal(site.json("mail", "queue"), [], "what waits")

        # A mailer that can't: the letter waits, and is sent once it can.
        folder = f"{site.folder}/state/mail"
        os.chmod(folder, 0o500)
        site.run("account", "send-reset", "ada@example.org")
        waiting = site.json("mail", "queue")
        equal((len(waiting), waiting[0]["recipient"], waiting[0]["attempts"]), (1, "ada@example.org", 1), "what waits")
        expect(waiting[0]["last_error"], "the reason is not told")
        expect(re.search(r"ada@example.org +1 ", site.run("mail", "queue").stdout), "the queue")
        equal(site.json("mail", "queue", "--dead"), [], "dead letters")
        site.run("mail", "queue", "--retry", waiting[0]["id"], code=1)


def test_a_site_is_served_and_its_settings_are_reloaded():
    with Site() as site, Serving(site) as served:
        equal(served.get("/").text(), "everybody's page", "the public page")
        refused = served.get("/members/", ("Accept", "text/html"))
        equal(refused.status, 303, f"a protected page: {refused}")
        expect(refused.get("location").startswith("/account/login") or "localhost:8080/account/login" in refused.get("location"),
               refused.get("location"))
        equal(served.get("/members/", ("Accept", "application/json")).status, 401, "a protected call")
        page = served.get("/account/login", ("Accept", "text/html"))
        equal(page.status, 200, "the sign-in page")
        expect("Northlight" in page.text(), "the site's name")

        good = open(site.settings, encoding="utf-8").read()
        write(site.settings, good + "nonsense: 1\n")
        served.process.send_signal(signal.SIGHUP)
        until(lambda: "the old ones stay in force" in served.said(), "the reload is refused", 60)
        expect('unknown key "nonsense"' in served.said(), served.said())
        equal(served.get("/account/nowhere").status, 404, "the old mount")
        write(site.settings, good.replace("{name: Northlight}", "{name: Southlight}"))
        served.process.send_signal(signal.SIGHUP)
        until(lambda: "new settings are in force" in served.said(), "the reload is done", 60)
        page = served.get("/account/login", ("Accept", "text/html"))
        expect("Southlight" in page.text(), "the site's new name")


def test_another_server_asks_and_is_told_where_people_sign_in():
    def ask(served, *headers, words="", host="localhost:8080"):
        about = [("X-Forwarded-Method", "GET"), ("X-Forwarded-Host", host), ("X-Forwarded-Uri", "/members/?a=b&c")]
        return served.get(f"/ask{words}", *about, *headers)

    browser = ("Accept", "text/html")
    with Site("trusted_proxies: [127.0.0.1]\n") as site, Serving(site, "--forward-auth", "/ask") as served:
        place = "http://localhost:8080/account/login?return_to=%2Fmembers%2F%3Fa%3Db%26c"
        equal((ask(served, browser).status, ask(served, browser).get("location")), (303, place), "a browser")
        asked = ask(served, browser, words="?sign_in=401")
        equal((asked.status, asked.get("location")), (401, place), "a browser behind nginx")
        equal(ask(served).status, 401, "a script")
        for words, status in (("", 421), ("?sign_in=401", 403)):
            elsewhere = ask(served, browser, words=words, host="evil.example")
            equal((elsewhere.status, elsewhere.get("location")), (status, None), "a browser at another host")
    with Site() as site:
        refused = site.run("serve", "--root", site.folder, "--forward-auth", "/ask", "--listen", "127.0.0.1:0", code=3)
        expect("trusted_proxies names nobody" in refused.stderr, refused.stderr)


support.run(support.tests_in(sys.modules[__name__]))
