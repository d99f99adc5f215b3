"""Time is an argument: nothing in the engine, the plugins or the adapters asks the system for it or sleeps, but the
one file that offers it to the others. Tests can then set the clock, and a second never takes a second."""
import re

from common import Fault, Planted, line_of, main, require, without_comments

PLACES = ["core/src", "plugins", "adapters"]

# Files that offer the time, or wait for the outside, and why each may.
ALLOWED = {
    "core/src/base/clock.cpp": "offers the time to all others",
}
# Not the time of day, but how long a blocking call has taken: every call of the plugin border carries a deadline.
DEADLINES = {
    "plugins/": "steady_clock",
    "adapters/embedding/check.cpp": "steady_clock",  # how long the child that tries the settings may take
    "adapters/server/connection.cpp": "steady_clock",  # since when a line was not said that strangers can provoke
    "plugins/storage/sqlite/connection.cpp": "nanosleep|steady_clock",  # waits for another process's lock, up to its deadline
}

CALLS = re.compile(
    r"(?<![\w.>:])(?:::|std::)?(?P<call>time|clock|clock_gettime|gettimeofday|sleep|usleep|nanosleep|clock_nanosleep|ftime)\s*\("
    r"|(?P<now>\b(?:system|steady|high_resolution|utc|file)_clock\s*::\s*now)"
    r"|(?P<wait>\bsleep_(?:for|until))"
    r"|(?P<alias>\busing\s+\w+\s*=\s*std::chrono::(?:system|steady|high_resolution)_clock)"
)
# `int time(...)` declares or defines a member of that name and asks nobody.
DECLARED = re.compile(r"[\w>&*]\s+$")


def check(tree):
    sources = require([path for place in PLACES for path in tree.sources(place)], "sources")
    require(tree.sources("core/src"), "sources below core/src")
    for path in ALLOWED:
        require(tree.has(path), f"{path}, which tests/lint/clock.py excepts")
    for path in sources:
        if path in ALLOWED:
            continue
        code = without_comments(tree.read(path))
        for match in CALLS.finditer(code):
            before = code[max(0, match.start() - 40) : match.start()].split("\n")[-1]
            if match.group("call") and DECLARED.search(before) and not re.search(r"\b(return|co_return|else)\s+$", before):
                continue
            if any(path.startswith(place) and re.search(what, match.group(0)) for place, what in DEADLINES.items()):
                continue
            yield Fault(path, line_of(code, match.start()), f"{match.group(0).strip()} asks for the time or waits; take a Clock (base/clock.hpp)")


CLEAN = {
    "core/src/base/clock.cpp": "auto now() { return std::chrono::system_clock::now(); }\n",
    "core/src/http/a.cpp": "Time time() const;\nauto a = value.time();\n// time(nullptr)\nauto b = \"sleep(1)\";\nint runtime(int);\nauto c = runtime(3);\n",
    "plugins/mailer/folder/folder.cpp": "auto t = std::chrono::steady_clock::now();\n",
}
PLANTED = [
    Planted("time()", {"core/src/http/a.cpp": "auto t = time(nullptr);\n"}, r"a\.cpp:1: time"),
    Planted("returned time()", {"core/src/http/a.cpp": "long f() { return ::time(nullptr); }\n"}, "time"),
    Planted("std::time()", {"core/src/http/a.cpp": "auto t = std::time(nullptr);\n"}, "time"),
    Planted("system_clock", {"core/src/http/a.cpp": "\nauto t = std::chrono::system_clock::now();\n"}, r"a\.cpp:2: system_clock::now"),
    Planted("system_clock in a plugin", {"plugins/mailer/folder/folder.cpp": "auto t = std::chrono::system_clock::now();\n"}, "system_clock::now"),
    Planted("steady_clock in the core", {"core/src/http/a.cpp": "auto t = std::chrono::steady_clock::now();\n"}, "steady_clock::now"),
    Planted("a plugin that sleeps", {"plugins/mailer/folder/folder.cpp": "::nanosleep(&a, nullptr);\n"}, "nanosleep"),
    Planted("clock_gettime", {"core/src/http/a.cpp": "clock_gettime(CLOCK_REALTIME, &t);\n"}, "clock_gettime"),
    Planted("sleep_for", {"core/src/http/a.cpp": "std::this_thread::sleep_for(1s);\n"}, "sleep_for"),
    Planted("usleep", {"core/src/http/a.cpp": "if (x) usleep(5);\n"}, "usleep"),
    Planted("an alias", {"core/src/http/a.cpp": "using C = std::chrono::steady_clock;\nauto t = C::now();\n"}, "using C"),
    Planted("no clock file", {"core/src/base/clock.cpp": None}, "no core/src/base/clock.cpp"),
]

if __name__ == "__main__":
    main(check, CLEAN, PLANTED)
