"""Two-factor authentication with an authenticator that knows nothing of Doorward: oathtool, behind the real nginx."""
import datetime
import json
import subprocess
import sys

from stack_site import Person, Site, status_at
from harness import support
from harness.support import equal, expect

WHO = "ada@site.example"
# The next code is taken, too: nobody has to wait half a minute for it.
WIDE = "two_factor: {window: wide}\n"


def code(secret, later=0):
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=later)
    done = subprocess.run(["oathtool", "--totp", "--base32", f"--now={now:%Y-%m-%d %H:%M:%S} UTC", secret],
                          capture_output=True, text=True, check=True)
    return done.stdout.strip()


def turn_on(person):
    """The secret as the application keeps it, and the recovery codes."""
    equal(person.login(WHO).status, 200, "signed in")
    equal(person.post("/account/two-factor", change="save", enabled="yes").status, 200, "saved")
    secret = person.read("/account/two-factor/verify")["secret"].replace(" ", "")
    answer = person.post("/account/two-factor/verify", code=code(secret))
    equal(answer.status, 200, f"verified: {answer.text}")
    return secret, [each["code"] for each in json.loads(answer.text)["codes"]]


def given(person, **fields):
    """The password, and then the second factor; the status of the latter's answer."""
    equal(json.loads(person.login(WHO).text)["next"], "/account/second-factor", "after the password")
    equal(status_at(person.port, person.cookie), 303, "a protected page in between")
    return person.post("/account/second-factor", **fields).status


def test_an_authenticator_turns_it_on_and_lets_in():
    with Site(workers=2, settings=WIDE) as site:
        site.account(WHO)
        first = Person(site)
        secret, codes = turn_on(first)
        equal(len(secret), 32, "160 bit in base 32")
        equal(status_at(site.nginx.port, first.cookie), 200, "who has turned it on goes on")
        expect(json.loads(site.command("account", "show", WHO, "--json"))["second_factor"], "the command says so")

        next_code = code(secret, later=30)
        second, third, fourth = Person(site), Person(site), Person(site)
        equal(given(second, code=next_code), 200, "the next code")
        equal(status_at(site.nginx.port, second.cookie), 200, "a protected page")
        equal(given(third, code=next_code), 422, "the same code once more, in whatever worker")
        equal(given(fourth, recovery_code=codes[4]), 200, "a recovery code")
        equal(given(Person(site), recovery_code=codes[4]), 422, "the same recovery code once more")

        site.command("account", "reset-second-factor", WHO)
        equal(status_at(site.nginx.port, second.cookie), 303, "a session from before the reset")
        equal(json.loads(Person(site).login(WHO).text)["next"], "/", "after the password, without a factor")
        told = [letter.text for letter in site.letters()]
        expect(any("turned on" in text for text in told) and any("turned off" in text for text in told), told)


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
