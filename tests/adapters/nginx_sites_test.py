"""What only nginx has: several sites in one, and processes that are no workers."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, fake, support
from harness.nginx import ENGINE, Nginx
from harness.site import maps


def test_two_sites_and_one_without():
    with support.temporary_folder() as folder:
        first = fake.settings(folder)
        second = fake.settings(folder, "mount: /me\n", "second.yaml")
        http = f"""
        server {{ listen 127.0.0.1:{{port}}; server_name one.example; doorward_config {first}; doorward required; }}
        server {{ listen 127.0.0.1:{{port}}; server_name two.example; doorward_config {second};
                  location / {{ return 200 "$http_x_user"; }} }}
        server {{ listen 127.0.0.1:{{port}}; server_name none.example;
                  location / {{ return 200 "$http_x_user"; }} }}
        """
        with Nginx(folder, http) as nginx:
            def ask(host, target):
                return client.send(nginx.port, client.message("GET", target, [("X-User", "me")], host=host))

            support.equal(ask("one.example", "/account/x").status, 200, "one's mount")
            support.equal(ask("one.example", "/me/x").status, 401, "two's mount at one")
            support.equal(ask("two.example", "/x").text(), "", "an identity header at two")
            support.equal(ask("none.example", "/account/x").text(), "me", "an identity header where Doorward is not")


def test_cache_processes_have_no_engine():
    with support.temporary_folder() as folder:
        settings = fake.settings(folder)
        http = f"""proxy_cache_path {folder}/cache keys_zone=z:1m;
        server {{ listen 127.0.0.1:{{port}}; doorward_config {settings}; doorward required; }}"""
        with Nginx(folder, http) as nginx:
            support.until(lambda: nginx.log().count("fake: started") == 2, "two workers")
            with open(f"/proc/{nginx.process.pid}/task/{nginx.process.pid}/children", encoding="ascii") as file:
                for pid in map(int, file.read().split()):
                    if pid not in nginx.workers():
                        support.expect(not maps(pid, ENGINE), "a cache process has loaded the engine")


support.run(support.tests_in(sys.modules[__name__]))
