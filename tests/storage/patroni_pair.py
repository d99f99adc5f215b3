"""Two PostgreSQL under Debian's Patroni, on loopback: it makes the clusters, decides who is the primary, and promotes the standby when
the other is lost. Who is to decide is voted on by Raft, among both and a third that only votes, so that no other server is
needed (Patroni 3 calls its Raft deprecated; a site takes etcd, as its documentation says)."""
import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request

import postgres

NODES = ("one", "two")
# Patroni's shortest: how long a lost primary stays the primary.
SECONDS_TO_LIVE = 20

VOTER = """raft: {{data_dir: {folder}/raft, self_addr: "127.0.0.1:{raft}", partner_addrs: [{partners}]}}
"""
NODE = VOTER + """scope: doorward
name: {name}
restapi: {{listen: "127.0.0.1:{rest}"}}
bootstrap:
  dcs:
    ttl: {seconds_to_live}
    loop_wait: 1
    retry_timeout: 3
    synchronous_mode: true
    postgresql:
      parameters: {{max_connections: 100, shared_buffers: 16MB, timezone: UTC, password_encryption: scram-sha-256}}
  initdb: [encoding: UTF8, locale: C]
  pg_hba: [local all all trust, host replication replicator 127.0.0.1/32 scram-sha-256, host all all 127.0.0.1/32 scram-sha-256]
postgresql:
  listen: 127.0.0.1:{port}
  connect_address: 127.0.0.1:{port}
  data_dir: {folder}/data
  bin_dir: {bin}
  pgpass: {folder}/pgpass
  parameters: {{unix_socket_directories: {folder}}}
  authentication:
    superuser: {{username: postgres, password: {password}}}
    replication: {{username: replicator, password: {password}}}
"""


class Process:
    """One of Patroni's programs, in a folder of its own, as a user without rights."""

    def __init__(self, program, folder, settings):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        (self.folder / "patroni.yml").write_text(settings)
        (self.folder / "raft").mkdir()
        self._own()
        with open(self.folder / "log", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen([*(postgres.as_user() or ["setpriv"]), "--pdeathsig", "TERM", program, str(self.folder / "patroni.yml")],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True)

    def _own(self):
        if os.geteuid() == 0:
            one = pwd.getpwuid(int(postgres.as_user()[2]))
            for path in (self.folder, *self.folder.iterdir()):
                os.chown(path, one.pw_uid, one.pw_gid)

    def alive(self):
        assert self.process.poll() is None, "Patroni ended: " + (self.folder / "log").read_text()[-3000:]
        return True

    def end(self, how):
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)


class Node(Process):
    def __init__(self, folder, name, port, rest, settings):
        super().__init__("patroni", folder, settings)
        self.name, self.port, self.rest = name, port, rest

    def is_(self, what):
        """Asks as a load balancer does: /primary, /sync, /health."""
        self.alive()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.rest}/{what}", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def sql(self, text, database="postgres"):
        done = subprocess.run([str(postgres.BIN / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-p", str(self.port),
                               "-U", "postgres", "-d", database, "-c", text], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def postmaster(self):
        return int((self.folder / "data/postmaster.pid").read_text().split()[0])

    def kill(self):
        """The machine is lost, as far as processes go: Patroni first, which would start its server again."""
        pids = [self.process.pid, self.postmaster()]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def close(self):
        self.end(signal.SIGTERM)  # stops its server, too
        try:
            os.kill(self.postmaster(), signal.SIGQUIT)
        except (OSError, ValueError, IndexError):
            pass


class Patroni:
    """`with Patroni() as patroni`: there is a primary with a synchronous standby, and Doorward's role and database."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="doorward-patroni-")
        os.chmod(self.folder, 0o755)
        rafts = [postgres.free_port() for _ in range(len(NODES) + 1)]
        self.members, self.nodes = [], []
        try:
            for i, raft in enumerate(rafts):
                folder = f"{self.folder}/{i}"
                port, rest = postgres.free_port(), postgres.free_port()
                words = {"folder": folder, "raft": raft, "port": port, "rest": rest, "bin": postgres.BIN, "password": postgres.PASSWORD,
                         "partners": ", ".join(json.dumps(f"127.0.0.1:{other}") for other in rafts if other != raft),
                         "seconds_to_live": SECONDS_TO_LIVE}
                if i < len(NODES):
                    self.nodes.append(Node(folder, NODES[i], port, rest, NODE.format(name=NODES[i], **words)))
                    self.members.append(self.nodes[-1])
                else:
                    self.members.append(Process("patroni_raft_controller", folder, VOTER.format(**words)))
            postgres.wait_for("a primary", self.primary, 120)
            postgres.wait_for("its synchronous standby", lambda: any(node.is_("sync") for node in self.nodes), 120)
            self.primary().sql("CREATE ROLE %s LOGIN PASSWORD '%s'" % (postgres.USER, postgres.PASSWORD))
            self.primary().sql("CREATE DATABASE %s OWNER %s TEMPLATE template0" % (postgres.DATABASE, postgres.USER))
        except BaseException:
            self.close()
            raise
        return self

    def primary(self):
        return next((node for node in self.nodes if node.process.poll() is None and node.is_("primary")), None)

    @property
    def ports(self):
        return [node.port for node in self.nodes]

    def close(self):
        for member in self.members:
            if isinstance(member, Node):
                member.close()
        for member in self.members:
            member.end(signal.SIGTERM)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __exit__(self, *_):
        self.close()
