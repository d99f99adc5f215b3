"""Starts the real nginx with the module under test, or without one, and looks through its error log at the end."""
import ctypes
import os
import re
import signal
import socket
import subprocess

from free_ports import free_ports
from harness.driven import Driven, write_pages
from harness.support import Failed, expect, until, write

MODULE = os.environ.get("DOORWARD_NGINX_MODULE", "")
ENGINE = os.environ.get("DOORWARD_FAKE_ENGINE", "")
SANITIZE = os.environ.get("DOORWARD_SANITIZE", "")
BINARY = "/usr/sbin/nginx"

FRAME = """{module}
{user}
worker_processes {workers};
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
{main}
events {{ worker_connections 1024; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/temp/body;
    proxy_temp_path {folder}/temp/proxy;
    fastcgi_temp_path {folder}/temp/fastcgi;
    uwsgi_temp_path {folder}/temp/uwsgi;
    scgi_temp_path {folder}/temp/scgi;
    lingering_timeout 1s;
    {engine_line}
    {http}
}}
"""


def default_environment():
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    if "address" in SANITIZE or "thread" in SANITIZE:
        # nginx itself is plain C: the sanitizer has to be there first, and the C++ library for it to find its throw.
        names = ["libtsan.so" if "thread" in SANITIZE else "libasan.so", "libstdc++.so.6"]
        env["LD_PRELOAD"] = " ".join(
            subprocess.run(["gcc", f"-print-file-name={name}"], check=True, capture_output=True, text=True).stdout.strip()
            for name in names)
        # nginx never frees its configuration, and our own leaks show in the identities the engine counts.
        env["ASAN_OPTIONS"] = "detect_leaks=0:detect_odr_violation=0"
    return env


def end_with_the_test():
    """In the child: a test that is killed takes its nginx with it (PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Nginx(Driven):
    """`http` and `main` are nginx.conf text; {port}, {port2} and {folder} in it are filled in."""

    def __init__(self, folder, http, main="", workers=2, engine=ENGINE, expected=(), module=MODULE, environment=()):
        self.folder = folder
        engine_line = f"doorward_engine {engine};" if engine else ""
        self.parts = {"http": http, "main": main, "workers": workers, "engine_line": engine_line, "module": module}
        self.expected = [re.compile(pattern) for pattern in expected]
        self.environment = {**default_environment(), **dict(environment)}
        self.process = None
        self.port, self.port2 = free_ports(2)
        os.makedirs(f"{folder}/temp", exist_ok=True)
        write(f"{folder}/error.log", "")

    def write_config(self, **changes):
        self.parts.update(changes)
        texts = dict(self.parts)
        texts["module"] = f"load_module {self.parts['module']};" if self.parts["module"] else ""
        for part in ("http", "main"):
            for key in ("port", "port2", "folder"):
                texts[part] = texts[part].replace("{" + key + "}", str(getattr(self, key)))
        user = "user www-data;" if os.geteuid() == 0 else ""
        path = f"{self.folder}/nginx.conf"
        write(path, FRAME.format(folder=self.folder, user=user, **texts))
        return path

    def command(self, *arguments):
        return [BINARY, "-e", f"{self.folder}/error.log", "-c", self.write_config(), *arguments]

    def check(self):
        """nginx -t: its exit code and what it said."""
        done = subprocess.run(self.command("-t"), capture_output=True, text=True, env=self.environment, timeout=120)
        return done.returncode, done.stderr

    def start(self):
        with open(f"{self.folder}/stderr", "w", encoding="utf-8") as stderr:
            self.process = subprocess.Popen(self.command(), stderr=stderr, env=self.environment,
                                            preexec_fn=end_with_the_test)
        try:
            until(self.answers, "nginx listens")
            until(lambda: len(self.workers()) == self.parts["workers"], "the workers are there")
        except BaseException:
            self.process.terminate()  # nobody else would: __exit__ is for what was entered
            self.process.wait()
            raise
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise Failed(f"nginx ended with {self.process.returncode}: {self.stderr()}")
        return self.answers_at_all()

    def answers_at_all(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def workers(self):
        """Process ids of the workers that are not on their way out."""
        found = []
        for pid in self.children():
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as line:
                    if b"worker process\0" in line.read().replace(b" \0", b"\0"):
                        found.append(pid)
            except (FileNotFoundError, ProcessLookupError):
                pass
        return found

    def reload(self):
        """Sends SIGHUP and waits until new workers are there. False: nginx kept the old configuration."""
        before = set(self.workers())
        faults = self.log().count("[emerg]")
        self.write_config()
        self.process.send_signal(signal.SIGHUP)

        def settled():
            fresh = set(self.workers()) - before
            return len(fresh) >= self.parts["workers"] or self.log().count("[emerg]") > faults

        until(settled, "the reload is over")
        return self.log().count("[emerg]") == faults

    def stop(self, number=signal.SIGQUIT):
        self.process.send_signal(number)
        self.process.wait(60)
        expect(self.process.returncode == 0, f"nginx ended with {self.process.returncode}: {self.stderr()}")

    def kill(self):
        """Master and workers at once, as a machine that goes down."""
        self.process.send_signal(signal.SIGSTOP)  # it starts no further worker
        for pid in [self.process.pid, *self.children()]:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()
        until(lambda: not self.answers_at_all(), "nobody listens any more")

    def look_through_log(self):
        """No line that an administrator would be woken for, no connection and no identity left over."""
        self.must_lack(r"\[(alert|emerg|crit)\]|open socket #|AddressSanitizer|runtime error", self.log() + self.stderr())
        self.must_have_given_back_identities()


def common_site(folder, upstream_port, settings, lines=""):
    """The site that tests/adapters/cases are written for; `lines` are more of its server's own."""
    write_pages(folder)
    identity = "".join(f"proxy_set_header X-Doorward-{name.title().replace('_', '-')} $doorward_{name};\n" for name in (
        "user", "email", "roles", "session", "locale", "methods", "authenticated_at", "time_zone", "phone", "picture",
        "notifications", "clock", "mac_format", "theme"))
    identity += "proxy_set_header X-Doorward-Name $doorward_name_encoded;\n"
    signed = "proxy_set_header X-Doorward-Assertion $doorward_assertion;"
    upstream = f"proxy_pass http://127.0.0.1:{upstream_port};"
    return f"""
    underscores_in_headers on;
    ignore_invalid_headers off;
    server {{
        listen 127.0.0.1:{{port}};
        listen 127.0.0.1:{{port2}} http2;
        root {folder}/www;
        doorward_config {settings};
        {lines}
        location / {{ }}
        location /protected/ {{ doorward required; }}
        location /admin/ {{ doorward required role=administrator; }}
        location /fresh/ {{ doorward required fresh=15m; }}
        location /strong/ {{ doorward required level=2; }}
        location /open/ {{ {upstream} }}
        location /optional/ {{ doorward optional; {identity} {upstream} }}
        location /app/ {{ doorward required; {identity} {upstream} }}
        location /signed/ {{ doorward optional; {identity} {signed} {upstream} }}
    }}
    """


class CommonSite(Nginx):
    """What tests of every server need of nginx with the common site."""

    graceful = signal.SIGQUIT
    at_a_time = 8  # requests that it takes without waiting
    at_once = 300  # requests that it takes together, whoever waits, and answers
    line = r"\[warn\].*doorward: {}"  # of its log, as a warning
    without_engine = [r"no engine in this worker", r"exited on signal 9", r"worker process \d+ exited"]

    def __init__(self, folder, upstream_port, settings, processes=3, lines="", http="", **more):
        super().__init__(folder, http + common_site(folder, upstream_port, settings, lines), workers=processes, **more)
