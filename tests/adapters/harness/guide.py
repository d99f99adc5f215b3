"""The configurations of docs/guides, made fit for a test: other ports, no TLS, the scripted engine's cookies."""
import os
import re

from harness.support import expect

GUIDES = os.path.join(os.path.dirname(__file__), "../../../docs/guides")
HEADERS = tuple(f"X-Doorward-{name}" for name in (
    "User", "Email", "Name", "Roles", "Session", "Locale", "Methods", "Time-Zone", "Phone", "Picture", "Notifications", "Clock", "Mac-Format",
    "Theme", "Authenticated-At", "Assertion"))


def text(page="forward-auth"):
    with open(f"{GUIDES}/{page}.md", encoding="utf-8") as file:
        return file.read()


def under(page, heading):
    """What stands below a heading, to the next one."""
    found = re.findall(rf"(?ms)^##+ {re.escape(heading)}\n(.*?)(?=^##+ |\Z)", text(page))
    expect(len(found) == 1, f"{len(found)} headings {heading!r} in {page}.md")
    return found[0]


def block(language, *changes, within=None):
    """The one block of this language in a text (unless told: forward-auth.md), with (old, new) changes, each of which has to be there."""
    found = re.findall(rf"(?ms)^```{language}\n(.*?)^```$", text() if within is None else within)
    expect(len(found) == 1, f"{len(found)} blocks of {language} in the guide")
    config = found[0]
    for old, new in changes:
        expect(old in config, f"the guide's {language} has no {old!r}")
        config = config.replace(old, new)
    return config


def common(serve, application):
    return [("127.0.0.1:8080", f"127.0.0.1:{serve}"), ("127.0.0.1:3000", f"127.0.0.1:{application}"),
            ("(__Host-)?doorward(-[a-z]+)?=", "(__Host-)?fake(-[a-z]+)?=")]


def nginx(serve, application):
    return block("nginx", ("listen 443 ssl http2;", "listen 127.0.0.1:{port};\n    listen 127.0.0.1:{port2} http2;"),
                 ("    ssl_certificate     /etc/ssl/example.org.pem;\n", ""),
                 ("    ssl_certificate_key /etc/ssl/example.org.key;\n", ""), *common(serve, application))


def caddy(serve, application):
    """What stands in the site's block."""
    site = block("caddyfile", *common(serve, application))
    return site[site.index("{") + 1 : site.rindex("}")]


def traefik_pattern():
    """Of the headers that Traefik takes from the answer, and from no client."""
    found = re.search(r'authResponseHeadersRegex: "(.*)"\n', text())
    expect(found, "the guide has no authResponseHeadersRegex")
    return found.group(1)


def envoy_pattern():
    """Of the headers, in lower case, that Envoy's Lua filter takes out: a pattern of Lua's, in Python's words."""
    found = re.search(r'name:find\("(.*)"\)', text())
    expect(found, "the guide has no pattern for Envoy")
    return found.group(1).replace("%W", "[^a-zA-Z0-9]")


def envoy_list(key, form):
    """The names behind a key of Envoy's configuration, up to the next line that isn't of the list."""
    found = re.search(rf"(?m)^( *){key}:\n(?: *patterns:\n)?((?: *- {form}: .*\n)+)", text())
    expect(found, f"the guide has no {key} with {form}")
    return re.findall(rf"- {form}: (\S+)", found.group(2))
