"""storage/postgresql in a process of its own (driver.cpp), as an object: driver.insert(id="a") answers what the call came to."""
import json
import os
import subprocess
import threading

from postgres import PASSWORD, wait_for


class Driver:
    def __init__(self, connection, password=PASSWORD, start=True, **settings):
        words = ["connection=" + connection, *("%s=%s" % pair for pair in settings.items())]
        if password is not None:
            words.append("password=" + password)
        self.process = subprocess.Popen([os.environ["STORAGE_DRIVER"], os.environ["STORAGE_POSTGRESQL"], *words],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.faults = []
        self.reader = threading.Thread(target=lambda: self.faults.extend(self.process.stderr), daemon=True)
        self.reader.start()
        self.lines, self.seen = [], []
        self.created = json.loads(self._line())
        if start and self.created["status"] == "OK":
            self.must("start")

    def _line(self):
        line = self.process.stdout.readline()
        if not line:
            self.reader.join(10)
            raise AssertionError("the driver died: " + "".join(self.faults))
        return line

    def ask(self, what, **words):
        self.process.stdin.write(json.dumps({"do": what, **words}) + "\n")
        self.process.stdin.flush()
        return json.loads(self._line())

    def __getattr__(self, what):
        return lambda **words: self.ask(what, **words)

    def must(self, what, **words):
        answer = self.ask(what, **words)
        assert answer["status"] == "OK", "%s %s: %s [log: %s]" % (what, words, answer, self.log_lines())
        return answer

    def statuses(self, *calls, tx="tx"):
        """The calls, each a name and its words, until one isn't OK; the transaction is ended in any case."""
        found = []
        for what, words in calls:
            found.append(self.ask(what, tx=tx, **words)["status"])
            if found[-1] != "OK":
                if what not in ("begin", "commit"):
                    self.ask("rollback", tx=tx)
                break
        return found

    def write(self, id, **words):
        """One row in one transaction; what it came to."""
        return self.statuses(("begin", words), ("insert", {"id": id}), ("commit", {}))[-1]

    def write_until_ok(self, id, seconds=40):
        """Until it is acknowledged, each time with a new id; gives the last id."""
        tries = iter(range(1000000))

        def once():
            name = "%s_%d" % (id, next(tries))
            return name if self.write(name, timeout=2000) == "OK" else None
        return wait_for("a write is acknowledged", once, seconds)

    def rows(self, id="*", **words):
        self.must("begin", tx="look", mode="read", **words)
        rows = self.must("find", tx="look", id=id)["rows"]
        self.must("commit", tx="look")
        return rows

    def log_lines(self):
        self.lines += self.ask("log")["lines"]
        return self.lines

    def events(self):
        """Everything that the listener was told so far: (milliseconds, call, message)."""
        self.seen += [tuple(one) for one in self.ask("events")["events"]]
        return self.seen

    def calls(self, name):
        return [one for one in self.events() if one[1] == name]

    def wait_until_caught_up(self):
        before = len(self.events())

        def has():
            names = [one[1] for one in self.events()[before:]]
            return "asking" in names and "caught_up" in names[names.index("asking"):]
        wait_for("the listener has caught up", has)

    def close(self):
        self.process.stdin.close()
        status = self.process.wait(timeout=60)
        self.reader.join(10)
        self.process.stdout.close()
        self.process.stderr.close()
        assert status == 0, "the driver ended with %d: %s" % (status, "".join(self.faults))

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.close()
        else:
            self.process.kill()
            self.process.wait()
