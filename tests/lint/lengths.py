"""A file is a topic. One of more than 400 lines is named as a warning, one of more than 700 is a fault, and so is a line
that no window shows whole. clang-format has closer limits for code."""
import re

from common import Fault, Planted, main, require

WARNED, REFUSED, COLUMNS = 400, 700, 140
ENDINGS = (".c", ".h", ".cpp", ".hpp", ".py", ".js", ".mjs")
WIDE = {".py": 180}  # tables of the lints
LITERAL = re.compile(r'"[^"]{60,}|R"\(')  # a text that is better not broken


def check(tree):
    for path in require(tree.paths(*ENDINGS), "sources"):
        lines = tree.read(path).split("\n")
        if len(lines) > REFUSED:
            yield Fault(path, 0, f"{len(lines)} lines: more than one topic")
        elif len(lines) > WARNED:
            print(f"{path}: warning: {len(lines)} lines")
        limit = WIDE.get("." + path.rsplit(".", 1)[-1], COLUMNS)
        for number, line in enumerate(lines, 1):
            if len(line) > limit and not LITERAL.search(line):
                yield Fault(path, number, f"{len(line)} columns")


CLEAN = {"a.cpp": "int a;\n" * 500}
PLANTED = [
    Planted("a long file", {"b.cpp": "int a;\n" * 701}, r"b\.cpp: 702 lines"),
    Planted("a long line", {"b.cpp": "int a;" + " " * 140 + "\n"}, r"b\.cpp:1: 146 columns"),
]

if __name__ == "__main__":
    main(check, CLEAN, PLANTED)
