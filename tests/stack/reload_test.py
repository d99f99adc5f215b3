"""A reload keeps what people have: sessions, tries that were counted, letters that are owed. A bad file changes nothing."""
import os
import sys

from stack_site import OWNER, PASSWORD, Person, Site, ask
from harness import support
from harness.support import equal, expect, until, write


def wrong_logins(site, count):
    return [Person(site).login("ada@site.example", f"wrong password number {i}").status for i in range(count)]


def test_sessions_go_on():
    with Site(workers=2) as site:
        site.account("ada@site.example")
        person = Person(site)
        equal(person.login("ada@site.example").status, 200, "signing in")
        site.reload()
        for connection in site.connections():
            equal(ask(connection, "/protected/page.html", person.cookie).status, 200, "after the reload")
            equal(ask(connection, "/admin/page.html", person.cookie).status, 403, "without the role")


def test_tries_are_counted_over_workers_and_reloads():
    with Site(workers=2) as site:
        site.account("ada@site.example")
        equal(wrong_logins(site, 6), [422] * 6, "before")
        site.reload()
        equal(wrong_logins(site, 5), [422] * 4 + [429], "ten in all, and no more")
        equal(Person(site).login("ada@site.example").status, 429, "the right password isn't told from a wrong one")


def test_new_settings_hold_after_a_reload_and_bad_ones_change_nothing():
    expected = [r"\[emerg\] .*doorward"]
    with Site(workers=2, expected=expected) as site:
        site.write_settings("signup: {enabled: false}")
        site.reload()
        equal(Person(site).post("/account/signup", name="A", email="a@b.example", password=PASSWORD).status, 404, "closed")
        site.write_settings("sgnup: {enabled: true}")
        expect(not site.nginx.reload(), "a bad file is refused")
        expect("did you mean signup" in site.nginx.log(), "and the log says why")
        equal(Person(site).post("/account/signup", name="A", email="a@b.example", password=PASSWORD).status, 404, "still closed")


def test_a_key_ring_that_is_damaged_changes_nothing():
    with Site(workers=2, expected=[r"\[emerg\] .*key_ring"]) as site:
        site.account("ada@site.example")
        ring = f"{site.folder}/state/key_ring"
        with open(ring, encoding="utf-8") as file:
            whole = file.read()
        for text, mode, sentence in ((whole, 0o644, "its mode must be 0600"), (whole[:20], 0o600, "not a line of a key ring"),
                                     ("", 0o600, "holds no key")):
            write(ring, text, mode)
            expect(not site.nginx.reload(), f"the reload is refused: {sentence}")
            expect(sentence in site.nginx.log(), f"the log says: {sentence}")
            equal(Person(site).login("ada@site.example").status, 200, f"the site goes on: {sentence}")
        write(ring, whole, 0o600)
        site.reload()
        equal(Person(site).login("ada@site.example").status, 200, "with the whole one")


def test_a_key_ring_that_is_missing_is_made_for_no_store_but_a_new_one():
    missing = "the key ring of this store is missing"
    with Site(workers=2, expected=[missing, r"no engine in this worker"]) as site:
        site.account("ada@site.example")
        ring, kept = f"{site.folder}/state/key_ring", f"{site.folder}/key_ring"
        os.rename(ring, kept)
        said = site.refused("account", "list")
        expect(missing in said and "Copy the file from the backup" in said, f"what the command says: {said}")
        equal(Person(site).login("ada@site.example").status, 200, "the workers that run have their keys")
        said = site.refused("serve", "--listen", "127.0.0.1:0", "--root", f"{site.folder}/www")
        expect(missing in said, f"what doorward serve says: {said}")
        site.reload()
        until(lambda: missing in site.nginx.log(), "the log says so")
        expect(not os.path.exists(ring), "another ring was made")
        os.rename(kept, ring)
        site.reload()
        equal(Person(site).login("ada@site.example").status, 200, "with the one that was there")


def test_a_key_ring_of_another_store_is_not_taken():
    with Site(workers=2) as site:
        site.account("ada@site.example")
        ring = f"{site.folder}/state/key_ring"
        os.rename(ring, f"{site.folder}/kept")
        write(f"{site.folder}/foreign", "4b1d6c02 " + "k" * 43 + "\n", 0o600)
        if os.geteuid() == 0:
            os.chown(f"{site.folder}/foreign", OWNER, OWNER)
        os.rename(f"{site.folder}/foreign", ring)
        until(lambda: "has none of the keys that were in use" in site.nginx.log(), "the log says so")
        for _ in range(6):
            equal(Person(site).login("ada@site.example").status, 200, "signing in")
        os.rename(f"{site.folder}/kept", ring)
        equal(Person(site).login("ada@site.example").status, 200, "and with the one that was there")
        site.command("audit", "verify")


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
