"""Letters that a site has sent: mailer/folder writes each as a file."""
import os
import re
import threading


class Letters:
    def __init__(self, folder):
        self.folder, self.seen, self.codes, self.lock = folder, set(), {}, threading.Lock()

    def code_for(self, address):
        """The code that was sent there, or None: not yet."""
        with self.lock:
            if address not in self.codes:
                self.look()
            return self.codes.get(address)

    def look(self):
        for name in os.listdir(self.folder):
            if not name.endswith(".eml") or name in self.seen:
                continue
            self.seen.add(name)
            with open(f"{self.folder}/{name}", encoding="utf-8", errors="replace") as file:
                text = file.read()
            to = re.search(r"^To:.*?([\w.+-]+@[\w.-]+)", text, re.M | re.I)
            code = re.search(r"^.*code.*?\b(\d{8})\b", text, re.M | re.I)
            if to and code:
                self.codes[to[1]] = code[1]
