"""Apache with the real engine, on the files of a Site."""
import http.client
import os

from stack_site import ENGINE, ask
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


class BesideApache:
    """Apache beside the nginx of a Site, on the same files."""

    def __init__(self, site, mpm, expected=()):
        self.site = site
        os.mkdir(f"{site.folder}/apache")
        self.apache = Apache(f"{site.folder}/apache", HTTP.format(folder=site.folder), processes=PROCESSES, mpm=mpm, engine=ENGINE,
                             expected=expected, environment=site.environment)

    def __enter__(self):
        self.apache.start()
        return self

    def take_over(self):
        """From now on Apache alone is in front, and its address is the site's."""
        self.apache.stop()
        self.site.nginx.stop()
        self.site.write_site("doorward.yaml", self.apache.port, "state", "")
        self.apache.start()

    def __exit__(self, *error):
        self.apache.__exit__(*error)

    def connections(self):
        """One to each process: with prefork, who has a connection has a process."""
        found = [http.client.HTTPConnection("127.0.0.1", self.apache.port, timeout=30) for _ in range(PROCESSES)]
        for connection in found:
            ask(connection, "/protected/page.html")
        return found
