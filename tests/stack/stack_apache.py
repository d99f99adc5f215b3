"""Apache with the real engine, on the files of a Site."""
import http.client
import os
import sys

from stack_hosts import Host
from stack_site import ENGINE, Site, ask
from harness.apache import Apache

PROCESSES = 6
HTTP = """
DoorwardConfig {folder}/doorward.yaml
DocumentRoot {folder}/www
KeepAliveTimeout 300
MaxKeepAliveRequests 0
<Directory {folder}/www>
    Require all granted
</Directory>
<Location />
    AuthType Doorward
    Require all granted
    Header always set X-Name "%{{DOORWARD_NAME}}e"
</Location>
<Location /protected/>
    Require valid-user
</Location>
<Location /admin/>
    Require doorward-role administrator
</Location>
"""
# Where a Site has a second server.
SECOND = """
<VirtualHost 127.0.0.1:{{port2}}>
    DoorwardConfig {folder}/second.yaml
</VirtualHost>
"""


class BesideApache:
    """Apache beside the nginx of a Site, on the same files. Of its processes, `spare` are left by connections()."""

    def __init__(self, site, mpm, expected=(), http="", spare=0):
        self.site, self.open = site, []
        os.mkdir(f"{site.folder}/apache")
        self.apache = Apache(f"{site.folder}/apache", (HTTP + http).format(folder=site.folder), processes=PROCESSES + spare, mpm=mpm,
                             engine=ENGINE, expected=expected, environment=site.environment)

    def __enter__(self):
        self.apache.start()
        return self

    def take_over(self):
        """From now on Apache alone is in front, and its address is the site's."""
        self.apache.stop()
        self.site.nginx.stop()
        self.site.write_site("doorward.yaml", self.apache.port, "state", self.site.more)
        if self.site.http:
            self.site.write_site("second.yaml", self.apache.port2, "state2", self.site.more)
        self.apache.start()

    def __exit__(self, *error):
        for connection in self.open:  # a process ends when whom it has has left
            connection.close()
        self.apache.__exit__(*error)

    def connections(self):
        """One to each process: with prefork, who has a connection has a process."""
        found = [http.client.HTTPConnection("127.0.0.1", self.apache.port, timeout=30) for _ in range(PROCESSES)]
        for connection in found:
            ask(connection, "/protected/page.html")
        self.open += found
        return found


class BehindApache:
    """Mixed into a Site: Apache takes nginx's place."""

    second = SECOND

    def __enter__(self):
        super().__enter__()
        try:
            self.beside = BesideApache(self, "event", self.expected, self.second if self.http else "").__enter__()
            self.beside.take_over()
        except BaseException:
            super().__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, *error):
        try:
            self.beside.__exit__(*error)
        finally:
            super().__exit__(*error)

    @property
    def port(self):
        return self.beside.apache.port

    @property
    def port2(self):
        return self.beside.apache.port2

    def connections(self):
        return self.beside.connections()


class ApacheSite(BehindApache, Site):
    pass


class ApacheHost(BehindApache, Host):
    pass
