"""Signing in by the form, so many at a time, and the bare hash of the same parameters on the same core: what rows about passwords
compare."""
import json
import statistics
import subprocess
import threading
import time

from browser import PASSWORD, Browser
from load import on_last_core
from seeded import address_of

AT_A_TIME = 4
KIB, PASSES = 19456, 2  # the defaults of password.hash_memory and hash_passes
SEATS = 1  # as site_setup's settings have it
STRIDE = 7919  # prime to every number of accounts: who signs in next is found far away in the store


def side_by_side(work, items, threads=AT_A_TIME):
    """Calls work(item, number of the thread) for all; raises what one of them raised."""
    left, lock, failed = iter(items), threading.Lock(), []

    def run(number):
        while not failed:
            with lock:
                item = next(left, None)
            if item is None:
                return
            try:
                work(item, number)
            except Exception as error:  # told by the thread that waits for this one
                failed.append(error)

    all_threads = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in all_threads:
        thread.start()
    for thread in all_threads:
        thread.join()
    if failed:
        raise failed[0]


class SignIns:
    """Browsers that have the form open. Every sign-in is of a browser in which nobody was signed in before."""

    def __init__(self, server):
        self.server = server
        self.browsers = [Browser(server.port) for _ in range(AT_A_TIME)]
        self.hidden = [browser.hidden_fields("/account/login") for browser in self.browsers]

    def cpu_of(self, addresses):
        """Seconds of the worker's processor time for each."""
        before = self.server.cpu_seconds()
        with on_last_core():
            side_by_side(self.sign_in, addresses)
        return (self.server.cpu_seconds() - before) / len(addresses)

    def sign_in(self, address, number):
        browser = self.browsers[number]
        browser.post("/account/login", self.hidden[number] | {"identifier": address, "password": PASSWORD})
        if "doorward" not in browser.cookies:
            raise RuntimeError("a sign-in without a session")
        browser.become_a_stranger()


class SignInTimes:
    """Milliseconds at p50 until the answer with the new session, one at a time, of so many accounts in turn."""

    def __init__(self, server, accounts):
        self.sign_ins, self.accounts, self.turn = SignIns(server), accounts, 0

    def take(self, count):
        times = []
        with on_last_core():
            for _ in range(count):
                self.turn += STRIDE
                begin = time.perf_counter()
                self.sign_ins.sign_in(address_of(self.turn % self.accounts), 0)
                times.append((time.perf_counter() - begin) * 1e3)
        return statistics.median(times)


def without_hash(options, work, count):
    """Milliseconds; the bare hash is measured just before."""
    said = bare_hashes(options, count)
    return work.take(count) - said["seconds"] / said["hashes"] * 1e3


def cpu_of_hash(options, count):
    """Seconds of processor time for one."""
    said = bare_hashes(options, count)
    return said["cpu_seconds"] / said["hashes"]


def bare_hashes(options, count):
    """On the core where workers are."""
    words = ["taskset", "-c", "0", options.tool("hash"), str(KIB), str(PASSES), str(SEATS), str(count)]
    return json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
