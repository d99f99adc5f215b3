"""My Account, the overview, beside a static file of the same size in the same nginx: how much it weighs, and what it costs."""
from browser import SESSION_COOKIE, Browser
from figures import Figure, in_turn
from known_session import figure
from load import run_wrk
from seeded import tokens_of
from site_setup import Bench

ROW = "my_account"
PAGE, FILE = "/account/", "/page.html"


def measure(options):
    with Bench(options) as bench:
        bare, site = bench.bare().start(), bench.site(accounts=options.few, sessions=options.few).start()
        token = tokens_of(site.token_file, 1)[0]
        size = size_of(site, PAGE, token)
        with open(f"{bench.folder}/www{FILE}", "w", encoding="ascii") as file:
            file.write("x" * size)

        def ask(server, target):
            return lambda: run_wrk(server, target, seconds=options.seconds, connections=options.connections,
                                   headers=("Accept: text/html", f"Cookie: {SESSION_COOKIE}={token}"))

        rows = in_turn(options.pairs, ask(bare, FILE), ask(site, PAGE), "file and page")
    yield Figure(ROW, "My Account: weight of the page itself", round(size / 1000, 1), 30, "KB")
    yield figure("My Account: requests/s", rows, "rate", None, row=ROW, than="a file of its size")
    yield figure("My Account: CPU", rows, "us", None, row=ROW, than="a file of its size")


def size_of(server, page, token):
    """Bytes of the body."""
    browser = Browser(server.port)
    browser.cookies[SESSION_COOKIE] = token
    answer = browser.ask("GET", page)
    if answer.status != 200:
        raise RuntimeError(f"{page}: {answer.status}")
    return len(answer.text.encode())
