"""What the drivers of web servers have in common: a process with its log, whose end is looked at; and the pages of the common site."""
import re

from harness.support import Failed, expect, write

PAGES = {"index.html": "public index", "page.html": "public page", "protected/index.html": "protected index",
         "protected/page.html": "protected page", "admin/page.html": "admin page", "fresh/page.html": "fresh page", "strong/page.html": "strong page",
         "account/file.html": "a file below the mount"}


def write_pages(folder):
    """Those that tests/adapters/cases are written for."""
    for name, text in PAGES.items():
        write(f"{folder}/www/{name}", text)


class Driven:
    """Has `folder`, `process` and `expected`, patterns of log lines that the test provokes; and start(), stop() and look_through_log()."""

    log_name = "error.log"

    @property
    def ports(self):
        """By HTTP version."""
        return {"1.1": self.port, "2": self.port2}

    def stderr(self):
        with open(f"{self.folder}/stderr", encoding="utf-8") as file:
            return file.read()

    def log(self):
        with open(f"{self.folder}/{self.log_name}", encoding="utf-8", errors="replace") as file:
            return file.read()

    def children(self):
        """Also those that don't bear their title yet."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            return [int(pid) for pid in file.read().split()]

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            try:
                self.stop()
            finally:
                if self.process.poll() is None:
                    self.process.kill()
                    self.process.wait()
        if kind is None:
            self.look_through_log()

    def must_lack(self, bad, text):
        """No line of `text` has this pattern, but for those that are expected."""
        for line in text.splitlines():
            if re.search(bad, line) and not any(known.search(line) for known in self.expected):
                raise Failed(f"in the log: {line}\n{text}")

    def counted(self, what):
        """`pages`, `resolves` or `assertions` that the engines of all processes were asked for, told when they stopped."""
        counts = re.findall(rf"fake: stopped.*, {what} (\d+)", self.log())
        expect(counts, "no engine said how many it made")
        return sum(map(int, counts))

    def must_have_given_back_identities(self):
        for left in re.findall(r"fake: stopped, identities out (-?\d+)", self.log()):
            expect(left == "0", f"identities were not given back: {left}")
