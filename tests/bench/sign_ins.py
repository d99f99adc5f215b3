"""Signing in by the form, so many at a time, and the bare hash of the same parameters on the same core: what rows about passwords
compare."""
import json
import subprocess
import threading

from browser import PASSWORD, Browser
from load import on_last_core

AT_A_TIME = 4
KIB, PASSES = 19456, 2  # the defaults of password.hash_memory and hash_passes
SEATS = 1  # as site_setup's settings have it


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


def cpu_of_hash(options, count):
    """Seconds of processor time for one, on the core where workers are."""
    words = ["taskset", "-c", "0", options.tool("hash"), str(KIB), str(PASSES), str(SEATS), str(count)]
    said = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    return said["cpu_seconds"] / said["hashes"]
