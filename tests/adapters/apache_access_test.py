"""Apache's own ways from one place to another, its rules beside ours, and that none of them leads around Doorward."""
import base64
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, support
from harness.apache_places import SECRET, Places

ALICE = [("Cookie", "fake=alice")]
ADMIN = [("Cookie", "fake=alice+administrator")]
STALE = [("Cookie", "fake=alice+stale")]
HTML = [("Accept", "text/html")]
BASIC = [("Authorization", "Basic " + base64.b64encode(b"bob:secret").decode())]

SITE = Places()


def get(target, headers=(), method="GET", host="site.example", body=None):
    return client.send(SITE.apache.port, client.message(method, target, headers, body, host=host), method)


def closed(target, status=401, headers=(), **more):
    answer = get(target, headers, **more)
    support.equal(answer.status, status, target)
    support.expect(SECRET not in answer.text() and "public page" not in answer.text(), f"{target} leaks: {answer.text()}")
    return answer


def opened(target, headers=ALICE, **more):
    answer = get(target, headers, **more)
    support.equal(answer.status, 200, target)
    return answer


def test_denied_by_address_is_not_sent_to_sign_in():
    closed("/deny/page.html", 403, HTML)
    closed("/deny/page.html", 403, HTML + ALICE)


def test_any_of_several():
    support.equal(opened("/any/page.html", ()).text(), SECRET, "by address")
    support.equal(closed("/any_deny/page.html", 303, HTML).get("location"), "/account/login?return=/any_deny/page.html", "way")
    opened("/any_deny/page.html")
    opened("/methods/page.html", ())
    closed("/methods/page.html", 401, method="POST", body=b"x")
    opened("/several/page.html", ADMIN)
    opened("/several/page.html", [("Cookie", "fake=alice+editor")])
    closed("/several/page.html", 403, ALICE)


def test_all_of_several():
    closed("/all/page.html")
    opened("/all/page.html")


def test_stepping_up_is_asked_for_where_it_helps():
    opened("/either/page.html", ALICE)
    answer = closed("/either/page.html", 303, STALE + HTML)
    support.equal(answer.get("location"), "/account/confirm?return=/either/page.html", "way")
    closed("/both/page.html", 403, STALE + HTML)  # the role is missing too: no use in asking
    closed("/both/page.html", 403, ALICE + HTML)
    opened("/both/page.html", ADMIN)


def test_rules_without_auth_type_let_nobody_pass():
    for headers in ((), ALICE, ADMIN):
        answer = get("/unset/page.html", headers)
        support.expect(answer.status in (401, 403, 500) and SECRET not in answer.text(), f"{answer.status}")


def test_htaccess():
    closed("/htaccess/page.html", 303, HTML)
    closed("/htaccess/page.html", 403, ALICE)
    support.equal(opened("/htaccess/page.html", ADMIN).text(), SECRET, "body")
    closed("/htaccess/", 303, HTML)


def test_nested_places():
    closed("/inherit/page.html")
    opened("/inherit/page.html")
    support.equal(opened("/inherit/open/page.html", ()).text(), "public page", "body")


def test_error_documents_do_not_turn_a_refusal():
    closed("/app/x", 401)
    closed("/app/x", 303, HTML)
    closed("/app/x", 503, [("Cookie", "fake=broken")])
    opened("/app/x")


def test_error_document_leads_to_a_check():
    answer = closed("/missing/x", 303, HTML)
    support.equal(answer.get("location"), "/account/login?return=/missing/x", "way")
    support.expect(SECRET in get("/missing/x", ALICE).text(), "somebody")
    support.expect('"path":"/account/missing"' in get("/missing_page/x").text(), "a page of Doorward's")


def test_index_and_rewrite():
    closed("/protected/")
    support.equal(opened("/protected/").text(), SECRET, "body")
    closed("/rewrite/x")
    support.equal(opened("/rewrite/x").text(), SECRET, "body")
    closed("/rewrite_proxy/app/x")
    opened("/rewrite_proxy/app/x")
    answer = get("/rewrite_own/x?a=1")
    support.expect('"path":"/account/login"' in answer.text() and '"target":"/rewrite_own/x?a=1"' in answer.text(), answer.text())
    support.equal(len(closed("/protected/", 303, HTML).all("location")), 1, "redirects")
    support.equal(get("/account/old").get("location"), "https://site.example/account/new", "a redirect of the site's own")


def test_includes_are_checked():
    nobody = get("/ssi/page.shtml")
    support.expect(nobody.status == 200 and SECRET not in nobody.text() and "refused" not in nobody.text(), f"nobody: {nobody.text()}")
    support.equal(get("/ssi/page.shtml", ALICE).text().strip(), f"{SECRET}|", "somebody")
    support.equal(get("/ssi/page.shtml", [("Cookie", "fake=slow-ssi")]).text().strip(), f"{SECRET}|", "the store is asked")
    support.equal(get("/ssi/admin.shtml", ALICE).text().count(SECRET), 0, "without the role")
    support.equal(get("/ssi/admin.shtml", ADMIN).text().strip(), f"{SECRET}|", "with the role")


def test_pages_of_doorwards_are_included():
    for headers in ((), ALICE):
        said = opened("/ssi/own.shtml?a=1", headers).text()
        for part in ('"path":"/account/menu"', '"target":"/ssi/own.shtml?a=1"', '"method":"GET"', '"body":""'):
            support.expect(part in said, f"{part} is missing in {said}")
        support.expect(said.strip().endswith("}|"), said)


def environment(target, headers):
    return dict(line.split("=", 1) for line in opened(target, headers).text().splitlines())


def test_the_environment_of_scripts():
    told = environment("/cgi/env", ADMIN)
    support.equal({name: told.get(name) for name in ("DOORWARD_USER", "DOORWARD_EMAIL", "DOORWARD_ROLES", "REMOTE_USER", "AUTH_TYPE",
                                                     "DOORWARD_AUTHENTICATED_AT")},
                  {"DOORWARD_USER": "id-of-alice", "DOORWARD_EMAIL": "alice@example.org", "DOORWARD_ROLES": "administrator",
                   "REMOTE_USER": "id-of-alice", "AUTH_TYPE": "Doorward", "DOORWARD_AUTHENTICATED_AT": "1700000000"}, "environment")
    support.equal(environment("/cgi/email", ALICE)["REMOTE_USER"], "alice@example.org", "REMOTE_USER")
    support.equal([name for name in told if "ASSERTION" in name], [], "signed statements that nobody asked for")
    told = environment("/cgi/signed", ALICE)
    support.equal((told["DOORWARD_USER"], told["DOORWARD_ASSERTION"], told.get("HTTP_X_DOORWARD_ASSERTION")),
                  ("id-of-alice", "signed:id-of-alice", None), "a signed statement")
    support.equal(environment("/cgi/signed", [("X-Doorward-Assertion", "root")]), {}, "a signed statement of nobody")
    support.equal(environment("/cgi/env", [("X-User", "root"), ("X-Doorward-User", "root")]), {}, "of nobody")
    support.equal(environment("/cgi/env", [("Cookie", "fake=nobody; a=1")]), {"HTTP_COOKIE": "a=1"}, "of an unknown cookie")


def test_what_one_place_was_told_is_taken_back_at_another():
    seen = get("/signed_lost/nosuch", ALICE).text()
    support.expect("/early" in seen, f"the error page was not asked: {seen}")
    support.expect("alice" not in seen, f"the application was told: {seen}")
    seen = get("/signed_quiet/nosuch", ALICE).text()  # a place of Doorward's too, but without headers
    support.expect("/quiet/x" in seen, f"the error page was not asked: {seen}")
    support.expect("alice" not in seen, f"the application was told: {seen}")
    seen = get("/signed_cgi/nosuch", ALICE).text()
    support.expect("DOORWARD_USER=id-of-alice" in seen, f"the script was told nothing: {seen}")
    support.expect("ASSERTION" not in seen and "REDIRECT_DOORWARD" not in seen, f"the script was told what was meant for another place: {seen}")


def test_requests_that_fail_early():
    """A request that Apache itself refuses goes to an error page with no client's identity headers."""
    data = (b"GET /page.html HTTP/1.1\r\nX-User: root\r\nCookie: fake=alice; a=1\r\nX_Doorward_User: root\r\n"
            b"Connection: close\r\n\r\n")  # no Host
    seen = client.send(SITE.apache.port, data).text()
    support.expect("root" not in seen and "alice" not in seen, f"the application was told: {seen}")


def test_headers_of_the_site_go_with_a_refusal():
    support.equal(closed("/hsts/x").get("strict-transport-security"), "max-age=1", "header")


def test_a_closed_site_has_a_way_in():
    closed("/page.html", 303, HTML, host="closed.example")
    opened("/page.html", host="closed.example")
    answer = opened("/account/login", (), host="closed.example")
    support.expect('"path":"/account/login"' in answer.text(), f"FallbackResource took it: {answer.text()}")
    answer = opened("/account/login", [("Accept-Encoding", "gzip")], host="closed.example")
    support.equal(answer.get("content-encoding"), None, "a page that is not stored")


def test_pages_behind_other_rules():
    support.equal(get("/account/login", host="denied.example").status, 403, "an address that is refused")
    support.equal(get("/account/login", host="basic.example").status, 401, "another's password")
    opened("/account/login", BASIC, host="basic.example")


def test_pages_of_a_site_that_is_proxied_whole():
    for path in ("/account/login", "/backup-login", "/account/files/page.html"):
        answer = opened(path, (), host="proxied.example")
        support.expect(f'"path":"{path}"' in answer.text() and "stolen" not in answer.text(), answer.text())
    support.expect('"path":"/account/x"' in get("/account/x").text(), "before ProxyPass")


def test_a_server_that_only_redirects():
    answer = get("/account/login?a=1", host="moved.example")
    support.equal((answer.status, answer.get("location")), (301, "https://moved.example/account/login?a=1"), "answer")


with SITE:
    TESTS = support.tests_in(sys.modules[__name__])
    FAILURES = support.run_all(TESTS)
sys.exit(FAILURES)
