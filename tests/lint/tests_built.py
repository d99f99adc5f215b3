"""No test is forgotten: each file that is named a test is built or run by the CMakeLists.txt above it, and each folder of
tests registers what it has with CTest."""
import posixpath
import re

from common import Fault, Planted, main, require

ENDINGS = ("_test.cpp", "_test.py", "_test.mjs", "_test.js", "_test.c")
REGISTERS = re.compile(r"\b(?:add_test|gtest_discover_tests|doorward_add_\w*(?:test|lint|fuzz|bench)\w*|add_subdirectory)\(", re.I)


def lists_above(tree, path: str):
    """The CMakeLists.txt of this folder and of those above it, below tests/."""
    folder = posixpath.dirname(path)
    while folder.startswith("tests"):
        if tree.has(f"{folder}/CMakeLists.txt"):
            yield f"{folder}/CMakeLists.txt"
        folder = posixpath.dirname(folder)


def check(tree):
    tests = require(tree.paths(*ENDINGS, under="tests"), "tests")
    for path in tests:
        name = posixpath.basename(path)
        stem = name.rsplit(".", 1)[0]
        for above in lists_above(tree, path):
            text = re.sub(r"(?m)#.*$", "", tree.read(above))
            globbed = any(f"*{ending}" in text for ending in ENDINGS if name.endswith(ending))
            # A list may name `smtp` and put "_test.py" behind it.
            words = [stem] + ([stem.removesuffix("_test")] if re.search(r"\}_test\.", text) else [])
            named = any(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) for word in words)
            if globbed or named or re.search(r"GLOB[^)]*\*\.cpp", text):
                break
        else:
            yield Fault(path, 0, "no CMakeLists.txt above it builds or runs this test")
    for path in tree.paths("CMakeLists.txt", under="tests"):
        if not REGISTERS.search(tree.read(path)):
            yield Fault(path, 0, "registers nothing with CTest")


CLEAN = {
    "tests/unit/CMakeLists.txt": "add_subdirectory(http)\n",
    "tests/unit/http/CMakeLists.txt": "add_executable(unit_http forms_test.cpp)\ngtest_discover_tests(unit_http)\n",
    "tests/unit/http/forms_test.cpp": "\n",
    "tests/mailer/CMakeLists.txt": "foreach(test smtp_test)\nadd_test(NAME ${test})\n",
    "tests/mailer/smtp_test.py": "\n",
    "tests/stack/CMakeLists.txt": "function(f name)\nadd_test(NAME x COMMAND ${name}_test.py)\nendfunction()\nf(crash)\n",
    "tests/stack/crash_test.py": "\n",
}
PLANTED = [
    Planted("a forgotten test", {"tests/unit/http/url_test.cpp": "\n"}, r"url_test\.cpp: no CMakeLists\.txt above it"),
    Planted("part of another's name", {"tests/unit/http/orms_test.cpp": "\n"}, "no CMakeLists.txt above it"),
    Planted("commented out", {"tests/mailer/CMakeLists.txt": "# smtp_test\nadd_test(NAME x)\n"}, r"smtp_test\.py: no CMake"),
    Planted("built, never run", {"tests/unit/http/CMakeLists.txt": "add_executable(unit_http forms_test.cpp)\n"}, "registers nothing"),
    Planted("left out of a list", {"tests/stack/reload_test.py": "\n"}, r"reload_test\.py: no CMake"),
    Planted("no tests", {"tests/stack/crash_test.py": None, "tests/unit/http/forms_test.cpp": None, "tests/mailer/smtp_test.py": None}, "no tests"),
]

if __name__ == "__main__":
    main(check, CLEAN, PLANTED)
