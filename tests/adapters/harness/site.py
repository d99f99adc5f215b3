"""The common site on the server that the command line names: nginx, apache or server, which is `doorward serve`."""
import importlib
import os
import socket
import sys

from harness import client, fake, support
from harness.upstream import Upstream

SERVER = sys.argv[1]
harness = importlib.import_module(f"harness.{SERVER}")


class Site:
    """`with Site() as site`: site.server runs. `more` are settings of the scripted engine, `expected` log lines that the test provokes,
    `own` what only this server's CommonSite takes."""

    def __init__(self, more="", expected=(), processes=2, **own):
        self.more, self.arguments = more, {"expected": expected, "processes": processes, **own}

    def __enter__(self):
        self.folder_context = support.temporary_folder()
        self.folder = self.folder_context.__enter__()
        self.upstream = Upstream().__enter__()
        self.settings = fake.settings(self.folder, self.more)
        self.server = harness.CommonSite(self.folder, self.upstream.port, self.settings, **self.arguments)
        self.server.start()
        return self

    def __exit__(self, *error):
        try:
            self.server.__exit__(*error)
        finally:
            self.upstream.__exit__()
            self.folder_context.__exit__(None, None, None)

    def get(self, target, headers=()):
        return client.http1(self.server.port, "GET", target, headers)

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.server.port), client.DEADLINE)


def maps(pid, file_name):
    """Has this process opened the library?"""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as file:
        return os.path.basename(file_name) in file.read()


def processes_with_engine(site):
    return [pid for pid in site.server.children() if maps(pid, harness.ENGINE)]
