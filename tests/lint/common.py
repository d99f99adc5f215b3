"""What the programs of this folder share: finding files, reporting faults, and proving that they can fail.

A lint is a module with a function check(tree) that yields faults, an example tree in which it finds nothing (CLEAN)
and a list of faults to plant in it (PLANTED). Each is registered twice with CTest: once on Doorward itself and
once as --self-test, where an empty tree must end in NoInput and every planted fault must be found.
"""
import argparse
import pathlib
import re
import sys
import tempfile
from typing import Callable, Iterator, NamedTuple

SKIPPED_FOLDERS = {".git", ".cache", "build", "node_modules", "__pycache__"}
SOURCE_ENDINGS = (".c", ".h", ".cpp", ".hpp")


class NoInput(Exception):
    """There was nothing to check: the lint would pass for ever without looking at anything."""


class Fault(NamedTuple):
    path: str
    line: int  # 0: the file as a whole
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}" if self.line else f"{self.path}: {self.text}"


class Planted(NamedTuple):
    what: str
    files: dict  # path -> text, or None to remove it
    expected: str  # regular expression that one fault, written out, must match


class Tree:
    def __init__(self, root: pathlib.Path, build: pathlib.Path | None = None):
        self.root = root
        self.build = build

    def paths(self, *endings: str, under: str = "") -> list[str]:
        """Files below `under` whose names end so, relative to the root, sorted. No ending: all files."""
        found = []
        start = self.root / under
        for path in start.rglob("*") if start.is_dir() else []:
            relative = path.relative_to(self.root)
            if any(part in SKIPPED_FOLDERS for part in relative.parts) or not path.is_file():
                continue
            if not endings or path.name.endswith(endings):
                found.append(relative.as_posix())
        return sorted(found)

    def sources(self, under: str = "") -> list[str]:
        return self.paths(*SOURCE_ENDINGS, under=under)

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8", errors="replace")

    def has(self, path: str) -> bool:
        return (self.root / path).exists()


def require(found, what: str):
    if not found:
        raise NoInput(f"found no {what}")
    return found


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


_TOKEN = re.compile(
    r'R"(?P<delimiter>[^ ()\\\t\v\f\n]{0,16})\((?P<raw>.*?)\)(?P=delimiter)"'
    r'|//(?P<line>[^\n]*)|/\*(?P<block>.*?)\*/'
    r'|"(?P<text>(?:\\.|[^"\\\n])*)"'
    r"|'(?:\\.|[^'\\\n])+'",
    re.S,
)


def without_comments(text: str, strings: bool = False) -> str:
    """C or C++ with comments blanked, and the insides of string literals too unless `strings` keeps them.
    Lines and columns stay where they are."""

    def blank(part: str) -> str:
        return re.sub(r"[^\n]", " ", part)

    def replaced(match: re.Match) -> str:
        whole = match.group(0)
        if whole.startswith(("//", "/*")):
            return blank(whole)
        if strings or whole.startswith("'"):
            return whole
        return '"' + blank(whole[1:-1]) + '"'

    # A digit separator (1'000) is no character literal.
    return _TOKEN.sub(replaced, re.sub(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", "_", text))


def string_literals(text: str) -> Iterator[tuple[int, str]]:
    """(line, inside) of each string literal of C or C++ code, comments left out."""
    for match in _TOKEN.finditer(re.sub(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", "_", text)):
        inside = match.group("raw") if match.group("raw") is not None else match.group("text")
        if inside is not None:
            yield line_of(text, match.start()), inside


def _run(check: Callable, tree: Tree) -> list[Fault]:
    return list(check(tree))


def _self_test(check: Callable, clean: dict, planted: list[Planted]) -> list[str]:
    problems = []

    def faults_of(files: dict) -> list[Fault]:
        with tempfile.TemporaryDirectory(prefix="doorward-lint-") as folder:
            root = pathlib.Path(folder)
            for path, text in files.items():
                if text is not None:
                    target = root / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_text(text, encoding="utf-8")
            return _run(check, Tree(root, root / "build"))

    try:
        found = faults_of({})
        problems.append(f"an empty tree passed with {len(found)} faults; it has to be refused")
    except NoInput:
        pass
    for fault in faults_of(clean):
        problems.append(f"the clean example has a fault: {fault}")
    if not planted:
        problems.append("no fault is planted")
    for case in planted:
        try:
            found = faults_of({**clean, **case.files})
        except NoInput as nothing:
            found = [Fault("", 0, str(nothing))]
        if not any(re.search(case.expected, str(fault)) for fault in found):
            shown = "; ".join(map(str, found)) or "nothing"
            problems.append(f"{case.what}: expected /{case.expected}/, found {shown}")
    return problems


def main(check: Callable, clean: dict, planted: list[Planted]) -> None:
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--build", type=pathlib.Path, help="build folder, for the lints that look at binaries")
    parser.add_argument("--self-test", action="store_true", help="prove that planted faults are found")
    given = parser.parse_args()
    if given.self_test:
        problems = _self_test(check, clean, planted)
        for problem in problems:
            print(problem)
        print(f"{len(planted)} planted faults, {len(problems)} problems")
        sys.exit(1 if problems else 0)
    try:
        faults = _run(check, Tree(given.root.resolve(), given.build.resolve() if given.build else None))
    except NoInput as nothing:
        print(f"nothing to check: {nothing}")
        sys.exit(2)
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults")
    sys.exit(1 if faults else 0)
