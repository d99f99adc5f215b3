"""Every relative link of the documentation leads to a file that exists and, with #, to a heading in it; and every
page of docs/ can be reached from docs/README.md."""
import posixpath
import re

from common import Fault, Planted, line_of, main, require

LINK = re.compile(r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|(?:src|href)=\"([^\"]+)\"")
HEADING = re.compile(r"(?m)^#{1,6}\s+(.+?)\s*#*$")
FENCE = re.compile(r"(?ms)^(```|~~~).*?^\1[^\n]*$|`[^`\n]*`")
START = "docs/README.md"


def slug(heading: str) -> str:
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def links_of(text: str):
    """(line, target) of each link that isn't inside code."""
    code_blanked = FENCE.sub(lambda match: re.sub(r"[^\n]", " ", match.group(0)), text)
    for match in LINK.finditer(code_blanked):
        yield line_of(text, match.start()), match.group(1) or match.group(2)


def check(tree):
    pages = require([path for path in tree.paths(".md") if not path.startswith("tests/fuzz/")], "Markdown files")
    require(START in pages, START)
    reached, open_pages, graph = set(), [START], {}
    for path in pages:
        text = tree.read(path)
        graph[path] = []
        for line, target in links_of(text):
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            file, _, anchor = target.partition("#")
            found = posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
            if found.startswith("..") or file.startswith("/"):
                yield Fault(path, line, f"{target} leads out of the repository")
            elif not tree.has(found):
                yield Fault(path, line, f"{target} leads nowhere")
            elif anchor and found.endswith(".md") and anchor not in map(slug, HEADING.findall(tree.read(found))):
                yield Fault(path, line, f"{target}: {found} has no such heading")
            elif found.endswith(".md"):
                graph[path].append(found)
            elif (tree.root / found).is_dir():
                graph[path].append(posixpath.join(found, "README.md"))
    while open_pages:
        page = open_pages.pop()
        if page not in reached:
            reached.add(page)
            open_pages += graph.get(page, [])
    for path in pages:
        if path.startswith("docs/") and path not in reached:
            yield Fault(path, 0, f"no way leads here from {START}")


CLEAN = {
    "README.md": "# A\n[docs](docs/README.md) [web](https://example.org) `[no](link)`\n",
    "docs/README.md": "# Docs\n- [one](one.md#second-part)\n- [flows](flows)\n",
    "docs/one.md": "# One\n## Second part\n[up](../README.md)\n",
    "docs/flows/README.md": "# Flows\n[login](login.md)\n",
    "docs/flows/login.md": "# Login\n```\n[x](nothing.md)\n```\n",
}
PLANTED = [
    Planted("a dead link", {"docs/one.md": "# One\n## Second part\n[x](two.md)\n"}, r"one\.md:3: two\.md leads nowhere"),
    Planted("a dead picture", {"README.md": "![x](docs/pictures/x.png)\n"}, "leads nowhere"),
    Planted("a dead heading", {"docs/one.md": "# One\n## Third part\n"}, "no such heading"),
    Planted("a link outside", {"README.md": "[x](../x.md)\n"}, "leads out"),
    Planted("a page that none links to", {"docs/lost.md": "# Lost\n"}, r"lost\.md: no way leads here"),
]

if __name__ == "__main__":
    main(check, CLEAN, PLANTED)
