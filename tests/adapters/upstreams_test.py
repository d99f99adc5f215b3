"""The lines of docs/guides/upstreams.md, as they stand there, in front of applications of each kind that say what they were told."""
import contextlib
import json
import os
import sys
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, fake, guide, support
from harness.apache import Apache
from harness.gateways import FastCgi, Uwsgi
from harness.nginx import Nginx
from harness.support import equal, expect, temporary_folder, write
from harness.upstream import Upstream

ADMINISTRATOR = ("Cookie", "fake=alice+administrator")
ALICE = ("Cookie", "fake=alice")
FORGED = [(f"X{mark}Doorward{mark}{name}", "forged") for mark in "-_" for name in ("User", "Roles", "Assertion")]
KNOWN = {"EMAIL": "alice@example.org", "NAME": "The äpple of alice", "ROLES": "administrator", "ASSERTION": "signed:id-of-alice"}
SERVER = sys.argv[1]
# What mod_wsgi runs.
WSGI = """import json
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    told = {name: value.encode("latin-1").decode() for name, value in environ.items() if isinstance(value, str)}
    return [json.dumps(told).encode()]
"""
APACHE = """
DoorwardConfig {settings}
DocumentRoot {folder}/www
<Directory {folder}>
    Require all granted
</Directory>
"""


def lines(heading, *changes):
    return guide.block(SERVER, *changes, within=guide.under("upstreams", heading))


class Site:
    """The server, with the lines of the guide, and an application of each kind."""

    def __enter__(self):
        with contextlib.ExitStack() as begun:
            self.folder = begun.enter_context(temporary_folder())
            self.http, self.fastcgi, self.uwsgi = (begun.enter_context(kind()) for kind in (Upstream, FastCgi, Uwsgi))
            write(f"{self.folder}/www/php/x.php", "")
            self.server = begun.enter_context(getattr(self, SERVER)(fake.settings(self.folder)))
            self.begun = begun.pop_all()
        return self

    def __exit__(self, *error):
        self.begun.__exit__(*error)

    def nginx(self, settings):
        locations = [
            lines("nginx: proxy_pass", ("127.0.0.1:3000", f"127.0.0.1:{self.http.port}")),
            lines("nginx: fastcgi_pass", ("unix:/run/php/php8.2-fpm.sock", f"127.0.0.1:{self.fastcgi.port}"),
                  ("include fastcgi_params", "include /etc/nginx/fastcgi_params")),
            lines("nginx: uwsgi_pass", ("127.0.0.1:3031", f"127.0.0.1:{self.uwsgi.port}"), ("include uwsgi_params", "include /etc/nginx/uwsgi_params")),
            lines("nginx: grpc_pass")]
        return Nginx(self.folder, f"""server {{ listen 127.0.0.1:{{port}}; root {self.folder}/www; doorward_config {settings};
            underscores_in_headers on; {"".join(locations)} }}""")

    def apache(self, settings):
        write(f"{self.folder}/wsgi.py", WSGI)
        config = APACHE.format(settings=settings, folder=self.folder)
        config += lines("Apache: mod_proxy", ("127.0.0.1:3000", f"127.0.0.1:{self.http.port}"))
        config += lines("Apache: PHP-FPM", ("proxy:unix:/run/php/php8.2-fpm.sock|fcgi://localhost", f"proxy:fcgi://127.0.0.1:{self.fastcgi.port}"))
        config += lines("Apache: mod_wsgi", ("/srv/app/wsgi.py", f"{self.folder}/wsgi.py"))
        return Apache(self.folder, config, modules=("proxy_fcgi", "wsgi"))

    def shown(self, target, who, *headers):
        answer = client.http1(self.server.port, "GET", target, [who, *headers])
        equal(answer.status, 200, target)
        return json.loads(answer.text())


def as_header(name, text):
    return (f"x-doorward-{name.lower()}", urllib.parse.quote(text, safe=" @:"))


def test_an_application_over_http():
    with Site() as site:
        wanted = dict(as_header(name, text) for name, text in {**KNOWN, "USER": "id-of-alice"}.items())
        told = {name.lower(): value for name, value in site.shown("/app/x", ADMINISTRATOR, *FORGED)["headers"] if "oorward" in name}
        equal({name: told.get(name) for name in wanted}, wanted, "what the application is told")
        told = {name.lower() for name, _ in site.shown("/app/x", ALICE, *FORGED)["headers"]}
        expect("x-doorward-roles" not in told, "roles that nobody has")
        equal(client.http1(site.server.port, "GET", "/app/x", FORGED).status, 401, "nobody")


def test_applications_that_are_told_in_their_environment():
    targets = {"nginx": {"/php/x.php": "id-of-alice", "/wsgi/x": "id-of-alice"},
               "apache": {"/php/x.php": "id-of-alice", "/wsgi/x": "alice@example.org"}}[SERVER]
    with Site() as site:
        for target, user in targets.items():
            told = site.shown(target, ADMINISTRATOR, *FORGED)
            equal({name: told.get(f"DOORWARD_{name}") for name in KNOWN}, KNOWN, f"what is told at {target}")
            equal(told["REMOTE_USER"], user, f"REMOTE_USER at {target}")
            equal([name for name in told if name.startswith("HTTP_X_")], [], f"what a client says at {target}")
            expect("DOORWARD_ROLES" not in site.shown(target, ALICE), f"{target}: roles that nobody has")
            equal(client.http1(site.server.port, "GET", target, FORGED).status, 401, f"nobody at {target}")


if __name__ == "__main__":
    support.run(support.tests_in(sys.modules[__name__]))
