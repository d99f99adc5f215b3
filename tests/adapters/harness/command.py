"""A folder with settings for the real engine, the command in it, and `doorward serve` of it."""
import glob
import json
import os
import re
import signal
import subprocess

from . import client
from .support import equal, expect, temporary_folder, until, write

COMMAND = os.environ["DOORWARD_COMMAND"]
ENGINE = os.environ["DOORWARD_ENGINE"]
PLUGINS = os.environ["DOORWARD_PLUGINS"]
CONFIG = os.environ["DOORWARD_SOURCE_CONFIG"]
PASSWORD = "correct horse battery staple nine"
OWNER = 33  # www-data, where the tests run as root


class Site:
    """A folder with settings, and the command in it."""

    def __init__(self, more=""):
        self.more = more

    def __enter__(self):
        self.folders = temporary_folder()
        self.folder = self.folders.__enter__()
        os.mkdir(f"{self.folder}/state")
        os.chmod(f"{self.folder}/state", 0o700)
        if os.geteuid() == 0:
            os.chown(f"{self.folder}/state", OWNER, OWNER)
        self.settings = write(f"{self.folder}/doorward.yaml", f"""public_url: http://localhost:8080
site: {{name: Northlight}}
state_dir: state
plugin_dir: {PLUGINS}
theme_dir: {CONFIG}/theme
locales_dir: {CONFIG}/locales
storage: {{plugin: sqlite, path: state/accounts.db}}
mailer: {{plugin: folder, path: state/mail}}
mail: {{from_address: desk@northlight.example}}
{self.more}""")
        return self

    def __exit__(self, *_):
        self.folders.__exit__(None, None, None)

    def arguments(self, words):
        return [COMMAND, "--config", self.settings, "--engine", ENGINE, *words]

    def run(self, *words, code=0, typed=""):
        done = subprocess.run(self.arguments(words), input=typed, capture_output=True, text=True, timeout=120)
        expect(done.returncode == code,
               f"{' '.join(words)}: exit code {done.returncode} instead of {code}: {done.stdout}{done.stderr}")
        return done

    def json(self, *words, code=0, typed=""):
        return json.loads(self.run(*words, "--json", code=code, typed=typed).stdout)

    def create(self, email, *words):
        return self.json("account", "create", "--email", email, "--name", "Ada Lovelace", "--password-stdin", *words,
                         typed=PASSWORD + "\n")["id"]

    def letters(self):
        texts = []
        for path in sorted(glob.glob(f"{self.folder}/state/mail/*.eml")):
            with open(path, encoding="utf-8") as file:
                texts.append(file.read())
        return texts


class Serving:
    """`doorward serve` of a site with a public and a members' page; more words may be given."""

    def __init__(self, site, *words):
        self.site, self.words = site, words

    def __enter__(self):
        site = self.site
        write(f"{site.folder}/www/index.html", "everybody's page")
        write(f"{site.folder}/www/members/index.html", "the members' page")
        self.log = open(f"{site.folder}/serve.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(site.arguments(["serve", "--listen", "127.0.0.1:0", "--root", f"{site.folder}/www",
                                                        "--protect", "/members", *self.words]), stderr=self.log)
        self.port = int(until(self.listening, "doorward serve listens", 60).group(1))
        return self

    def said(self):
        with open(self.log.name, encoding="utf-8") as file:
            return file.read()

    def listening(self):
        expect(self.process.poll() is None, f"doorward serve ended: {self.said()}")
        return re.search(r"listening on \S+:(\d+)\n", self.said())

    def get(self, target, *headers):
        return client.send(self.port, client.message("GET", target, headers, host="localhost:8080"))

    def __exit__(self, kind, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.log.close()
        if kind is None:
            equal(self.process.returncode, 0, f"exit code; {self.said()}")
