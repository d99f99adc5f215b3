"""What only Apache has: virtual hosts with sites of their own, and restarts that keep connections."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, fake, support
from harness.apache import Apache
from harness.crowd import restart_under_load
from harness.site import Site


def test_restarts_under_load():
    with Site("slow_ms: 2\n") as site:
        restart_under_load(site.server.port, site.server.reload, times=4, visitors=4)


def test_two_sites_and_one_without():
    with support.temporary_folder() as folder:
        first = fake.settings(folder)
        second = fake.settings(folder, "mount: /me\n", "second.yaml")
        text = f"""
<VirtualHost *>
    ServerName one.example
    DoorwardConfig {first}
    <Location />
        AuthType Doorward
        Require valid-user
    </Location>
</VirtualHost>
<VirtualHost *>
    ServerName two.example
    DoorwardConfig {second}
    Header always set X-Seen "%{{X-User}}e"
    SetEnvIf X-User "(.*)" X-User=$1
</VirtualHost>
<VirtualHost *>
    ServerName none.example
    Header always set X-Seen "%{{X-User}}e"
    SetEnvIf X-User "(.*)" X-User=$1
</VirtualHost>
"""
        with Apache(folder, text) as apache:
            def ask(host, target):
                return client.send(apache.port, client.message("GET", target, [("X-User", "me")], host=host))

            support.equal(ask("one.example", "/account/x").status, 200, "one's mount")
            support.equal(ask("one.example", "/me/x").status, 401, "two's mount at one")
            support.equal(ask("two.example", "/me/x").status, 200, "two's mount")
            support.equal(ask("two.example", "/x").get("x-seen"), "", "an identity header at two")
            support.equal(ask("none.example", "/account/x").get("x-seen"), "me", "an identity header where Doorward is not")


support.run(support.tests_in(sys.modules[__name__]))
