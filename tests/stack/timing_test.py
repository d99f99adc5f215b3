"""Whether there is such an account can't be told by time (SECURITY T015, ASVS 6.3.8). Two kinds of requests, as many of each as
DOORWARD_ROUNDS says, in pairs of random order; the measure is the area under the ROC curve, 0.5 where nobody could tell them
apart, and has to lie within 0.42 to 0.58. Run as a long test only: a busy machine blurs, and can bend, what is measured, so
that of three measurements one has to hold. DOORWARD_ROUNDS=300 tests/stack/timing_test.py prints the figures."""
import http.client
import json
import random
import statistics
import sys
import time

from stack_site import PASSWORD, ROUNDS, Site, ask
from harness import support
from harness.support import expect

LOWEST, HIGHEST, MEASUREMENTS = 0.42, 0.58, 3
ACCOUNTS = 40  # of each kind: none of them meets a limit of its own, however often it is measured
LIMITS = ("limits: {account_failures: 100, address_failures: 100000, site_failures: 10000000, mails_per_address: 1000, "
          "mails_per_client: 100000, mails_per_site: 10000000}")


def roc_area(first, second):
    """How often one of `second` is greater than one of `first`; ties count half (Mann and Whitney)."""
    greater = sum((b > a) + 0.5 * (b == a) for a in first for b in second)
    return greater / (len(first) * len(second))


class Measure:
    def __init__(self, site):
        self.site, self.chance = site, random.Random(20270115)
        self.origin = f"http://127.0.0.1:{site.nginx.port}"
        self.connection = http.client.HTTPConnection("127.0.0.1", site.nginx.port, timeout=60)

    def seconds(self, path, fields):
        body = json.dumps(fields)
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Origin": self.origin}
        begun = time.perf_counter()
        answer = ask(self.connection, path, "", "POST", body, headers.items())
        taken = time.perf_counter() - begun
        return taken, answer.status

    def once(self, path, make):
        times, statuses = ([], []), (set(), set())
        for number in range(ROUNDS):
            for kind in self.chance.sample((0, 1), 2):
                taken, status = self.seconds(path, make(kind, number % ACCOUNTS))
                times[kind].append(taken)
                statuses[kind].add(status)
        expect(statuses[0] == statuses[1] and len(statuses[0]) == 1, f"{path}: one status for both: {statuses}")
        return times

    def __call__(self, what, path, make):
        areas = []
        while len(areas) < MEASUREMENTS:
            times = self.once(path, make)
            areas.append(roc_area(*times))
            medians = " and ".join(f"{statistics.median(each) * 1000:.2f} ms" for each in times)
            print(f"{what}: AUC {areas[-1]:.3f}, medians {medians}", flush=True)
            if LOWEST <= areas[-1] <= HIGHEST:
                return
        raise AssertionError(f"{what}: told apart by time, AUC {areas}")


def test_the_measure_tells_what_differs():
    expect(roc_area([1, 2, 3], [4, 5, 6]) == 1.0 and roc_area([1, 2], [1, 2]) == 0.5, "the measure")


def test_nobody_learns_by_time_who_has_an_account():
    with Site(workers=2, settings=LIMITS) as site:
        for number in range(ACCOUNTS):
            site.account(f"known{number}@site.example", "--login-name", f"known{number}")
            site.command("account", "invite", f"guest{number}@site.example", "--name", "Guest")
            site.account(f"off{number}@site.example")
            site.command("account", "disable", f"off{number}@site.example")
        measure = Measure(site)

        def of(*names, **more):
            return lambda kind, number: {"identifier": f"{names[kind]}{number}@site.example", **more}

        wrong = {"password": PASSWORD + "!"}
        measure("login, known or not", "/account/login", of("known", "nobody", **wrong))
        measure("login, with a password or without", "/account/login", of("known", "guest", **wrong))
        measure("login of a disabled account, the password right or wrong", "/account/login",
                lambda kind, number: {"identifier": f"off{number}@site.example", "password": PASSWORD + "!" * kind})
        measure("login by name", "/account/login",
                lambda kind, number: {"identifier": f"{('known', 'nobody')[kind]}{number}", **wrong})
        measure("backup login, known or not", "/backup-login", of("known", "nobody", **wrong))
        measure("recovery, known or not", "/account/recovery", of("known", "nobody"))
        measure("recovery, confirmed or not", "/account/recovery", of("known", "guest"))
        measure("signup, known or not", "/account/signup",
                lambda kind, number: {"name": "Grace", "password": PASSWORD,
                                      "email": f"{('known', 'nobody')[kind]}{number}@site.example"})


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
