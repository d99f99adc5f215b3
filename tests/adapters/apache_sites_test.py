"""What only Apache has: virtual hosts with sites of their own, and bodies that mod_reqtimeout gives up."""
import os
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, fake, support
from harness.apache import Apache
from harness.site import Site


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


def test_files_are_taken_from_people_who_are_signed_in():
    with Site("upload: /account/avatar\nmax_upload: 90000\n") as site:
        for chunked in (False, True):
            def send(headers, size=90000):
                return client.http1(site.server.port, "POST", "/account/avatar", headers, b"p" * size, chunked)

            for cookie in ("fake=alice", "fake=slow-alice"):
                answer = send([("Cookie", cookie)])
                support.expect(answer.status == 200 and '"body_size":90000,' in answer.text(), f"{cookie}: {answer}")
            longer = send([("Cookie", "fake=alice")], 90001)
            support.expect(longer.status == 413 if chunked else '"body_size":0,' in longer.text(), f"too long: {longer}")
            answer = send([])
            support.expect(answer.status == 401 and "body_size" not in answer.text(), f"a stranger's: {answer}")
        support.equal(client.http1(site.server.port, "GET", "/account/avatar").status, 200, "no body: the page's own affair")


def test_a_body_that_trickles_is_given_up_by_mod_reqtimeout():
    with support.temporary_folder() as folder:
        text = f"DoorwardConfig {fake.settings(folder)}\nRequestReadTimeout body=1,MinRate=500\n"
        with Apache(folder, text, modules=("reqtimeout",)) as apache:
            with socket.create_connection(("127.0.0.1", apache.port), client.DEADLINE) as connection:
                connection.sendall(client.message("POST", "/account/x", (), b"x" * 900, keep=True)[:-900])
                connection.settimeout(0.05)

                def ended():
                    try:
                        connection.sendall(b"x")
                        return connection.recv(4096)
                    except socket.timeout:
                        return b""

                answer = support.until(ended, "it is given up")
                support.expect(answer.startswith(b"HTTP/1.1 4") and b"body_size" not in answer, f"{answer}")


support.run(support.tests_in(sys.modules[__name__]))
