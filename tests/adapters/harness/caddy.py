"""Starts the real Caddy with a Caddyfile, in a folder of its own."""
import os
import socket
import subprocess

from free_ports import free_ports
from harness.nginx import end_with_the_test
from harness.support import Failed, equal, until, write

BINARY = "/usr/bin/caddy"

# No certificates, no second port, nothing kept beyond the folder.
FRAME = """{
    admin off
    auto_https off
    default_bind 127.0.0.1
}
http://:%d {
%s
}
"""


class Caddy:
    """`site` is what stands in the site's block."""

    def __init__(self, folder, site):
        self.folder = folder
        (self.port,) = free_ports(1)
        self.config = write(f"{folder}/caddy/Caddyfile", FRAME % (self.port, site))
        self.process = None

    def log(self):
        with open(f"{self.folder}/caddy/log", encoding="utf-8", errors="replace") as file:
            return file.read()

    def listens(self):
        if self.process.poll() is not None:
            raise Failed(f"Caddy ended with {self.process.returncode}: {self.log()}")
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def __enter__(self):
        home = f"{self.folder}/caddy"
        environment = {"PATH": os.environ["PATH"], "HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
        with open(f"{home}/log", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen([BINARY, "run", "--config", self.config, "--adapter", "caddyfile"],
                                            stdout=log, stderr=log, env=environment, preexec_fn=end_with_the_test)
        try:
            until(self.listens, "Caddy listens", 60)
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(60)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
        equal(self.process.returncode, 0, f"Caddy's exit code; the log: {self.log()}")
