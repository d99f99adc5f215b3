"""Every page of the theme stands in the guide of pages with its picture, and the guide shows no picture of a page that is gone."""
import re

from common import Fault, Planted, main, require

PAGES, GUIDE, PICTURES = "config/theme/pages", "docs/guides/pages.md", "docs/pictures/pages"


def check(tree):
    pages = {path.rsplit("/", 1)[-1].removesuffix(".html") for path in require(tree.paths(".html", under=PAGES), f"pages in {PAGES}")}
    require(tree.has(GUIDE), GUIDE)
    shown = set(re.findall(r"\]\(\.\./pictures/pages/([a-z_]+)\.webp\)", tree.read(GUIDE)))
    for page in sorted(pages - shown):
        yield Fault(GUIDE, 0, f"doesn't show the page {page}")
    for page in sorted(shown - pages):
        yield Fault(GUIDE, 0, f"shows {page}, which is no page")
    for page in sorted(pages):
        if not tree.has(f"{PICTURES}/{page}.webp"):
            yield Fault(f"{PAGES}/{page}.html", 0, f"{PICTURES}/{page}.webp is missing: album.mjs makes it")


CLEAN = {
    f"{PAGES}/login.html": "{{>card_open}}",
    GUIDE: "![Sign in](../pictures/pages/login.webp)\n",
    f"{PICTURES}/login.webp": "",
}
PLANTED = [
    Planted("a page that isn't shown", {f"{PAGES}/logout.html": ""}, r"doesn't show the page logout"),
    Planted("a picture of nothing", {GUIDE: CLEAN[GUIDE] + "![x](../pictures/pages/x.webp)\n"}, r"shows x, which is no page"),
    Planted("a page without a picture", {f"{PAGES}/signup.html": ""}, r"signup\.webp is missing"),
]

if __name__ == "__main__":
    main(check, CLEAN, PLANTED)
