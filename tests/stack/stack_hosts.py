"""Hosts that share one PostgreSQL."""
import os
import sys

from stack_site import HERE, Site

sys.path.append(os.path.join(HERE, os.pardir, "storage"))
import postgres
from proxy import Proxy


def storage(*ports, authority=None):
    """`authority`: the file of the certificate authority that the database's certificate has to be of."""
    tls = f"sslmode=verify-full sslrootcert={authority}" if authority else "sslmode=disable"
    hosts = ",".join("127.0.0.1" for _ in ports)
    connection = f"host={hosts} port={','.join(map(str, ports))} dbname={postgres.DATABASE} user={postgres.USER} {tls} gssencmode=disable"
    return f'{{plugin: postgresql, connection: "{connection}", password: {{env: DOORWARD_TEST_PASSWORD}}}}'


ENVIRONMENT = {"DOORWARD_TEST_PASSWORD": postgres.PASSWORD}
MAIN = "env DOORWARD_TEST_PASSWORD;"
UNREACHED = [r"the store can't be reached yet"]  # in a server's log


class Host(Site):
    """nginx with Doorward, with a state folder of its own, on the PostgreSQL behind these ports."""

    def __init__(self, *ports, authority=None, **more):
        os.environ.update(ENVIRONMENT)
        super().__init__(workers=2, storage=storage(*ports, authority=authority), environment=ENVIRONMENT, main=MAIN, **more)

    @property
    def own_key_ring(self):
        return f"{self.folder}/state/key_ring"
