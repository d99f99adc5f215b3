"""Start, reload, failure and end: nginx as an administrator drives it."""
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, fake, support
from harness.crowd import in_flight
from harness.nginx import ENGINE, Nginx, common_site
from harness.upstream import Upstream

ALICE = [("Cookie", "fake=alice")]


class Site:
    """The common site on a running nginx; `expected` are log lines that this test provokes."""

    def __init__(self, more="", expected=(), workers=2, main=""):
        self.arguments = {"expected": expected, "workers": workers, "main": main}
        self.more = more

    def __enter__(self):
        self.folder_context = support.temporary_folder()
        self.folder = self.folder_context.__enter__()
        self.upstream = Upstream().__enter__()
        self.settings = fake.settings(self.folder, self.more)
        self.nginx = Nginx(self.folder, common_site(self.folder, self.upstream.port, self.settings), **self.arguments)
        self.nginx.start()
        return self

    def __exit__(self, *error):
        try:
            self.nginx.__exit__(*error)
        finally:
            self.upstream.__exit__()
            self.folder_context.__exit__(None, None, None)

    def get(self, target, headers=()):
        return client.http1(self.nginx.port, "GET", target, headers)


def maps_engine(pid):
    with open(f"/proc/{pid}/maps", encoding="utf-8") as file:
        return os.path.basename(ENGINE) in file.read()


def test_only_workers_load_the_engine():
    with Site() as site:
        workers = site.nginx.workers()
        support.equal(len(workers), 2, "workers")
        support.until(lambda: all(maps_engine(pid) for pid in workers), "workers have the engine")
        support.expect(not maps_engine(site.nginx.process.pid), "the master has loaded the engine")
        support.expect(site.nginx.reload(), "reload")
        support.expect(not maps_engine(site.nginx.process.pid), "the master has loaded the engine at the reload")


def test_reload_takes_new_settings():
    with Site() as site:
        support.equal(site.get("/elsewhere/x").status, 404, "before")
        fake.settings(site.folder, "mount: /elsewhere\nheader: x-extra\n")
        support.expect(site.nginx.reload(), "reload")
        support.until(lambda: site.get("/elsewhere/x").status == 200, "the new mount")
        support.expect("x-extra" not in site.get("/open/", [("X-Extra", "1")]).text().lower(), "the new header got through")


def test_reload_with_faults_keeps_the_old_settings():
    with Site(expected=[r"unknown key 'foo'", r"the engine crashed"]) as site:
        workers = site.nginx.workers()
        for more in ("foo: 1\n", "on_open: crash\n"):
            fake.settings(site.folder, more)
            support.expect(not site.nginx.reload(), "the reload was accepted")
            support.equal(site.nginx.workers(), workers, "workers")
            support.equal(site.get("/protected/page.html", ALICE).status, 200, "somebody")
            support.equal(site.get("/protected/page.html").status, 401, "nobody")
        fake.settings(site.folder)
        support.expect(site.nginx.reload(), "the reload was refused")


def test_reload_with_requests_in_flight():
    with Site() as site:
        for _ in range(3):
            join = in_flight(site.nginx.port, 8)
            support.expect(site.nginx.reload(), "reload")
            for response in join():
                support.equal(getattr(response, "status", response), 200, "a request in flight")


def test_quit_with_requests_in_flight():
    with Site() as site:
        join = in_flight(site.nginx.port, 8)
        site.nginx.stop()
        for response in join():
            support.equal(getattr(response, "status", response), 200, "a request in flight")


def test_fast_end_with_requests_in_flight():
    with Site() as site:
        join = in_flight(site.nginx.port, 8)
        site.nginx.stop(signal.SIGTERM)
        join()
        support.expect(site.nginx.log().count("fake: stopped") >= 2, "the engines were not stopped")


NO_ENGINE = [r"fault: the (first|second) of two", r"no engine in this worker", r"cannot open file",
             r"exited on signal 9", r"worker process \d+ exited"]


def without_engine(site):
    """What a worker whose engine does not work answers."""
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
        support.expect(site.nginx.reload(), "reload")
        support.until(lambda: site.get("/protected/page.html", ALICE).status == 200, "a reload heals it")


def test_worker_that_starts_when_the_settings_are_gone():
    with Site(expected=NO_ENGINE, workers=1) as site:
        os.remove(site.settings)
        before = site.nginx.workers()
        os.kill(before[0], signal.SIGKILL)
        support.until(lambda: site.nginx.workers() not in ([], before), "a new worker")
        without_engine(site)


def test_lines_of_threads_reach_the_error_log():
    with Site(workers=1) as site:
        support.equal(site.get("/account/log?lines=50").status, 200, "status")
        support.until(lambda: site.nginx.log().count("of a thread") == 50, "fifty lines")
        lines = [line for line in site.nginx.log().splitlines() if "of a thread" in line]
        for i, line in enumerate(lines):
            support.expect(f"[warn]" in line and f"doorward: fake: line {i} of a thread" in line, f"line {i}: {line}")


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
                        support.expect(not maps_engine(pid), "a cache process has loaded the engine")


support.run(support.tests_in(sys.modules[__name__]))
