"""What the check of a known session costs in Apache (event): GET of a protected 1 KB file, beside the same Apache, whose place lets
everybody in."""
import os
import re
import subprocess
import time

from known_session import figure
from figures import in_turn
from load import PROTECTED, PUBLIC, run_wrk, warm
from seeded import tokens_of
from site_setup import Bench, free_port, until
from worker_user import WORKER_USER

ROW = "apache_session"
APACHE = os.environ.get("DOORWARD_APACHE_PROGRAM", "/usr/sbin/apache2")
MODULES = os.environ.get("DOORWARD_APACHE_MODULES", "/usr/lib/apache2/modules")
LOADED = ("mpm_event", "authn_core", "authz_core", "authz_user", "dir", "mime")

CONF = """ServerRoot {folder}/{name}
{modules}
{user}
DefaultRuntimeDir {folder}/{name}
PidFile {folder}/{name}/pid
ErrorLog {folder}/{name}.log
Listen 127.0.0.1:{port}
ServerName localhost
TypesConfig /dev/null
StartServers 1
ServerLimit 1
ThreadsPerChild 32
MaxRequestWorkers 32
MinSpareThreads 1
MaxSpareThreads 32
MaxConnectionsPerChild 0
MaxKeepAliveRequests 0
DocumentRoot {folder}/www
<Directory {folder}/www>
    Require all granted
</Directory>
{doorward}
"""
PROTECTION = """LoadModule doorward_module {build}/mod_doorward.so
DoorwardEngine {build}/libdoorward.so
DoorwardConfig {settings}
<Location /protected/>
    AuthType Doorward
    Require valid-user
</Location>
"""


class Apache:
    """One child process, which stays on the first core with all its threads."""

    def __init__(self, folder, name, doorward=""):
        self.name, self.folder, self.port, self.process = name, folder, free_port(), None
        os.mkdir(f"{folder}/{name}")
        modules = "\n".join(f"LoadModule {one}_module {MODULES}/mod_{one}.so" for one in LOADED)
        user = f"User {WORKER_USER}\nGroup {WORKER_USER}" if os.geteuid() == 0 else ""
        with open(f"{folder}/{name}.conf", "w", encoding="utf-8") as file:
            file.write(CONF.format(folder=folder, name=name, modules=modules, user=user, port=self.port, doorward=doorward))

    def start(self):
        self.process = subprocess.Popen(["taskset", "-c", "0", APACHE, "-f", f"{self.folder}/{self.name}.conf", "-DFOREGROUND"],
                                        start_new_session=True)
        self.worker = until(self.find_worker, f"{self.name} has a worker")
        return self

    def find_worker(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"Apache ended: {self.log()}")
        if "resuming normal operations" not in self.log():
            return None
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            children = file.read().split()
        return int(children[0]) if children else None

    def log(self):
        try:
            with open(f"{self.folder}/{self.name}.log", encoding="utf-8") as log:
                return log.read()
        except FileNotFoundError:  # not opened yet
            return ""

    def complaints(self):
        return [line for line in self.log().splitlines() if re.search(r":(warn|error|crit|alert|emerg)\]", line)]

    def cpu_seconds(self, event_loop_alone=False):
        """Of all threads: Apache has no event loop of its own."""
        return time.clock_gettime(~self.worker << 3 | 2)

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)


def measure(options):
    with Bench(options) as bench:
        site = bench.site(accounts=options.few, sessions=options.few)  # its state and settings; its nginx stays off
        settings = f"{bench.folder}/{site.name}/doorward.yaml"
        bare = bench.keep(Apache(bench.folder, "bare-apache", "<Location /protected/>\n    Require all granted\n</Location>")).start()
        apache = bench.keep(Apache(bench.folder, "apache", PROTECTION.format(build=options.build, settings=settings))).start()
        token = tokens_of(site.token_file, 1)[0]
        warm(apache, [token])

        def ask(server, target):
            return lambda: run_wrk(server, target, seconds=options.seconds, connections=options.connections,
                                   headers=(f"Cookie: doorward={token}",))

        protected = in_turn(options.pairs, ask(bare, PROTECTED), ask(apache, PROTECTED), "protected file, bare Apache and here")
        public = in_turn(options.pairs, ask(bare, PUBLIC), ask(apache, PUBLIC), "public file, bare Apache and here")
    yield figure("Apache, protected file, known session: requests/s", protected, "rate", 0.95, at_least=True, row=ROW, than="bare Apache")
    yield figure("Apache, protected file, known session: CPU", protected, "us", None, row=ROW, than="bare Apache")
    yield figure("Apache, public file: requests/s", public, "rate", None, row=ROW, than="bare Apache")
