"""Start, graceful restart, failure and end: Apache as an administrator drives it."""
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, fake, support
from harness.crowd import in_flight, restart_under_load
from harness.apache import ENGINE, MODULE, Apache, common_site
from harness.upstream import Upstream

ALICE = [("Cookie", "fake=alice")]


class Site:
    """The common site on a running Apache; `expected` are log lines that this test provokes."""

    def __init__(self, more="", expected=(), processes=2):
        self.more, self.arguments = more, {"expected": expected, "processes": processes}

    def __enter__(self):
        self.folder_context = support.temporary_folder()
        self.folder = self.folder_context.__enter__()
        self.upstream = Upstream().__enter__()
        self.settings = fake.settings(self.folder, self.more)
        self.apache = Apache(self.folder, common_site(self.folder, self.upstream.port, self.settings), **self.arguments)
        self.apache.start()
        return self

    def __exit__(self, *error):
        try:
            self.apache.__exit__(*error)
        finally:
            self.upstream.__exit__()
            self.folder_context.__exit__(None, None, None)

    def get(self, target, headers=()):
        return client.http1(self.apache.port, "GET", target, headers)


def maps(pid, file_name):
    with open(f"/proc/{pid}/maps", encoding="utf-8") as file:
        return os.path.basename(file_name) in file.read()


def test_the_parent_never_loads_the_engine():
    with Site() as site:
        for _ in range(3):  # module opened, closed and opened again at each
            support.until(lambda: any(maps(pid, ENGINE) for pid in site.apache.children()), "a child has the engine")
            support.expect(not maps(site.apache.process.pid, ENGINE), "the parent has loaded the engine")
            support.expect(maps(site.apache.process.pid, MODULE), "the parent has the module")
            support.expect(site.apache.reload(), "reload")


def test_a_restart_takes_new_settings():
    with Site() as site:
        support.equal(site.get("/elsewhere/x").status, 404, "before")
        fake.settings(site.folder, "mount: /elsewhere\nheader: x-extra\n")
        support.expect(site.apache.reload(), "reload")
        support.equal(site.get("/elsewhere/x").status, 200, "the new mount")
        support.expect("x-extra" not in site.get("/open/", [("X-Extra", "1")]).text().lower(), "the new header got through")


def test_apachectl_graceful_with_faults_keeps_the_old_settings():
    with Site() as site:
        support.until(lambda: site.apache.log().count("fake: started") >= site.apache.parts["processes"], "all have an engine")
        children = site.apache.children()
        for more in ("foo: 1\n", "on_open: crash\n"):
            fake.settings(site.folder, more)
            support.expect(not site.apache.reload(), "the restart was accepted")
            support.equal(site.apache.children(), children, "processes")
            support.equal(site.get("/protected/page.html", ALICE).status, 200, "somebody")
            support.equal(site.get("/protected/page.html").status, 401, "nobody")
        fake.settings(site.folder)
        support.expect(site.apache.reload(), "the restart was refused")


def test_graceful_restart_with_requests_in_flight():
    with Site() as site:
        for _ in range(3):
            join = in_flight(site.apache.port, 4)
            support.expect(site.apache.reload(), "reload")
            for response in join():
                support.equal(getattr(response, "status", response), 200, "a request in flight")


def test_graceful_stop_with_requests_in_flight():
    with Site() as site:
        join = in_flight(site.apache.port, 4)
        site.apache.stop(signal.SIGWINCH)
        for response in join():
            support.equal(getattr(response, "status", response), 200, "a request in flight")


def test_fast_end_with_requests_in_flight():
    with Site() as site:
        join = in_flight(site.apache.port, 4)
        site.apache.stop(signal.SIGTERM)  # the log is looked through: no crash, nobody who had to be killed
        join()


def test_restarts_under_load():
    with Site("slow_ms: 2\n") as site:
        restart_under_load(site.apache.port, site.apache.reload, times=4, visitors=4)


NO_ENGINE = [r"fault: the (first|second) of two", r"no engine in this process", r"cannot open file", r"exit signal Killed"]


def without_engine(site):
    """What a process whose engine does not work answers."""
    support.equal(site.get("/page.html").status, 200, "a public page")
    for headers in ((), ALICE):
        response = site.get("/protected/page.html", headers)
        support.equal(response.status, 503, "a protected page")
        support.expect(response.get("retry-after") and "protected" not in response.text(), "what 503 says")
        support.equal(site.get("/account/x", headers).status, 503, "a page of Doorward's")
    response = site.get("/optional/", ALICE)
    support.equal(response.status, 200, "an optional page")
    support.expect("id-of-alice" not in response.text(), "somebody is known without an engine")
    text = site.get("/open/", [("X-Doorward-User", "root"), ("X_User", "root"), ("Cookie", "fake=alice; a=1")]).text()
    support.expect("root" not in text and "alice" not in text and "a=1" in text, f"headers reach the application: {text}")


def test_engine_that_does_not_start():
    with Site("on_start: fault\n", NO_ENGINE) as site:
        without_engine(site)
        fake.settings(site.folder)
        support.expect(site.apache.reload(), "reload")
        support.equal(site.get("/protected/page.html", ALICE).status, 200, "a restart heals it")


def test_process_that_starts_when_the_settings_are_gone():
    with Site(expected=NO_ENGINE) as site:
        os.remove(site.settings)
        before = [pid for pid in site.apache.children() if maps(pid, ENGINE)]
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        support.until(lambda: site.apache.log().count("no engine in this process") >= len(before), "new processes")
        without_engine(site)


def test_lines_of_threads_reach_the_error_log():
    with Site() as site:
        support.equal(site.get("/account/log?lines=50").status, 200, "status")
        support.until(lambda: site.apache.log().count("of a thread") == 50, "fifty lines")
        lines = [line for line in site.apache.log().splitlines() if "of a thread" in line]
        for i, line in enumerate(lines):
            support.expect("[doorward:warn]" in line and f"fake: line {i} of a thread" in line, f"line {i}: {line}")


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
