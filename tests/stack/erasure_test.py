"""What is left of somebody who deleted their account, in the files of a site that runs on: nothing, within seconds."""
import contextlib
import glob
import os
import sqlite3
import sys

from stack_site import PASSWORD, Person, Site
from harness import support
from harness.support import equal, expect, until

NAME, ADDRESS, PHONE = "Zebedee Quillfeather", "zebedee@site.example", "+4930901820"


def left(site):
    """The files below state_dir that tell of the person, and what they tell."""
    found = []
    for path in glob.glob(f"{site.folder}/state/**", recursive=True):
        if not os.path.isfile(path):
            continue
        with open(path, "rb") as file:
            content = file.read()
        found += [(os.path.basename(path), text) for text in (NAME, "Quillfeather", ADDRESS, PHONE)
                  if text.lower().encode() in content.lower()]
    return found


def with_account(site):
    site.account("bob@site.example", name="Bob Example")
    site.account(ADDRESS, name=NAME)
    person = Person(site)
    equal(person.login(ADDRESS).status, 200, "signing in")
    equal(person.post("/account/profile", name=NAME, phone=PHONE).status, 200, "saving the profile")
    expect({text for _, text in left(site)} >= {NAME, ADDRESS, PHONE}, f"nothing of the account is found: {left(site)}")
    return person


def others_go_on(site):
    """Somebody else uses the site meanwhile, at every worker."""
    equal(Person(site).login("bob@site.example").status, 200, "signing in")
    return True


def test_a_site_that_runs_on_keeps_nothing_of_who_deleted_their_account():
    with Site(workers=3) as site:
        person = with_account(site)
        workers = site.nginx.workers()
        equal(person.post("/account/deletion", confirm="yes", password=PASSWORD).status, 200, "the deletion")
        until(lambda: any(letter.to == ADDRESS for letter in site.letters()), "the last letter")
        until(lambda: others_go_on(site) and left(site) == [], f"the files hold {left(site)}")
        equal(site.nginx.workers(), workers, "the workers")


def test_so_does_one_whose_account_the_command_deleted():
    with Site(workers=3) as site:
        with_account(site)
        site.command("account", "delete", ADDRESS, "--yes")
        until(lambda: any(letter.to == ADDRESS for letter in site.letters()), "the last letter")
        until(lambda: left(site) == [], f"the files hold {left(site)}")


def test_a_reader_that_takes_its_time_only_puts_it_off():
    with Site(workers=3) as site:
        person = with_account(site)
        with contextlib.closing(sqlite3.connect(f"{site.folder}/state/accounts.db", isolation_level=None)) as reader:
            reader.execute("BEGIN")
            equal(reader.execute("SELECT count(*) FROM account").fetchone(), (2,), "accounts")
            equal(person.post("/account/deletion", confirm="yes", password=PASSWORD).status, 200, "the deletion")
            until(lambda: any(letter.to == ADDRESS for letter in site.letters()), "the last letter")
            equal([others_go_on(site) for _ in range(10)], [True] * 10, "signing in meanwhile")
            expect(left(site) != [], "what a reader still sees is gone")
        until(lambda: left(site) == [], f"the files hold {left(site)}")


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
