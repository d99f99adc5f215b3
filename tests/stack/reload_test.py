"""A reload keeps what people have: sessions, tries that were counted, letters that are owed. A bad file changes nothing."""
import sys

from stack_site import PASSWORD, Person, Site, ask
from harness import support
from harness.support import equal, expect


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


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
