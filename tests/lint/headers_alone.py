"""Every installed header compiles alone: the borders as C11 and as C++20, the SDK as C++20, without a warning."""
import pathlib
import shutil
import subprocess

from common import Fault, Planted, Tree, main, require

WARNINGS = ["-Wall", "-Wextra", "-pedantic", "-Wshadow", "-Wconversion", "-Werror"]
SDK = "plugins/sdk/include"


def compilers(language: str) -> list[str]:
    names = {"c": ["cc", "clang-19"], "c++": ["c++", "clang++-19"]}[language]
    return [name for name in names if shutil.which(name)]


def complaint(tree: Tree, compiler: str, language: str, standard: str, header: str) -> str | None:
    roots = [tree.root / "core/include", tree.root / SDK, tree.root / "plugins/sdk"]
    command = [compiler, "-x", language, f"-std={standard}", *WARNINGS, "-fsyntax-only"]
    command += [f"-I{root}" for root in roots if root.is_dir()] + ["-"]
    run = subprocess.run(command, input=f"#include <{header}>\n", capture_output=True, text=True, cwd="/")
    if run.returncode == 0:
        return None
    lines = [line for line in run.stderr.splitlines() if "error" in line] or run.stderr.splitlines() or ["it failed"]
    return f"as {standard} with {compiler}: {lines[0]}"


def installed_name(path: str) -> str:
    return path[path.index("doorward/") :]


def check(tree):
    borders = require(tree.paths(".h", under="core/include/doorward"), "headers in core/include/doorward")
    sdk = require(tree.paths(".hpp", under="plugins/sdk"), "SDK headers in plugins/sdk")
    require(compilers("c") and compilers("c++"), "C and C++ compiler")
    runs = [(path, "c", "c11") for path in borders] + [(path, "c++", "c++20") for path in borders + sdk]
    for path, language, standard in runs:
        if "doorward/" not in path:
            yield Fault(path, 0, "an SDK header stands in a folder doorward/sdk, as authors include it")
            continue
        # The SDK costs seconds a header, and clang reads it whenever the fuzz targets are built.
        for compiler in compilers(language)[: 1 if path in sdk else None]:
            why = complaint(tree, compiler, language, standard, installed_name(path))
            if why:
                yield Fault(path, 0, why)


CLEAN = {
    "core/include/doorward/plugin.h": "#ifndef P\n#define P\n#include <stddef.h>\ntypedef struct p { size_t n; } p;\n#endif\n",
    "plugins/sdk/include/doorward/sdk/x.hpp": "#pragma once\n#include <doorward/plugin.h>\n#include <string>\n"
    "inline std::string f(p v) { return std::string(v.n, ' '); }\n",
}
PLANTED = [
    Planted("a missing include", {"core/include/doorward/a.h": "typedef struct a { uint32_t n; } a;\n"}, r"a\.h: as c11"),
    Planted("C++ only", {"core/include/doorward/a.h": "struct a { int n = 0; };\n"}, "as c11"),
    Planted("C only", {"core/include/doorward/a.h": "static inline int *f(void *new) { return new; }\n"}, r"as c\+\+20"),
    Planted("a warning", {"plugins/sdk/include/doorward/sdk/y.hpp": "#pragma once\ninline int f(int a) { return 1; }\n"}, "unused"),
    Planted("no SDK", {"plugins/sdk/include/doorward/sdk/x.hpp": None}, "no SDK headers"),
]

if __name__ == "__main__":
    main(check, CLEAN, PLANTED)
