"""Links are made from public_url and from nothing else. One file reads Host, nothing in the engine reads what proxies say
about a request, and only the settings put a scheme before a host."""
import re

from common import Fault, Planted, line_of, main, require, string_literals

READER = "core/src/http/origin.cpp"  # compares Host with public_url, and tells nobody what it said
DROPPED = re.compile(r"common_identity_headers\[\] = \{[^}]*\}")  # names to be dropped, not to be read
PROXY_READERS = ("adapters/server/",)  # `doorward serve` alone may stand behind proxies, which trusted_proxies names
HOST = {"host", ":authority"}
PROXIED = re.compile(r"(?i)^(?:x-forwarded(?:-[a-z]+)?|forwarded|x-real-ip|x-original-(?:url|host)|x-rewrite-url|x-host|true-client-ip|via)$")
SCHEME = re.compile(r"^(?:https?)?://$")


def is_looked_up(text: str, line: int) -> bool:
    """Not a default name for a host, which is returned and not asked for."""
    return not re.search(r'\breturn "host";', text.split("\n")[line - 1])


def check(tree):
    sources = require(tree.sources("core/src"), "sources below core/src") + tree.sources("adapters")
    require(tree.has(READER), READER)
    if not any(value.lower() in HOST for _, value in string_literals(tree.read(READER))):
        yield Fault(READER, 0, "doesn't read Host any more; tests/lint/request_headers.py has to know who does")
    for path in sources:
        text = DROPPED.sub(lambda match: re.sub(r"[^\n]", " ", match.group(0)), tree.read(path))
        for line, value in string_literals(text):
            if value.lower() in HOST and path.startswith("core/src/") and is_looked_up(text, line) and path != READER:
                yield Fault(path, line, f'"{value}": only {READER} reads it')
            if PROXIED.match(value) and not path.startswith(PROXY_READERS):
                yield Fault(path, line, f'"{value}": what a proxy says is the web server\'s affair')
            if SCHEME.match(value) and path.startswith("core/src/") and not path.startswith("core/src/settings/"):
                if not re.search(r"(?:starts_with|find|compare)\([^;]*" + re.escape(f'"{value}"'), text.split("\n")[line - 1]):
                    yield Fault(path, line, f'"{value}" before a host: addresses are made from public_url')


CLEAN = {
    READER: 'const auto host = request.header("host");\n',
    "core/src/settings/site_values.cpp": 'value = "https://" + url.host;\n',
    "core/src/pages/model.cpp": 'return value.starts_with("https://"); // "https://" + host\n',
    "core/src/engine/engine.cpp": 'constexpr const char* common_identity_headers[] = {\n"x-forwarded-user"};\nreturn "host";\n',
    "adapters/server/proxy.cpp": 'find("X-Forwarded-For");\n',
}
PLANTED = [
    Planted("Host elsewhere", {"core/src/http/a.cpp": 'auto h = request.header("Host");\n'}, r'a\.cpp:1: "Host"'),
    Planted("X-Forwarded-Host", {"core/src/engine/a.cpp": '\nheader("x-forwarded-host");\n'}, r"a\.cpp:2: .*forwarded"),
    Planted("X-Forwarded-Proto in an adapter", {"adapters/nginx/a.cpp": 'header("X-Forwarded-Proto");\n'}, "web server's affair"),
    Planted("a link from a host", {"core/src/mail/a.cpp": 'auto link = "https://" + host;\n'}, "made from public_url"),
    Planted("the reader is empty", {READER: "int x;\n"}, "doesn't read Host"),
    Planted("the reader is gone", {READER: None}, "found no core/src/http/origin"),
]

if __name__ == "__main__":
    main(check, CLEAN, PLANTED)
