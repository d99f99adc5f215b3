"""My Account, the overview, beside a static file of the same size in the same nginx: how much it weighs, and what it costs."""
from figures import Figure, in_turn
from known_session import figure
from load import Line, request, run_wrk
from seeded import tokens_of
from site_setup import Bench

ROW = "my_account"
PAGE, FILE = "/account/", "/page.html"


def measure(options):
    with Bench(options) as bench:
        bare, site = bench.bare().start(), bench.site(accounts=options.few, sessions=options.few).start()
        token = tokens_of(site.token_file, 1)[0]
        size = size_of(site, request(site, PAGE, token))
        with open(f"{bench.folder}/www{FILE}", "w", encoding="ascii") as file:
            file.write("x" * size)
        if size_of(bare, request(bare, FILE)) != size:
            raise RuntimeError("the file isn't as long as the page")

        def ask(server, target):
            return lambda: run_wrk(server, target, seconds=options.seconds, connections=options.connections,
                                   headers=("Accept: text/html", f"Cookie: doorward={token}"))

        rows = in_turn(options.pairs, ask(bare, FILE), ask(site, PAGE), "file and page")
    yield Figure(ROW, "My Account: weight of the page itself", round(size / 1000, 1), 30, "KB")
    yield figure("My Account: requests/s", rows, "rate", None, row=ROW, than="a file of its size")
    yield figure("My Account: CPU", rows, "us", None, row=ROW, than="a file of its size")


def size_of(server, what):
    """Bytes of the body."""
    line = Line(server)
    line.ask(what)
    line.socket.sendall(what)
    data = b""
    while len(data) < line.length:
        data += line.socket.recv(1 << 20)
    head, _, body = data.partition(b"\r\n\r\n")
    if b"chunked" in head.lower():
        raise RuntimeError("a page in chunks")
    return len(body)
