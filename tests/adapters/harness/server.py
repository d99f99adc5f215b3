"""Starts `doorward serve` with the scripted engine, by way of serve_program."""
import os
import re
import signal
import subprocess

from harness.driven import Driven, write_pages
from harness.support import equal, expect, until, write

PROGRAM = os.environ.get("DOORWARD_SERVE_PROGRAM", "")
ENGINE = os.environ.get("DOORWARD_FAKE_ENGINE", "")


class Server(Driven):
    """`arguments` are the words of serve_program after LISTEN, `expected` patterns of log lines that the test provokes."""

    log_name = "serve.log"

    def __init__(self, folder, settings, arguments, listen="127.0.0.1:0", expected=()):
        self.folder, self.expected = folder, [re.compile(pattern) for pattern in expected]
        self.path = f"{folder}/{self.log_name}"
        self.command = [PROGRAM, ENGINE, settings, listen, *arguments]
        self.process = None
        self.port = None

    def start(self):
        write(self.path, "")
        with open(self.path, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(self.command, stderr=log)
        found = until(self.listening, "doorward serve listens")
        self.port = int(found.group(1))
        return self

    def listening(self):
        expect(self.process.poll() is None, f"doorward serve ended: {self.log()}")
        return re.search(r"listening on \S+:(\d+)\n", self.log())

    def reload(self):
        """True: new settings are in force."""
        good, bad = "new settings are in force", "the old ones stay in force"
        before = self.log().count(good), self.log().count(bad)
        self.process.send_signal(signal.SIGHUP)
        until(lambda: (self.log().count(good), self.log().count(bad)) != before, "the reload is over")
        return self.log().count(good) > before[0]

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait(60)
        equal(self.process.returncode, 0, f"the exit code; the log: {self.log()}")

    def look_through_log(self):
        self.must_lack(r"AddressSanitizer|ThreadSanitizer|runtime error|a request ended with", self.log())
        left = re.findall(r"fake: stopped, identities out (-?\d+)", self.log())
        expect(left and left[-1] == "0", f"identities were not given back: {left}")


def common_site(folder, upstream_port):
    """The site that tests/adapters/cases are written for."""
    write_pages(folder)
    words = ["root", f"{folder}/www", "protect", "/protected/", "protect", "/admin/:role=administrator",
             "protect", "/fresh/:fresh=15m", "protect", "/strong/:level=2", "protect", "/app/", "optional", "/optional/",
             "optional", "/signed/", "assertion", "on"]
    for place in ("/open/", "/optional/", "/app/", "/signed/"):
        words += ["upstream", f"{place}=http://127.0.0.1:{upstream_port}"]
    return words


class CommonSite(Server):
    """What tests of every server need of `doorward serve` with the common site."""

    at_a_time = 8  # requests that it takes without waiting
    at_once = 250  # requests that it takes together, whoever waits, and answers: of 256, over which the answer is 503

    def __init__(self, folder, upstream_port, settings, expected=(), processes=1):
        del processes  # it is always one
        super().__init__(folder, settings, common_site(folder, upstream_port), expected=expected)

    @property
    def ports(self):
        return {"1.1": self.port}
