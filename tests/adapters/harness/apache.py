"""Starts the real Apache with the module under test, and looks through its error log at the end."""
import os
import re
import signal
import subprocess

from free_ports import free_ports
from harness.driven import Driven, write_pages
from harness.nginx import default_environment, end_with_the_test
from harness.support import Failed, expect, until, write

MODULE = os.environ.get("DOORWARD_APACHE_MODULE", "")
ENGINE = os.environ.get("DOORWARD_FAKE_ENGINE", "")
MPM = os.environ.get("DOORWARD_APACHE_MPM", "event")
BINARY = "/usr/sbin/apache2"
MODULES = "/usr/lib/apache2/modules"
LOADED = ("authn_core", "authz_core", "authz_host", "authz_user", "dir", "mime", "alias", "headers", "env", "setenvif",
          "proxy", "proxy_http", "proxy_wstunnel", "http2", "rewrite", "remoteip", "include", "filter", "deflate", "cgid", "status",
          "auth_basic", "authn_file")

FRAME = """ServerRoot {folder}
{modules}
LoadModule doorward_module {module}
PidFile {folder}/httpd.pid
DefaultRuntimeDir {folder}
ScriptSock {folder}/cgisock
{user}
Listen 127.0.0.1:{port}
Listen 127.0.0.1:{port2}
ServerName site.example
ErrorLog {folder}/error.log
LogLevel info
TypesConfig /dev/null
StartServers {processes}
ServerLimit {processes}
{seats}
MaxConnectionsPerChild 0
GracefulShutdownTimeout 30
{engine_line}
{http}
"""
# Threads that the processes of either kind have for requests.
SEATS = {"event": "ThreadsPerChild 16\nThreadLimit 16\nMaxRequestWorkers {threads}\nMinSpareThreads 16\nMaxSpareThreads {threads}",
         "prefork": "MaxRequestWorkers {processes}\nMinSpareServers {processes}\nMaxSpareServers {processes}"}


class Apache(Driven):
    """`http` is text of a server's configuration; {port}, {port2} and {folder} in it are filled in."""

    def __init__(self, folder, http, processes=2, mpm=MPM, engine=ENGINE, expected=(), module=MODULE, environment=(), modules=()):
        self.folder = folder
        if mpm == "prefork":
            processes = max(processes, 6)  # one request each at a time
        self.parts = {"http": http, "processes": processes, "module": module, "mpm": mpm,
                      "engine_line": f"DoorwardEngine {engine}" if engine else "", "more": tuple(modules)}
        self.expected = [re.compile(pattern) for pattern in expected]
        self.environment = {**default_environment(), **dict(environment)}
        self.process = None
        self.port, self.port2 = free_ports(2)
        write(f"{folder}/error.log", "")

    def write_config(self, **changes):
        self.parts.update(changes)
        texts = dict(self.parts)
        for key in ("port", "port2", "folder"):
            texts["http"] = texts["http"].replace("{" + key + "}", str(getattr(self, key)))
        names = (f"mpm_{texts['mpm']}",) + LOADED + texts["more"]
        texts["modules"] = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in names)
        texts["seats"] = SEATS[texts["mpm"]].format(processes=texts["processes"], threads=16 * texts["processes"])
        texts["user"] = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
        path = f"{self.folder}/httpd.conf"
        write(path, FRAME.format(folder=self.folder, port=self.port, port2=self.port2, **texts))
        return path

    def command(self, *arguments):
        return [BINARY, "-f", self.write_config(), *arguments]

    def check(self):
        """apachectl configtest: its exit code and what it said."""
        done = subprocess.run(self.command("-t"), capture_output=True, text=True, env=self.environment, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def start(self):
        with open(f"{self.folder}/stderr", "w", encoding="utf-8") as stderr:
            # A session of its own: the parent of prefork ends its whole process group.
            self.process = subprocess.Popen(self.command("-DFOREGROUND"), stderr=stderr, env=self.environment,
                                            preexec_fn=end_with_the_test, start_new_session=True)
        try:
            until(lambda: self.resumed() > 0, "Apache is there")
            until(lambda: len(self.children()) >= self.parts["processes"], "its processes are there")
        except BaseException:
            self.process.terminate()
            self.process.wait()
            raise
        return self

    def resumed(self):
        if self.process.poll() is not None:
            raise Failed(f"Apache ended with {self.process.returncode}: {self.stderr()}{self.log()}")
        return self.log().count("resuming normal operations")

    def reload(self):
        """apachectl graceful, which checks first. False: Apache kept the old configuration."""
        before = self.resumed(), set(self.children())
        if self.check()[0] != 0:
            return False
        self.process.send_signal(signal.SIGUSR1)
        until(lambda: self.resumed() > before[0], "the restart is over")
        until(lambda: not before[1] & set(self.children()), "the old processes are gone", 40)
        return True

    def stop(self, number=signal.SIGWINCH):
        """Gracefully. SIGTERM has event close sockets that threads may be giving back, and prefork throw away HTTP/2 connections within a
        signal handler: either may crash, with Doorward or without."""
        self.process.send_signal(number)
        self.process.wait(60)
        expect(self.process.returncode == 0, f"Apache ended with {self.process.returncode}: {self.stderr()}")

    def look_through_log(self):
        """No line that an administrator would be woken for, and no identity left over."""
        self.must_lack(r":(alert|emerg|crit)\]|exit signal|still did not exit|AddressSanitizer|ThreadSanitizer|runtime error",
                       self.log() + self.stderr())
        self.must_have_given_back_identities()


def common_site(folder, upstream_port, settings, lines=""):
    """The site that tests/adapters/cases are written for; `lines` are more of its server's own."""
    write_pages(folder)
    proxied = "".join(f"ProxyPass /{place}/ http://127.0.0.1:{upstream_port}/{place}/\n" for place in ("open", "optional", "app", "signed"))
    return f"""
DoorwardConfig {settings}
DocumentRoot {folder}/www
DirectoryIndex index.html
Protocols h2c http/1.1
ProxyPreserveHost On
HttpProtocolOptions Strict
{lines}
{proxied}
<Directory />
    Require all denied
</Directory>
<Directory {folder}/www>
    Require all granted
</Directory>
<Location /protected/>
    AuthType Doorward
    Require valid-user
</Location>
<Location /admin/>
    AuthType Doorward
    Require doorward-role administrator
</Location>
<Location /fresh/>
    AuthType Doorward
    Require doorward-fresh 15m
</Location>
<Location /strong/>
    AuthType Doorward
    Require doorward-level 2
</Location>
<Location /optional/>
    AuthType Doorward
    Require all granted
    DoorwardHeaders On
</Location>
<Location /app/>
    AuthType Doorward
    Require valid-user
    DoorwardHeaders On
</Location>
<Location /signed/>
    AuthType Doorward
    Require all granted
    DoorwardHeaders On
    DoorwardAssertion On
</Location>
"""


class CommonSite(Apache):
    """What tests of every server need of Apache with the common site."""

    graceful = signal.SIGWINCH
    at_a_time = 4  # requests that it takes without waiting
    at_once = 300  # requests that it takes together, whoever waits, and answers
    line = r"doorward:warn\].*{}"  # of its log, as a warning
    without_engine = [r"no engine in this process", r"exit signal Killed"]

    def __init__(self, folder, upstream_port, settings, processes=3, lines="", **more):
        super().__init__(folder, common_site(folder, upstream_port, settings, lines), processes=processes, **more)
