"""Start, reload, failure and end, as an administrator drives a server: nginx or Apache, whichever the command line names."""
import os
import re
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import fake, support
from harness.crowd import in_flight
from harness.site import Site, harness, maps, processes_with_engine

ALICE = [("Cookie", "fake=alice")]


def test_the_process_that_starts_all_others_never_loads_the_engine():
    with Site() as site:
        for _ in range(3):  # the module is opened, closed and opened again at each
            support.until(lambda: processes_with_engine(site), "a process has the engine")
            support.expect(not maps(site.server.process.pid, harness.ENGINE), "the first process has loaded the engine")
            support.expect(maps(site.server.process.pid, harness.MODULE), "the first process has the module")
            support.expect(site.server.reload(), "reload")


def test_reload_takes_new_settings():
    with Site() as site:
        support.equal(site.get("/elsewhere/x").status, 404, "before")
        fake.settings(site.folder, "mount: /elsewhere\nheader: x-extra\n")
        support.expect(site.server.reload(), "reload")
        support.until(lambda: site.get("/elsewhere/x").status == 200, "the new mount")
        support.expect("x-extra" not in site.get("/open/", [("X-Extra", "1")]).text().lower(), "the new header got through")


def all_have_begun(site):
    """Every process has its engine, has opened it and answers."""
    support.until(lambda: len(processes_with_engine(site)) >= 2, "all have an engine")
    answered(in_flight(site.server.port, 2))


def test_reload_with_faults_keeps_the_old_settings():
    with Site(expected=[r"unknown key 'foo'", r"the engine crashed"]) as site:
        all_have_begun(site)
        processes = site.server.children()
        for more in ("foo: 1\n", "on_open: crash\n"):
            fake.settings(site.folder, more)
            support.expect(not site.server.reload(), "the reload was accepted")
            support.equal(site.server.children(), processes, "processes")
            support.equal(site.get("/protected/page.html", ALICE).status, 200, "somebody")
            support.equal(site.get("/protected/page.html").status, 401, "nobody")
        fake.settings(site.folder)
        support.expect(site.server.reload(), "the reload was refused")


def answered(join):
    for response in join():
        support.equal(getattr(response, "status", response), 200, "a request in flight")


def test_reload_with_requests_in_flight():
    with Site() as site:
        for _ in range(3):
            join = in_flight(site.server.port, site.server.at_a_time)
            support.expect(site.server.reload(), "reload")
            answered(join)


def test_graceful_end_with_requests_in_flight():
    with Site() as site:
        all_have_begun(site)
        join = in_flight(site.server.port, site.server.at_a_time)
        site.server.stop(site.server.graceful)
        answered(join)


def test_fast_end_with_requests_in_flight():
    with Site() as site:
        all_have_begun(site)
        join = in_flight(site.server.port, site.server.at_a_time)
        site.server.stop(signal.SIGTERM)  # the log is looked through: no crash, nobody who had to be killed
        join()
        support.expect(site.server.log().count("fake: stopped") >= 2, "the engines were not stopped")


NO_ENGINE = [r"fault: the (first|second) of two", r"cannot open file", *harness.CommonSite.without_engine]


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
        support.expect(site.server.reload(), "reload")
        support.until(lambda: site.get("/protected/page.html", ALICE).status == 200, "a reload heals it")


def test_process_that_starts_when_the_settings_are_gone():
    with Site(expected=NO_ENGINE) as site:
        support.until(lambda: len(processes_with_engine(site)) >= 2, "all have an engine")
        os.remove(site.settings)
        before = processes_with_engine(site)
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        support.until(lambda: len(re.findall("no engine in this (worker|process)", site.server.log())) >= len(before), "new processes")
        without_engine(site)


def test_lines_of_threads_reach_the_error_log():
    with Site() as site:
        support.equal(site.get("/account/log?lines=50").status, 200, "status")
        support.until(lambda: site.server.log().count("of a thread") == 50, "fifty lines")
        lines = [line for line in site.server.log().splitlines() if "of a thread" in line]
        for i, line in enumerate(lines):
            support.expect(re.search(site.server.line.format(f"fake: line {i} of a thread"), line), f"line {i}: {line}")


support.run(support.tests_in(sys.modules[__name__]))
