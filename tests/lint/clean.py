"""Nothing half-done or of one machine is left in the files: unfinished work, skipped tests, warnings that are switched
off without a reason, folders of a developer, package hosts that only one network has, leftovers of a merge."""
import re

from common import Fault, Planted, line_of, main, require

# Written in two parts, so that this file doesn't find itself.
RULES = [
    (r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b", "unfinished work is finished or is an issue, not a comment"),
    (r"(?i)\bnot (?:yet )?implem" r"ented\b", "what isn't there isn't offered"),
    (r"\bGTEST_SK" r"IP\b|\bDISAB" r"LED_\w|\b(?:it|test|describe)\.(?:sk" r"ip|todo)\b|unittest\.sk" r"ip|\bWILL_FAIL\b|SKIP_RETURN" r"_CODE", "no test is skipped"),
    (r"\b(?:it|test|describe)\.on" r"ly\b", "no test shuts out the others"),
    (r"(?:/wo" r"rk/(?:main|shared)|/ro" r"ot/|/ho" r"me/\w+|/tmp/bash_" r"jobs|/Use" r"rs/\w+)", "a folder of one machine"),
    (r'"resol' r'ved": "(?!https://registry\.npmjs\.org/)', "a package address that only one network has"),
    (r"(?m)^(?:<<<" r"<<<<|>>>" r">>>>) ", "leftover of a merge"),
    (r"(?m)[ \t]+$", "trailing space"),
    (r"\t(?=.*)", "a tab"),
]
SWITCHED_OFF = re.compile(r"NO" r"LINT(?P<rest>[^\n]*)|#\s*pragma\s+(?:GCC|clang)\s+diagnostic\s+ignored(?P<pragma>[^\n]*)|shellcheck dis" r"able=(?P<shell>[^\n]*)")
TEXT_ENDINGS = (".c", ".h", ".cpp", ".hpp", ".py", ".js", ".mjs", ".css", ".html", ".md", ".txt", ".cmake", ".json", ".yaml", ".yml", ".po", ".sh", ".conf", ".map", ".in")
# A letter's signature begins with "-- ", space included (RFC 3676 4.3).
TABS_ALLOWED = (".map", ".conf")  # of others' making, or read by programs that want them
CORPUS = ("tests/fuzz/corpus/", "tests/fuzz/seeds/")  # bytes, not text


def is_text(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return name.endswith(TEXT_ENDINGS) or "." not in name


def has_reason(match: re.Match, before: str) -> bool:
    """NOLINT(check): why. A pragma or a shellcheck line has its reason in a comment on it or on the line before."""
    if match.group("rest") is not None:
        return bool(re.match(r"(?:NEXTLINE|BEGIN|END)?\([\w.,*\- ]+\):? *\S", match.group("rest"))) or match.group("rest").startswith("END(")
    rest = match.group("pragma") if match.group("pragma") is not None else match.group("shell")
    return bool(re.search(r"(//|/\*|#)\s*\S{3,}", rest or "")) or bool(re.match(r"\s*(//|/\*|#)\s*\S{3,}", before))


def check(tree):
    paths = require([path for path in tree.paths() if is_text(path) and not path.startswith(CORPUS)], "text files")
    for path in paths:
        if path == "LICENSE":
            continue
        text = tree.read(path)
        for pattern, why in RULES:
            if why == "a tab" and path.endswith(TABS_ALLOWED):
                continue
            if why == "trailing space" and (path.endswith(".md") or path.startswith("config/theme/mails/")):
                continue
            for match in re.finditer(pattern, text):
                shown = "" if not match.group(0).strip() else f"{match.group(0).strip()}: "
                yield Fault(path, line_of(text, match.start()), f"{shown}{why}")
        for match in SWITCHED_OFF.finditer(text):
            line = line_of(text, match.start())
            lines = text.split("\n")
            if path != "tests/lint/clean.py" and not has_reason(match, lines[line - 2] if line > 1 else ""):
                yield Fault(path, line, f"{match.group(0).strip()}: a check is switched off without a reason")


CLEAN = {
    "a.cpp": "int a;  // NOLINT(cert-err58-cpp): an empty map can't throw\n// the header of 1.22 has it\n#pragma GCC diagnostic ignored \"-Wx\"\n",
    "package-lock.json": '{"reso' 'lved": "https://registry.' 'npmjs.org/axe-core/-/axe-core-4.14.1.tgz"}\n',
    "run": "#!/bin/sh\necho /work /homework\n",
}
PLANTED = [
    Planted("unfinished", {"b.cpp": "// TO" "DO: later\n"}, r"b\.cpp:1: TO" r"DO"),
    Planted("not there", {"b.cpp": 'throw "not implem' 'ented";\n'}, "isn't offered"),
    Planted("a skipped test", {"b_test.cpp": "\nGTEST_SK" "IP();\n"}, r"b_test\.cpp:2: .*skipped"),
    Planted("a disabled test", {"b_test.cpp": "TEST(A, DISAB" "LED_b) {}\n"}, "skipped"),
    Planted("a machine's folder", {"b.md": "see /wo" "rk/main/x\n"}, "one machine"),
    Planted("a home", {"b.md": "see /ho" "me/ann/x\n"}, "one machine"),
    Planted("a package host", {"package-lock.json": '{"resol' 'ved": "http://10.0.0.1/x.tgz"}\n'}, "one network"),
    Planted("NOLINT", {"b.cpp": "int a;  // NO" "LINT\n"}, "without a reason"),
    Planted("NOLINT of a check", {"b.cpp": "int a;  // NO" "LINT(cert-x)\n"}, "without a reason"),
    Planted("a pragma", {"b.cpp": "\nint a;\n#pragma GCC diagnostic ignored \"-Wx\"\n"}, r"b\.cpp:3: .*without a reason"),
    Planted("a merge", {"b.cpp": "<<<" "<<<< ours\n"}, "merge"),
    Planted("a space", {"b.cpp": "int a; \n"}, "trailing space"),
    Planted("a tab", {"b.cpp": "\tint a;\n"}, "a tab"),
]

if __name__ == "__main__":
    main(check, CLEAN, PLANTED)
