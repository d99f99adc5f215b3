"""A flow has five parts of the same name: its code, its test, its documentation, its pages and their texts; and it is put
together with the others in engine/assemble. A flow is a file of core/src/flows that defines <name>_routes(); the other
files there are shared by flows."""
import re

from common import Fault, Planted, main, require, without_comments

FLOWS = "core/src/flows"
ASSEMBLE = "core/src/engine/assemble.cpp"

# A flow that has no page of its own, and why.
WITHOUT_PAGE = {"invitation": "chooses a password on the page that it shares with recovery"}


def check(tree):
    sources = require(tree.paths(".cpp", under=FLOWS), f"flows in {FLOWS}")
    require(tree.has(ASSEMBLE), ASSEMBLE)
    assemble = without_comments(tree.read(ASSEMBLE))
    everything = {path: tree.read(path) for path in tree.sources("core/src")}
    flows = 0
    for path in sources:
        name = path.rsplit("/", 1)[-1].removesuffix(".cpp")
        code = without_comments(everything[path], strings=True)
        if not re.search(rf"\b{name}_routes\(", code):
            if re.search(r"\b\w+_routes\(", code):
                yield Fault(path, 0, f"defines routes of another name than {name}_routes")
            elif not any(f'"flows/{name}.hpp"' in text for other, text in everything.items() if other != path):
                yield Fault(path, 0, "is no flow (it has no routes), and nobody includes it")
            continue
        flows += 1
        if not re.search(rf"\b{name}_routes\b", assemble):
            yield Fault(path, 0, f"{ASSEMBLE} doesn't know {name}_routes()")
        for part in (f"tests/flows/{name}_test.cpp", f"docs/flows/{name}.md"):
            if not tree.has(part):
                yield Fault(path, 0, f"{part} is missing")
        pages = set(re.findall(r'\bshow\(\s*"([a-z_]+)"', code))
        if not pages and name not in WITHOUT_PAGE:
            yield Fault(path, 0, "shows no page")
        for page in sorted(pages):
            if not tree.has(f"config/theme/pages/{page}.html"):
                yield Fault(path, 0, f"config/theme/pages/{page}.html is missing")
            for language in tree.paths(".po", under="config/locales"):
                if f'msgid "{page}.' not in tree.read(language):
                    yield Fault(path, 0, f"{language} has no text of the page {page}")
    require(flows, "flow with routes")
    for test in tree.paths("_test.cpp", under="tests/flows"):
        name = test.rsplit("/", 1)[-1].removesuffix("_test.cpp")
        if name not in EXTRA_TESTS and f"{FLOWS}/{name}.cpp" not in sources:
            yield Fault(test, 0, f"tests a flow that doesn't exist; {FLOWS}/{name}.cpp is gone, or the test's name is wrong")
    for page in tree.paths(".md", under="docs/flows"):
        name = page.rsplit("/", 1)[-1].removesuffix(".md")
        if name != "README" and f"{FLOWS}/{name}.cpp" not in sources:
            yield Fault(page, 0, "describes a flow that doesn't exist")


# Tests in tests/flows of what all flows have in common, or of several at once.
EXTRA_TESTS = {
    "assertion", "emails_waiting", "erasure", "formats", "guard", "jobs", "notice", "read_only", "recovery_codes", "recovery_letters", "refusal",
    "refused_requests", "routes", "trusted_browsers",
}

CLEAN = {
    "core/src/flows/login.cpp": 'Outcome get(Call&) { return show("login"); }\nstd::vector<Route> login_routes() { return {}; }\n',
    "core/src/flows/shared.cpp": '#include "flows/shared.hpp"\n',
    "core/src/flows/login.hpp": '#include "flows/shared.hpp"\n',
    ASSEMBLE: "add(flows::login_routes());\n",
    "tests/flows/login_test.cpp": "\n",
    "docs/flows/login.md": "\n",
    "config/theme/pages/login.html": "\n",
    "config/locales/en.po": 'msgid "login.title"\n',
    "config/locales/de.po": 'msgid "login.title"\n',
}
PLANTED = [
    Planted("no test", {"tests/flows/login_test.cpp": None}, r"login\.cpp: tests/flows/login_test\.cpp is missing"),
    Planted("no documentation", {"docs/flows/login.md": None}, r"docs/flows/login\.md is missing"),
    Planted("no page", {"config/theme/pages/login.html": None}, r"pages/login\.html is missing"),
    Planted("no texts", {"config/locales/de.po": 'msgid "x"\n'}, r"de\.po has no text"),
    Planted("not assembled", {ASSEMBLE: "// login_routes()\n"}, r"doesn't know login_routes"),
    Planted("shows nothing", {"core/src/flows/login.cpp": "std::vector<Route> login_routes() { return {}; }\n"}, "shows no page"),
    Planted("for nobody", {"core/src/flows/login.hpp": "\n"}, "nobody includes it"),
    Planted("a test of nothing", {"tests/flows/old_test.cpp": "\n"}, "tests a flow that doesn't exist"),
    Planted("a page of nothing", {"docs/flows/old.md": "\n"}, "describes a flow that doesn't exist"),
    Planted("no flows", {"core/src/flows/login.cpp": None, "core/src/flows/shared.cpp": None}, "no flows"),
]

if __name__ == "__main__":
    main(check, CLEAN, PLANTED)
