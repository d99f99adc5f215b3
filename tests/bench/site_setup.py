"""Sites for measuring: nginx with the real engine on SQLite, and the same nginx without Doorward beside it. A server has one
worker; it and all its threads stay on the first core, so that the last is left for whoever asks."""
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from figures import say
from letters import Letters
from seeded import seed, seeded
from worker_user import WORKER_USER, hand_over

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, os.pardir, "ports"))
from free_ports import free_port

SOURCE = os.path.dirname(os.path.dirname(HERE))
NGINX = os.environ.get("DOORWARD_NGINX_PROGRAM", "/usr/sbin/nginx")

NGINX_CONF = """{load}
{user}
worker_processes 1;
worker_cpu_affinity 01;
daemon off;
pid {folder}/{name}.pid;
error_log {folder}/{name}.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    keepalive_requests 100000000;
    keepalive_timeout 1h; # a row measures others between two of its turns
    client_body_temp_path {folder}/{name}-body;
    proxy_temp_path {folder}/{name}-proxy;
    fastcgi_temp_path {folder}/{name}-fastcgi;
    uwsgi_temp_path {folder}/{name}-uwsgi;
    scgi_temp_path {folder}/{name}-scgi;
    {http}
    server {{
        listen 127.0.0.1:{port};
        root {folder}/www;
        location / {{ }}
        location /protected/ {{ {protected} }}
        location /moved/ {{ return 302 http://localhost/account/login; }}
    }}
}}
"""

# One core, so one seat; and limits that nobody who measures ever meets: they are asked as always.
SETTINGS = """public_url: http://localhost:{port}
state_dir: {state}
plugin_dir: {plugins}
theme_dir: {source}/config/theme
locales_dir: {source}/config/locales
storage: {storage}
mailer: {{plugin: folder, path: {mail}}}
mail: {{from_address: desk@site.example}}
password: {{hash_seats: 1, hash_wait: 30s}}
limits: {{account_failures: 100, address_failures: 100000, site_failures: 10000000, mails_per_address: 1000, mails_per_client: 100000}}
"""

SQLITE = "{{plugin: sqlite, path: {state}/accounts.db}}"
PASSWORD_VARIABLE = "DOORWARD_TEST_PASSWORD"  # that of tests/storage/postgres.py


def until(question, about, seconds=30):
    deadline = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s: {about}")
        time.sleep(0.005)


class Server:
    """One nginx; what its worker has used of the processor and of memory is read from /proc."""

    def __init__(self, folder, name, port, load="", http="", protected=""):
        self.name, self.folder, self.port, self.process = name, folder, port, None
        user = f"user {WORKER_USER};" if os.geteuid() == 0 else ""
        self.conf = f"{folder}/{name}.conf"
        with open(self.conf, "w", encoding="utf-8") as file:
            file.write(NGINX_CONF.format(folder=folder, name=name, user=user, port=port, load=load, http=http,
                                         protected=protected))

    def launch(self):
        """Without waiting for anything."""
        self.process = subprocess.Popen([NGINX, "-e", f"{self.folder}/{self.name}.log", "-c", self.conf])

    def start(self):
        self.launch()
        self.worker = until(self.find_worker, f"{self.name} has a worker")
        return self

    def find_worker(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"nginx ended: {self.log()}")
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            children = file.read().split()
        for child in children:  # the settings check is a child too, and may have ended by now
            with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/{child}/cmdline", "rb") as line:
                if b"worker process" in line.read():
                    return int(child)
        return None

    def log(self):
        with open(f"{self.folder}/{self.name}.log", encoding="utf-8") as log:
            return log.read()

    def complaints(self):
        """What one who reads the figures should know of."""
        if not os.path.exists(f"{self.folder}/{self.name}.log"):
            return []
        return [line for line in self.log().splitlines() if re.search(r"\[(warn|error|crit|alert|emerg)\]", line)]

    def cpu_seconds(self, event_loop_alone=False):
        """Of all threads of the worker, those that have ended included; or of its event loop."""
        if event_loop_alone:
            with open(f"/proc/{self.worker}/task/{self.worker}/schedstat", encoding="ascii") as file:
                return int(file.read().split()[0]) / 1e9
        process_clock = ~self.worker << 3 | 2  # as clock_getcpuclockid(3) makes it: CPUCLOCK_SCHED of the whole process
        return time.clock_gettime(process_clock)

    def rest(self):
        """Until what is under way, also for those who have gone away, is done."""
        def idle():
            before = self.cpu_seconds()
            time.sleep(0.1)  # over so long a time is looked
            return self.cpu_seconds() - before < 0.005

        until(idle, f"{self.name} has nothing to do", 120)

    def memory(self, kind="Pss"):
        """Bytes that are this worker's share; kind Pss_Anon leaves out mapped files, which the system can drop."""
        with open(f"/proc/{self.worker}/smaps_rollup", encoding="ascii") as file:
            return int(re.search(rf"^{kind}:\s+(\d+) kB", file.read(), re.M)[1]) * 1024

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)


class Bench:
    """`with Bench(options) as bench`: a folder with the files that are served, and the servers in it."""

    def __init__(self, options):
        self.options, self.servers = options, []

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="doorward-bench-")
        os.chmod(self.folder, 0o755)
        os.makedirs(f"{self.folder}/www/protected")
        for path in ("www/page.html", "www/protected/page.html"):
            with open(f"{self.folder}/{path}", "w", encoding="ascii") as file:
                file.write("x" * 1024)
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.stop()
            for line in server.complaints()[:5]:
                say(f"  {server.name}'s log: {line}")
        shutil.rmtree(self.folder, ignore_errors=True)

    def keep(self, server):
        self.servers.append(server)
        return server

    def bare(self):
        return self.keep(Server(self.folder, "bare", free_port()))

    def site(self, name="doorward", accounts=0, sessions=0, postgresql=None, key_ring=None):
        """nginx with Doorward, not started. `.token_file` has the tokens of its sessions; `.letters` what it sends. `postgresql`: a
        `storage` of that kind, seeded anew, or with another site's `key_ring` the store of that one."""
        home, port, build = f"{self.folder}/{name}", free_port(), self.options.build
        os.makedirs(f"{home}/mail")
        state = seeded(self.options, accounts, sessions, write_settings) if accounts and not postgresql else None
        if state:
            subprocess.run(["cp", "-a", "--reflink=auto", f"{state}/state", f"{home}/state"], check=True)
        else:
            os.mkdir(f"{home}/state", 0o700)
            hand_over(f"{home}/state")
        hand_over(f"{home}/mail")
        settings = write_settings(home, build, port, postgresql or SQLITE)
        if key_ring:
            subprocess.run(["cp", "-p", key_ring, f"{home}/state/key_ring"], check=True)
        elif postgresql:
            state = home
            seed(self.options, settings, accounts, sessions, f"{home}/tokens")
        environment = f"env {PASSWORD_VARIABLE};\n" if postgresql else ""
        server = Server(self.folder, name, port, load=f"{environment}load_module {build}/ngx_http_doorward_module.so;",
                        http=f"doorward_engine {build}/libdoorward.so; doorward_config {settings};",
                        protected="doorward required;")
        server.letters = Letters(f"{home}/mail")
        server.token_file = f"{state}/tokens" if state else None
        server.database, server.key_ring = f"{home}/state/accounts.db", f"{home}/state/key_ring"
        return self.keep(server)


def write_settings(home, build, port, storage=SQLITE):
    path = f"{home}/doorward.yaml"
    with open(path, "w", encoding="utf-8") as file:
        file.write(SETTINGS.format(port=port, storage=storage.format(state=f"{home}/state"), state=f"{home}/state", mail=f"{home}/mail", plugins=f"{build}/plugins",
                                   source=SOURCE))
    return path
