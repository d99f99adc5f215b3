"""What the tests of the mailers share: the driver as an object, letters."""
import json
import os
import queue
import resource
import subprocess
import threading

OK, REFUSED, INVALID, UNAVAILABLE = 0, 3, 4, 6


class Driver:
    """A mailer plugin, loaded and started. `start` is what create and start came to."""

    def __init__(self, plugin, largest_file=None, **settings):
        # Double underscores stand for the dot of nested settings.
        pairs = [key.replace("__", ".") + "=" + str(value) for key, value in settings.items()]
        self.process = subprocess.Popen([os.environ["MAILER_DRIVER"], os.environ["MAILER_" + plugin.upper()], *pairs],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        restore_signals=False)  # SIGXFSZ and SIGPIPE stay ignored, as in web servers
        if largest_file is not None:
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (largest_file, largest_file))
        self.log = []
        self.reader = threading.Thread(target=lambda: self.log.extend(self.process.stderr), daemon=True)
        self.reader.start()
        self.start = json.loads(self.process.stdout.readline())

    def send_all(self, mails, timeout_ms=5000):
        self.process.stdin.write(json.dumps({"mails": mails, "timeout_ms": timeout_ms}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError("the driver died: " + "".join(self.log))
        return json.loads(line)

    def send(self, mail, timeout_ms=5000):
        return self.send_all([mail], timeout_ms)[0]

    def close(self, within=60):
        """Stops the plugin; returns its exit status and whatever it wrote to stderr."""
        self.process.stdin.close()
        status = self.process.wait(timeout=within)
        self.reader.join(timeout=10)
        self.process.stdout.close()
        self.process.stderr.close()
        if status != 0:
            raise AssertionError("the driver ended with %d: %s" % (status, "".join(self.log)))
        return "".join(self.log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def letter(**changes):
    return {"message_id": "<0192f3a1-7c3e-7b2a@example.org>", "date": 1790000000123456, "from_name": "Example Site",
            "from_address": "accounts@example.org", "to_name": "Ada Lovelace", "to_address": "ada@example.net",
            "subject": "Confirm your address", "text": "Hello Ada,\n\nhttps://example.org/account/verify?token=abc\n",
            "html": "<p>Hello <b>Ada</b></p>\n", "language": "en"} | changes


class Inbox(queue.Queue):
    """What a server got, in order."""

    def next(self):
        return self.get(timeout=20)

    def none_left(self):
        return self.empty()
