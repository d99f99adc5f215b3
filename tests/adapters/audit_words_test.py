"""`doorward audit verify | key`: an audit that a running site has written, and what is done to its rows behind its back."""
import base64
import os
import re
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import support
from harness.command import Serving, Site
from harness.support import equal, expect, until, write

LINE = re.compile(r"(audit checkpoint \d+ at \S+: \d+ records, ends [0-9a-f]{64}, key \S+), signature (\S+)")


def change(site, sql, *values):
    database = sqlite3.connect(f"{site.folder}/state/accounts.db")
    with database:
        changed = database.execute(sql, values).rowcount
    database.close()
    return changed


def test_an_audit_is_good_until_somebody_changes_it():
    with Site() as site:
        for i in range(8):
            site.create(f"ada{i}@example.org")
        told = site.json("audit", "verify")
        equal((told["good"], told["records"], told["records_after_last_checkpoint"], told["faults"]), (True, 8, 8, []), "a good one")
        text = site.run("audit", "verify").stdout
        expect(re.search(r"From 20\S+Z to 20\S+Z: 8 records, 0 checkpoints, all good\n$", text), text)
        equal(change(site, "UPDATE audit_entry SET outcome = 'refused' WHERE id = (SELECT max(id) FROM audit_entry)"), 1, "rows")
        [flipped] = [row for row in sqlite3.connect(f"{site.folder}/state/accounts.db").execute("SELECT max(id) FROM audit_entry")]
        text = site.run("audit", "verify", code=1).stdout
        expect(f"record {flipped[0]}: isn't what was written here" in text, text)
        expect("NOT as they were written" in text, text)
        told = site.json("audit", "verify", code=1)
        equal((told["good"], [fault["where"] for fault in told["faults"]]), (False, [f"record {flipped[0]}"]), "in JSON")


def test_a_line_of_the_log_finds_an_older_store_and_is_checked_by_openssl():
    with Site() as site:
        site.create("ada@example.org")
        with Serving(site) as served:
            text, signature = until(lambda: LINE.search(served.said()), "a checkpoint in the log", 60).groups()
            log = served.said()
        equal(site.json("audit", "verify")["checkpoints"], 1, "checkpoints")
        told = site.json("audit", "verify", "--log", write(f"{site.folder}/kept.log", log + "\nGET /audit checkpoint 7\n"))
        equal(told["log"], {"checkpoints": 1, "not_signed": 1}, "what the log has")

        [key] = site.json("audit", "key")
        write(f"{site.folder}/key.pem", key["public_key"])
        write(f"{site.folder}/text", text)
        with open(f"{site.folder}/signature", "wb") as file:
            file.write(base64.urlsafe_b64decode(signature + "=="))
        checked = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", f"{site.folder}/key.pem", "-rawin", "-in",
                                  f"{site.folder}/text", "-sigfile", f"{site.folder}/signature"], capture_output=True, text=True)
        expect("Verified Successfully" in checked.stdout, checked.stdout + checked.stderr)

        text = site.run("audit", "verify", "--log", write(f"{site.folder}/empty.log", ""), code=1).stdout
        expect(f"{site.folder}/empty.log: has no checkpoint that could be compared" in text, text)
        text = site.run("audit", "verify", "--log", site.folder, code=1).stdout
        expect(f"{site.folder}: can't be read" in text, text)
        long = write(f"{site.folder}/long.log", log + "\naudit checkpoint 1 at 2026-11-30T01:31:46Z: " + "1" * 1_000_000 + "\n")
        equal(site.json("audit", "verify", "--log", long)["log"], {"checkpoints": 1, "not_signed": 1}, "a line of a million digits")

        change(site, "DELETE FROM audit_checkpoint")
        text = site.run("audit", "verify", code=1).stdout
        expect("checkpoint 1: is missing: it was the last one that was signed" in text, text)
        text = site.run("audit", "verify", "--log", f"{site.folder}/kept.log", code=1).stdout
        expect("checkpoint 1: is in the log and isn't in the store" in text, text)
        refused = site.run("audit", "verify", "--log", "/nowhere", code=4)
        expect("/nowhere can't be read" in refused.stderr, refused.stderr)


def test_what_was_never_chained_shows():
    with Site() as site:
        site.create("ada@example.org")
        change(site, "UPDATE audit_entry SET chain = NULL, number = NULL, link = NULL")
        change(site, "DELETE FROM audit_chain")
        site.create("bob@example.org")
        text = site.run("audit", "verify", code=1).stdout
        expect("isn't in a chain, as all records here are" in text, text)
        expect("1 record is in no chain; nothing vouches for it" in text, text)


def test_a_checkpoint_without_a_number_is_named():
    with Site() as site:
        site.create("ada@example.org")
        with Serving(site) as served:
            until(lambda: LINE.search(served.said()), "a checkpoint in the log", 60)
        equal(change(site, "UPDATE audit_checkpoint SET id = 'boo'"), 1, "rows")
        text = site.run("audit", "verify", code=1).stdout
        expect("checkpoint boo: has an id that is no number" in text, text)


support.run(support.tests_in(sys.modules[__name__]))
