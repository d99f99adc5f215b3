"""A PostgreSQL of a test's own: a cluster in a temporary folder, on a free port of 127.0.0.1, run as a user without rights, and
gone with the test, however that ends. Debian's programs, of the newest version that is installed; DOORWARD_POSTGRESQL names the
folder of other ones (`.../bin`)."""
import contextlib
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "ports"))
from free_ports import free_port

PASSWORD = "s3cret-" + secrets.token_hex(8)
USER = DATABASE = "doorward"


def programs():
    if os.environ.get("DOORWARD_POSTGRESQL"):
        return pathlib.Path(os.environ["DOORWARD_POSTGRESQL"])
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    assert found, "there is no PostgreSQL below /usr/lib/postgresql (config/packages/test.txt)"
    return found[-1].parent


BIN = programs()


def as_user():
    """What to put before a command: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    user = next(name for name in ("postgres", "nobody") if any(one.pw_name == name for one in pwd.getpwall()))
    one = pwd.getpwnam(user)
    return ["setpriv", "--reuid", str(one.pw_uid), "--regid", str(one.pw_gid), "--clear-groups"]


def wait_for(what, condition, seconds=30):
    """Asks until it is so. Every wait of these tests ends by what it waits for."""
    until = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < until, what + ": not so after %d s" % seconds
        time.sleep(0.01)


class Cluster:
    """`settings` are lines of postgresql.conf; `tls`: (certificate, key); `hba`: lines of pg_hba.conf that come first."""

    def __init__(self, fsync=False, settings=None, tls=None, hba=(), copy_of=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="doorward-pg-"))
        self.process, self.port = None, free_port()
        self.data = self.folder / "data"
        self.log_path = self.folder / "log"
        try:
            self._own(self.folder)
            if copy_of is None:
                self._run("initdb", "-D", self.data, "-U", "postgres", "-E", "UTF8", "--locale", "C", "--no-sync", "-A", "trust")
            else:
                self._run("pg_basebackup", "-D", self.data, "-h", str(copy_of.folder), "-p", str(copy_of.port), "-U", "postgres",
                          "-R", "-c", "fast", "--no-sync")
            lines = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(self.folder), "port": str(self.port),
                     "fsync": "on" if fsync else "off", "shared_buffers": "16MB", "max_connections": "100",
                     "log_min_messages": "warning", "timezone": "UTC", "password_encryption": "scram-sha-256"}
            if tls:
                for name, source in zip(("server.pem", "server.key"), tls):
                    shutil.copy(source, self.data / name)
                    os.chmod(self.data / name, 0o600)
                    self._own(self.data / name)
                lines |= {"ssl": "on", "ssl_cert_file": "server.pem", "ssl_key_file": "server.key"}
            lines |= settings or {}
            with open(self.data / "postgresql.conf", "a") as file:
                file.writelines("%s = '%s'\n" % pair for pair in lines.items())
            (self.data / "pg_hba.conf").write_text("\n".join([*hba, "local all postgres trust", "local replication postgres trust",
                                                              "host all all 127.0.0.1/32 scram-sha-256",
                                                              "host replication postgres 127.0.0.1/32 trust", ""]))
            self.start()
            if copy_of is None:
                self.sql("CREATE ROLE %s LOGIN PASSWORD '%s'" % (USER, PASSWORD), "postgres")
                self.sql("CREATE DATABASE %s OWNER %s TEMPLATE template0" % (DATABASE, USER), "postgres")
        except BaseException:
            self.close()
            raise

    def _own(self, path):
        if os.geteuid() == 0:
            one = pwd.getpwuid(int(as_user()[2]))
            os.chown(path, one.pw_uid, one.pw_gid)

    def _run(self, program, *arguments):
        done = subprocess.run([*as_user(), str(BIN / program), *map(str, arguments)], capture_output=True, text=True, cwd="/")
        assert done.returncode == 0, program + ": " + done.stdout + done.stderr

    def start(self, wait=True):
        log = open(self.log_path, "a")
        # An immediate shutdown when this test dies. Set by setpriv after the change of user, which would undo it.
        command = [*(as_user() or ["setpriv"]), "--pdeathsig", "QUIT", str(BIN / "postgres"), "-D", str(self.data)]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/")
        log.close()
        if wait:
            wait_for("PostgreSQL answers", self.answers)

    def answers(self):
        assert self.process.poll() is None, "PostgreSQL ended: " + self.log_path.read_text()
        return subprocess.run([str(BIN / "pg_isready"), "-q", "-h", str(self.folder), "-p", str(self.port)]).returncode == 0

    def sql(self, text, database=DATABASE):
        """As the superuser, through the socket; gives the rows, columns joined by a bar."""
        done = subprocess.run([str(BIN / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-p", str(self.port),
                               "-U", "postgres", "-d", database, "-c", text], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def connection(self, port=None, extra=""):
        return "host=127.0.0.1 port=%d dbname=%s user=%s %s" % (port or self.port, DATABASE, USER, extra)

    def processes(self):
        """The server and its children, each of which has its own session."""
        own = [self.process.pid]
        for entry in pathlib.Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                if int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == self.process.pid:
                    own.append(int(entry.name))
        return own

    def kill(self):
        """As a loss of power of the machine would end it, as far as processes go."""
        pids = self.processes()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        wait_for("the server's processes are gone", lambda: not any(os.path.exists("/proc/%d" % pid) for pid in pids))

    def stop(self, how=signal.SIGINT):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=60)

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


@contextlib.contextmanager
def pair():
    """A primary and its synchronous standby, both durable: what the primary has acknowledged, the standby has."""
    with Cluster(fsync=True) as primary, Cluster(fsync=True, copy_of=primary) as standby:
        primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.sql("SELECT pg_reload_conf()")
        wait_for("the standby is synchronous", lambda: primary.sql("SELECT sync_state FROM pg_stat_replication") == ["sync"])
        yield primary, standby


def settings_yaml(path, connection, **more):
    """A settings file of the plugin; the password comes from the environment, as DOORWARD_TEST_PASSWORD."""
    os.environ["DOORWARD_TEST_PASSWORD"] = PASSWORD
    lines = ["connection: \"%s\"" % connection, "password: {env: DOORWARD_TEST_PASSWORD}"]
    pathlib.Path(path).write_text("\n".join(lines + ["%s: %s" % pair for pair in more.items()]) + "\n")
    return str(path)
