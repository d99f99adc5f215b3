"""nginx's own ways from one place to another, and that none of them leads around Doorward."""
import base64
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, fake, support
from harness.nginx import Nginx
from harness.upstream import Upstream

ALICE = [("Cookie", "fake=alice")]
ADMIN = [("Cookie", "fake=alice+administrator")]
HTML = [("Accept", "text/html")]
BASIC = [("Authorization", "Basic " + base64.b64encode(b"bob:secret").decode())]
PAGES = {"page.html": "public page", "index.html": "public index", "protected/page.html": "the secret",
         "protected/index.html": "the secret", "deny/page.html": "the secret", "any/page.html": "the secret",
         "any_deny/page.html": "the secret", "any_basic/page.html": "the secret", "all/page.html": "the secret",
         "all_basic/page.html": "the secret", "limited/page.html": "the secret", "if/page.html": "the secret",
         "index_elsewhere/page.html": "public page",
         "ssi/page.html": "<!--# include virtual=\"/protected/page.html\" -->|",
         "ssi/many.html": "".join(f"<!--# include virtual=\"/protected/page.html?{i}\" -->|" for i in range(8)),
         "ssi/admin.html": "<!--# include virtual=\"/admin/page.html\" -->|", "admin/page.html": "the secret",
         "ssi/name.html": "<!--# echo var=\"doorward_user\" default=\"nobody\" -->|",
         "ssi/own.html": "<!--# include virtual=\"/account/menu\" -->|",
         "ssi/owns.html": "|".join(f"<!--# include virtual=\"/account/menu{number % 3}\" -->" for number in range(8)),
         "protected/own.html": "<!--# include virtual=\"/account/menu\" -->|",
         "protected/ssi.html": "<!--# include virtual=\"/page.html\" -->|"}

LOCATIONS = """
    location / { }
    location /protected/ { doorward required; ssi on; }
    location /admin/ { doorward required role=administrator; }

    location /deny/ { deny all; doorward required; }
    location /any/ { satisfy any; allow 127.0.0.1; deny all; doorward required; }
    location /any_signed/ { satisfy any; allow 127.0.0.1; deny all; doorward required role=administrator; alias FOLDER/www/;
        add_header X-Known "$doorward_user"; add_header X-Signed "$doorward_assertion"; }
    location /any_deny/ { satisfy any; deny all; doorward required; }
    location /any_basic/ { satisfy any; auth_basic site; auth_basic_user_file FOLDER/users; doorward required; }
    location /all/ { allow 127.0.0.1; deny all; doorward required; }
    location /all_basic/ { auth_basic site; auth_basic_user_file FOLDER/users; doorward required; }
    location /limited/ { doorward required; limit_except GET { deny all; } }
    location /if/ { doorward required; if ($arg_x) { add_header X-If yes; } }

    location /errors/ { doorward required; proxy_pass http://UPSTREAM;
        error_page 401 403 303 503 404 = @secret; }
    location /errors_role/ { doorward required role=administrator; error_page 401 403 = @secret; }
    location /errors_uri/ { doorward required; error_page 401 403 503 /page.html; }
    location @secret { proxy_set_header X-Mark the_secret; proxy_pass http://UPSTREAM; }
    location /missing/ { error_page 404 = /protected/page.html; }
    location /missing_status/ { error_page 404 /protected/page.html; }
    location /missing_page/ { error_page 404 /account/missing; }

    location /try/ { doorward required; try_files $uri @secret; }
    location /try_last/ { try_files $uri /protected/page.html; }
    location = /index_elsewhere/ { index nosuch.html /protected/page.html; }
    location /rewrite/ { rewrite ^ /protected/page.html last; }
    location /rewrite_own/ { rewrite ^ /account/login last; }
    location /accel/ { proxy_pass http://UPSTREAM; }
    location @protected_name { doorward required; try_files /protected/page.html =404; }

    location /ssi/ { ssi on; }
    location /ssi_optional/ { alias FOLDER/www/ssi/; ssi on; doorward optional; }
    location /mirror/ { mirror /mirror_target; proxy_pass http://UPSTREAM; }
    location = /mirror_target { internal; doorward required; proxy_pass http://UPSTREAM/mirrored; }
    location /asks/ { auth_request /auth; alias FOLDER/www/; }
    location = /auth { internal; doorward required; proxy_pass http://UPSTREAM/auth; }
    location /asks_and_required/ { auth_request /nobody_may; doorward required; alias FOLDER/www/; }
    location = /nobody_may { internal; proxy_pass http://UPSTREAM/auth?status=200; }

    location /says { doorward optional; return 200 "[$doorward_user|$doorward_roles|$kind]"; }
    location /says_off { return 200 "[$doorward_user]"; }
    location /says_cookie { return 200 "[$http_cookie|$cookie_fake|$cookie_a|$http_x_user|$http_x_doorward_user]"; }
    location /says_role { doorward required role=administrator; return 200 "[$doorward_user]"; }
    location = /early_error { internal; proxy_pass http://UPSTREAM/early; }
"""


class Site:
    def __enter__(self):
        self.folder_context = support.temporary_folder()
        folder = self.folder_context.__enter__()
        self.upstream = Upstream().__enter__()
        for name, text in PAGES.items():
            support.write(f"{folder}/www/{name}", text)
        support.write(f"{folder}/users", "bob:{PLAIN}secret\n")
        settings = fake.settings(folder, "slow_ms: 5\n")
        locations = LOCATIONS.replace("UPSTREAM", f"127.0.0.1:{self.upstream.port}").replace("FOLDER", folder)
        self.nginx = Nginx(folder, f"""
        map $doorward_roles $kind {{ default plain; administrator boss; }}
        log_format who '$request_uri user=$doorward_user cookie=$http_cookie';
        underscores_in_headers on;
        access_log {folder}/who.log who;
        doorward_config {settings};
        server {{ listen 127.0.0.1:{{port}}; server_name site.example; root {folder}/www;
                  error_page 400 = /early_error; {locations} }}
        server {{ listen 127.0.0.1:{{port}}; server_name closed.example; root {folder}/www; doorward required;
                  location /open/ {{ doorward off; ssi on; alias {folder}/www/; }} location @x {{ }} }}
        server {{ listen 127.0.0.1:{{port}}; server_name denied.example; root {folder}/www; deny all; }}
        server {{ listen 127.0.0.1:{{port}}; server_name basic.example; root {folder}/www;
                  satisfy any; allow 127.0.0.1; deny all; doorward required; }}
        server {{ listen 127.0.0.1:{{port}}; server_name shut.example; root {folder}/www;
                  satisfy any; deny all; doorward required; }}
        """, workers=2)
        self.nginx.start()
        return self

    def __exit__(self, *error):
        try:
            self.nginx.__exit__(*error)
        finally:
            self.upstream.__exit__()
            self.folder_context.__exit__(None, None, None)

    def ask(self, target, headers=(), method="GET", host="site.example", body=None):
        return client.send(self.nginx.port, client.message(method, target, headers, body, host=host), method)


SITE = Site()
SECRET = "the secret"


def get(target, headers=(), **more):
    return SITE.ask(target, headers, **more)


def closed(target, status=401, headers=(), **more):
    answer = get(target, headers, **more)
    support.equal(answer.status, status, target)
    support.expect(SECRET not in answer.text() and "the_secret" not in answer.text(), f"{target} leaks: {answer}")
    return answer


def opened(target, headers=ALICE, **more):
    answer = get(target, headers, **more)
    support.equal(answer.status, 200, target)
    return answer


def test_denied_by_address_is_not_sent_to_sign_in():
    closed("/deny/page.html", 403, HTML)
    closed("/deny/page.html", 403, ALICE)


def test_satisfy_any_allowed_by_address():
    support.equal(opened("/any/page.html", ()).text(), SECRET, "body")


def test_satisfy_any_denied_by_address():
    support.equal(closed("/any_deny/page.html", 303, HTML).get("location"), "/account/login?return=/any_deny/page.html", "way")
    support.equal(opened("/any_deny/page.html").text(), SECRET, "body")


def test_satisfy_any_with_basic_authentication():
    answer = closed("/any_basic/page.html", 303, HTML)
    support.equal(answer.all("www-authenticate"), [], "challenges beside a redirect")
    opened("/any_basic/page.html", BASIC)
    opened("/any_basic/page.html", ALICE)


def test_satisfy_all():
    closed("/all/page.html")
    opened("/all/page.html")
    closed("/all_basic/page.html", 401)
    closed("/all_basic/page.html", 401, ALICE)
    closed("/all_basic/page.html", 303, BASIC + HTML)
    opened("/all_basic/page.html", BASIC + ALICE)


def test_nested_places_inherit():
    closed("/limited/page.html")
    closed("/if/page.html?x=1")
    support.equal(opened("/if/page.html?x=1").get("x-if"), "yes", "header")


def test_error_page_does_not_turn_a_refusal():  # T215
    closed("/errors/x", 401)
    closed("/errors/x", 303, HTML)
    closed("/errors/x", 503, [("Cookie", "fake=broken")])
    closed("/errors_role/x", 403, ALICE)
    support.expect("public page" not in closed("/errors_uri/x", 401).text(), "error_page took part")
    opened("/errors/x")


def test_error_page_leads_to_a_check():  # T215
    closed("/missing/x")
    closed("/missing/x", 303, HTML)
    support.equal(opened("/missing/x").text(), SECRET, "body")
    answer = closed("/missing_status/x", 303, HTML)
    support.equal(answer.get("location"), "/account/login?return=/missing_status/x", "way")
    support.equal(get("/missing_status/x", ALICE).status, 404, "status of an error page")


def test_error_page_to_a_page_of_doorward():
    answer = get("/missing_page/x")
    support.expect('"path":"/account/missing"' in answer.text(), f"page: {answer}")


def test_try_files():  # T215
    closed("/try/x")
    support.expect("the_secret" in opened("/try/x").text(), "the named location")
    closed("/try_last/x")
    support.equal(opened("/try_last/x").text(), SECRET, "body")


def test_index_and_rewrite():  # T215
    closed("/index_elsewhere/")
    support.equal(opened("/index_elsewhere/").text(), SECRET, "body")
    closed("/rewrite/x")
    support.equal(opened("/rewrite/x").text(), SECRET, "body")
    answer = get("/rewrite_own/x?a=1")
    support.expect('"path":"/account/login"' in answer.text() and '"target":"/rewrite_own/x?a=1"' in answer.text(), answer)


def test_one_refusal_for_one_request():
    """An index redirect runs all phases again; the answer is still one."""
    answer = closed("/protected/", 303, HTML)
    support.equal(len(answer.all("location")), 1, "redirects")


def test_x_accel_redirect():  # T215
    closed("/accel/?X-Accel-Redirect=/protected/page.html")
    support.equal(opened("/accel/?X-Accel-Redirect=/protected/page.html").text(), SECRET, "body")
    closed("/accel/?X-Accel-Redirect=@protected_name")
    support.equal(opened("/accel/?X-Accel-Redirect=@protected_name").text(), SECRET, "body")
    answer = get("/accel/?X-Accel-Redirect=/account/login", method="POST", body=b"text")
    support.expect('"path":"/account/login"' in answer.text(), f"page: {answer}")


def test_includes_are_checked():  # T215
    for page, count in (("page", 1), ("many", 8)):
        answer = get(f"/ssi/{page}.html")
        support.equal((answer.status, answer.text().strip()), (200, "|" * count), "nobody")
        support.equal(get(f"/ssi/{page}.html", ALICE).text().strip(), f"{SECRET}|" * count, "somebody")
        support.equal(get(f"/ssi/{page}.html", [("Cookie", f"fake=slow-{page}")]).text().strip(), f"{SECRET}|" * count,
                      "somebody the store has to be asked for")
        support.equal(get(f"/ssi/{page}.html", [("Cookie", "fake=lost")]).text().strip(), "|" * count, "a store that fails")
    support.equal(get("/ssi/admin.html", ALICE).text().strip(), "|", "without the role")
    support.equal(get("/ssi/admin.html", ADMIN).text().strip(), f"{SECRET}|", "with the role")
    support.equal(get("/protected/ssi.html", ALICE).text().strip(), "public page|", "a public page in a protected one")


def test_pages_of_doorwards_are_included():
    """The avatar menu in a page of the site's: it knows the page that it stands in, and asks for itself who is there."""
    for target, host in (("/ssi/own.html?a=1", "site.example"), ("/open/ssi/own.html?a=1", "closed.example")):
        for headers in ((), ALICE):
            said = opened(target, headers, host=host).text()
            for part in ('"path":"/account/menu"', f'"target":"{target}"', '"method":"GET"', '"body":""'):
                support.expect(part in said, f"{part} is missing in {said}")
            support.expect(said.strip().endswith("}|"), said)
    closed("/protected/own.html")
    support.expect('"path":"/account/menu"' in get("/protected/own.html", ALICE).text(), "in a protected page")
    support.equal(get("/ssi/own.html", ALICE, method="HEAD").text(), "", "nothing is shown for HEAD")
    for number, part in enumerate(get("/ssi/owns.html", ALICE).text().split("|")):  # each gets its own, whoever is ready first
        support.expect(f'"path":"/account/menu{number % 3}"' in part, f"include {number}: {part}")


def test_includes_tell_names_where_they_may():
    support.equal(get("/ssi/name.html", ALICE).text().strip(), "nobody|", "in a place that is off")
    support.equal(get("/ssi_optional/name.html", ALICE).text().strip(), "id-of-alice|", "in an optional one")


def test_mirrors_are_checked():  # T215
    get("/mirror/nobody")
    get("/mirror/somebody", ALICE)
    support.until(lambda: any("/mirrored" in seen["target"] for seen in SITE.upstream.seen()), "the mirrored request")
    mirrored = [seen["target"] for seen in SITE.upstream.seen() if "/mirrored" in seen["target"]]
    support.equal(len(mirrored), 1, "mirrored requests")


def test_auth_request_at_a_protected_place():
    closed("/asks/page.html")
    support.equal(opened("/asks/page.html").text(), "public page", "body")
    support.equal(opened("/asks/page.html", [("Cookie", "fake=slow-auth")]).text(), "public page", "body")
    support.equal(get("/asks/page.html", [("Cookie", "fake=lost")]).status, 500, "a store that fails")


def test_auth_request_beside():
    closed("/asks_and_required/page.html", 303, HTML)
    opened("/asks_and_required/page.html")


def test_variables():
    support.equal(get("/says", ADMIN).text(), "[id-of-alice|administrator|boss]", "administrator")
    support.equal(get("/says", ALICE).text(), "[id-of-alice||plain]", "somebody")
    support.equal(get("/says").text(), "[||plain]", "nobody")
    support.equal(get("/says_off", ALICE).text(), "[]", "in a place that is off")
    support.equal(get("/says", [("Cookie", "fake=slow-nobody-asked")]).text(), "[||plain]", "before the store is asked")


def test_cookies_and_headers_are_gone_for_nginx_too():
    headers = [("Cookie", "a=1; fake=alice"), ("X-User", "root"), ("X_Doorward_User", "root")]
    support.equal(get("/says_cookie", headers).text(), "[a=1||1||]", "variables")
    support.equal(get("/says_cookie", ALICE).text(), "[||||]", "variables")


def test_the_access_log():
    get("/protected/page.html?log1", ALICE)
    get("/page.html?log2", ALICE)
    get("/protected/page.html?log3")
    get("/admin/page.html?log4", ALICE)
    get("/protected/page.html?log5", [("Cookie", "fake=slow-log5; a=1")])
    with_path = f"{SITE.nginx.folder}/who.log"

    def lines():
        with open(with_path, encoding="utf-8") as file:
            return [line for line in file.read().splitlines() if "?log" in line]

    support.until(lambda: len(lines()) >= 5, "five lines")
    support.equal(lines(), ["/protected/page.html?log1 user=id-of-alice cookie=-", "/page.html?log2 user=- cookie=-",
                            "/protected/page.html?log3 user=- cookie=-", "/admin/page.html?log4 user=id-of-alice cookie=-",
                            "/protected/page.html?log5 user=id-of-slow-log5 cookie=a=1"], "log")


def test_only_whom_the_rule_lets_pass_is_asserted():
    """An address may let somebody in whom the rule would not: they are known, and nobody signs that they may be here."""
    answer = opened("/any_signed/page.html", ALICE)
    support.equal((answer.get("x-known"), answer.get("x-signed")), ("id-of-alice", None), "without the role")
    answer = opened("/any_signed/page.html", ADMIN)
    support.equal((answer.get("x-known"), answer.get("x-signed")), ("id-of-alice", "signed:id-of-alice"), "with it")


def test_requests_that_fail_early():
    """A request that nginx itself refuses goes to an error page with no client's identity headers."""
    data = (b"GET /page.html HTTP/1.1\r\nX-User: root\r\nCookie: fake=alice; a=1\r\nX_Doorward_User: root\r\n"
            b"Connection: close\r\n\r\n")  # no Host
    answer = client.send(SITE.nginx.port, data)
    seen = answer.text()
    support.expect("/early" in seen, f"the error page was not asked: {answer}")
    support.expect("root" not in seen and "alice" not in seen and "a=1" in seen, f"the application was told: {seen}")


def test_closed_server():
    closed("/page.html", host="closed.example")
    opened("/page.html", host="closed.example")
    opened("/open/page.html", (), host="closed.example")
    closed("/nosuch", host="closed.example")
    support.equal(get("/nosuch", ALICE, host="closed.example").status, 404, "status")
    support.equal(get("/account/login", host="closed.example").status, 200, "the way in")


def test_pages_of_doorward_behind_other_rules():
    support.equal(get("/account/login", host="denied.example").status, 403, "deny all")
    support.equal(get("/account/login", host="basic.example").status, 200, "satisfied by address")
    support.equal(get("/account/login", host="shut.example").status, 200, "satisfy any, the way in")
    closed("/page.html", host="shut.example")


with SITE:
    TESTS = support.tests_in(sys.modules[__name__])
    FAILURES = support.run_all(TESTS)
sys.exit(FAILURES)
