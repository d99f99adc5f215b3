"""Ways in which a person's session ends, and people whose passwords may be changed often enough: what tests of revocation share."""
from stack_site import PASSWORD
from harness.support import equal


def by_signing_out(site, person, address):
    equal(person.post("/account/logout").status, 200, "signing out")


def by_ending_the_others(site, person, address):
    other = person.elsewhere()
    equal(other.login(address).status, 200, "signing in elsewhere")
    equal(other.post("/account/sessions", others=True).status, 200, "ending the others")


def by_a_new_password(site, person, address):
    other = person.elsewhere()
    equal(other.login(address).status, 200, "signing in elsewhere")
    equal(other.post("/account/password", current=PASSWORD, new=PASSWORD + " too").status, 200, "a new password")
    site.command("account", "set-password", address, "--permanent", "--password-stdin", typed=PASSWORD + "\n")


def person_of(site, round_):
    """The address of this round's person: another one after a hundred, since nobody may have a new password more often than 30 times
    in an hour."""
    address = f"ada{round_ // 100}@site.example"
    if round_ % 100 == 0:
        site.account(address)
    return address
