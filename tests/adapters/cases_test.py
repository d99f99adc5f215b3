"""Replays tests/adapters/cases through a server: a request, and what client and application must see of it (M29).

Each file is a list of cases. A case has
  name      a sentence
  request   method (GET), target, headers ([name, value] pairs), body, chunked
  over      HTTP versions to ask by; ["1.1", "2"] unless told
  servers   only these; all unless told
  expect    status; headers {name: value, "~regex", or null where it must be absent}; cookies (all of Set-Cookie);
            body, body_has, body_lacks;
            application / engine: what the application, or the engine's page, was given:
              headers {name: value or null}, lacks ([regex], matched against every name), and any other field of the echo
"""
import glob
import importlib
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, fake, support
from harness.upstream import Upstream

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases")


def matches(got, wanted):
    if isinstance(wanted, str) and wanted.startswith("~"):
        return got is not None and re.search(wanted[1:], got) is not None
    return got == wanted


def check_echo(body, wanted, who):
    echo = json.loads(body)
    for name, value in wanted.items():
        if name == "headers":
            for header, text in value.items():
                given = [v for n, v in echo["headers"] if n.lower() == header.lower()]
                support.expect(matches(", ".join(given) if given else None, text),
                               f"{who} was given {header}: {given} instead of {text!r}")
        elif name == "lacks":
            for pattern in value:
                found = [n for n, _ in echo["headers"] if re.search(pattern, n, re.IGNORECASE)]
                support.expect(not found, f"{who} was given {found}")
        else:
            support.expect(matches(echo.get(name), value), f"{who}: {name} is {echo.get(name)!r} instead of {value!r}")


def check_case(case, response):
    wanted = dict(case["expect"])
    support.equal(response.status, wanted.pop("status"), "status")
    for name, value in wanted.pop("headers", {}).items():
        support.expect(matches(response.get(name), value), f"{name} is {response.get(name)!r} instead of {value!r}")
    if "cookies" in wanted:
        support.equal(response.all("set-cookie"), wanted.pop("cookies"), "cookies")
    if "body" in wanted:
        support.equal(response.text(), wanted.pop("body"), "body")
    if "body_has" in wanted:
        has = wanted.pop("body_has")
        support.expect(has in response.text(), f"the body lacks {has!r}: {response.text()[:300]}")
    if "body_lacks" in wanted:
        lacks = wanted.pop("body_lacks")
        support.expect(lacks not in response.text(), f"the body has {lacks!r}")
    for who in ("application", "engine"):
        if who in wanted:
            check_echo(response.text(), wanted.pop(who), who)
    support.expect(not wanted, f"the case expects something unknown: {wanted}")


def play(driver, case, failures):
    request = case["request"]
    body = request.get("body")
    if isinstance(body, dict):
        body = body["repeat"] * body["times"]
    for version in case.get("over", ["1.1", "2"]):
        if version not in driver.ports:
            continue
        try:
            response = client.CLIENTS[version](
                driver.ports[version], request.get("method", "GET"), request["target"],
                [tuple(pair) for pair in request.get("headers", [])],
                None if body is None else body.encode(), request.get("chunked", False))
            check_case(case, response)
        except (support.Failed, ConnectionError, ValueError) as error:
            failures.append(f"{case['name']} (HTTP/{version}): {error}")


def main():
    server = sys.argv[1]
    driver_of = importlib.import_module(f"harness.{server}").CommonSite
    cases = []
    for path in sorted(glob.glob(f"{CASES}/*.json")):
        with open(path, encoding="utf-8") as file:
            cases += [case for case in json.load(file) if server in case.get("servers", [server])]
    support.expect(len(cases) > 20, "the cases are not found")
    failures = []
    with support.temporary_folder() as folder, Upstream() as upstream:
        with driver_of(folder, upstream.port, fake.settings(folder)) as driver:
            for _ in ("started", "reloaded"):
                for case in cases:
                    play(driver, case, failures)
                support.expect(driver.reload(), "the reload was refused")
    for failure in failures:
        print(f"FAILED  {failure}")
    print(f"{len(cases)} cases, {len(failures)} failures")
    sys.exit(1 if failures else 0)


main()
