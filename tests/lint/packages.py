"""The lists of Debian packages: one name a line, sorted, none twice, none in two; and what CMake and the tests call for has
its package there."""
import re

from common import Fault, Planted, main, require

LISTS = ["config/packages/build.txt", "config/packages/test.txt", "config/packages/unpacked.txt"]
NAME = re.compile(r"^[a-z0-9][a-z0-9+.-]+$")
# What a CMakeLists.txt looks for, and the package that has it.
WANTED = {
    r"find_package\(Boost\b": "libboost1.81-dev",
    r"find_package\(nlohmann_json\b": "nlohmann-json3-dev",
    r"find_package\(yaml-cpp\b": "libyaml-cpp-dev",
    r"find_package\(tl-expected\b": "libexpected-dev",
    r"find_package\(ICU\b": "libicu-dev",
    r"find_package\(date\b": "libhowardhinnant-date-dev",
    r"find_package\(CURL\b": "libcurl4-openssl-dev",
    r"find_package\(SQLite3\b|pkg_check_modules\(\w+ [^)]*sqlite3": "libsqlite3-dev",
    r"pkg_check_modules\(\w+ [^)]*libpq": "libpq-dev",
    r"find_package\(CLI11\b": "libcli11-dev",
    r"find_package\(OpenSSL\b": "libssl-dev",
    r"find_package\(GTest\b": "libgtest-dev",
    r"find_package\(Gettext\b|\bmsgfmt\b": "gettext",
    r"find_package\(benchmark\b": "libbenchmark-dev",
    r"pkg_check_modules\(\w+ [^)]*libsodium": "libsodium-dev",
    r"pkg_check_modules\(\w+ [^)]*liboath": "liboath-dev",
    r"pkg_check_modules\(\w+ [^)]*libqrencode": "libqrencode-dev",
    r"kainjow": "libkainjow-mustache-dev",
    r"zxcvbn": "libzxcvbn-dev",
    r"find_library\(PASSWDQC\b": "libpasswdqc-dev",
    r"find_program\(\w+ pwqfilter\b": "passwdqc",
    r"find_package\(PNG\b": "libpng-dev",
    r"find_package\(JPEG\b": "libjpeg62-turbo-dev",
    r"find_package\(ZLIB\b": "zlib1g-dev",
    r"find_package\(Protobuf\b": "libprotobuf-dev",
    r"pkg_check_modules\(\w+ [^)]*libwebp": "libwebp-dev",
    r"phonenumbers/": "libphonenumber-dev",
    r"find_program\(\w+ chromium\b": "chromium",
    r"find_program\(\w+ wrk\b": "wrk",
}


def check(tree):
    seen: dict = {}
    for path in LISTS:
        require(tree.has(path), path)
        names = tree.read(path).split("\n")[:-1]
        require(names, f"packages in {path}")
        for number, name in enumerate(names, 1):
            if not NAME.match(name):
                yield Fault(path, number, f"{name!r} is no name of a package")
            elif name in seen:
                yield Fault(path, number, f"{name} stands in {seen[name]}, too")
            seen[name] = path
        for number, (one, next_one) in enumerate(zip(names, names[1:]), 1):
            if next_one < one:
                yield Fault(path, number + 1, f"{next_one} stands after {one}")
    makers = require([*tree.paths("CMakeLists.txt"), *tree.paths(".cmake")], "CMakeLists.txt")
    for path in makers:
        text = re.sub(r"(?m)#.*$", "", tree.read(path))
        for pattern, package in WANTED.items():
            if re.search(pattern, text) and package not in seen:
                yield Fault(path, 0, f"needs {package}, which no list names")


CLEAN = {
    LISTS[0]: "cmake\nlibicu-dev\n",
    LISTS[1]: "libgtest-dev\n",
    LISTS[2]: "libphonenumber-dev\n",
    "core/CMakeLists.txt": "find_package(ICU REQUIRED)\n",
}
PLANTED = [
    Planted("unsorted", {LISTS[0]: "libicu-dev\ncmake\n"}, r"build\.txt:2: cmake stands after"),
    Planted("twice", {LISTS[1]: "cmake\nlibgtest-dev\n"}, r"test\.txt:1: cmake stands in"),
    Planted("two on a line", {LISTS[1]: "curl wget\n"}, "no name of a package"),
    Planted("not listed", {"core/CMakeLists.txt": "find_package(yaml-cpp REQUIRED)\n"}, "needs libyaml-cpp-dev"),
    Planted("empty", {LISTS[0]: ""}, "no packages in"),
]

if __name__ == "__main__":
    main(check, CLEAN, PLANTED)
