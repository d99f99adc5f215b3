"""Who may include what: the layers of core/src, the border headers, plugins, adapters, and the libraries that are
kept in one place. The compiler holds most of it through include paths; this holds what could be typed by hand."""
import re

from common import Fault, Planted, main, line_of, require, without_comments

# One line is one level; a layer uses lines above it and never its own. docs/layout.md shows the same.
LEVELS = [
    ["base"],
    ["crypto"],
    ["http", "settings"],
    ["records", "pages"],
    ["mail", "signin"],
    ["flows", "plugin_host"],
    ["engine"],
]

# A library, and the only places of Doorward's own code that may include it.
LIBRARIES = {
    r"date/": ["core/src/base/"],
    r"yaml-cpp/": ["core/src/settings/"],
    r"boost/dll": ["core/src/plugin_host/loader.", "core/src/plugin_host/parts.", "adapters/embedding/engine."],
    r"sodium(\.h|/)": ["core/src/crypto/"],
    r"openssl/": ["core/src/crypto/"],
    r"liboath/": ["core/src/crypto/"],
    r"qrencode\.h": ["core/src/pages/qr_code."],
    r"kainjow/|mustache\.hpp": ["core/src/pages/"],
    r"sqlite3\.h": ["plugins/storage/sqlite/"],
    r"libpq": ["plugins/storage/postgresql/"],
    r"zxcvbn\.h": ["core/src/signin/"],
    r"passwdqc\.h": ["core/src/signin/breaches."],
    r"curl/": ["plugins/mailer/smtp/", "core/parts/fetch/"],
    r"boost/(beast|asio)": ["adapters/server/"],
    r"CLI/": ["adapters/cli/"],
    r"png\.h|jpeglib\.h|webp/|zlib\.h": ["core/parts/picture/"],
    r"phonenumbers/": ["core/parts/phone/"],
    r"ngx_": ["adapters/nginx/"],
    r"httpd\.h|http_|apr_|ap_mpm|mod_auth\.h|unixd\.h": ["adapters/apache/"],
}

C_HEADERS = {"stddef.h", "stdint.h"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
USES = re.compile(r"doorward_add_layer\((\w+)([^)]*)\)")


def level_of(layer: str) -> int:
    return next((i for i, names in enumerate(LEVELS) if layer in names), -1)


def declared_uses(tree):
    """What core/CMakeLists.txt lets each layer see, and faults where that breaks the levels."""
    path = "core/CMakeLists.txt"
    require(tree.has(path), path)
    text = tree.read(path)
    uses, faults = {}, []
    for match in USES.finditer(text):
        layer, words = match.group(1), match.group(2).split()
        used = []
        if "USES" in words:
            for word in words[words.index("USES") + 1 :]:
                if word == "LINK":
                    break
                used.append(word)
        uses[layer] = set(used)
        line = line_of(text, match.start())
        if level_of(layer) < 0:
            faults.append(Fault(path, line, f"layer {layer} has no level in tests/lint/layers.py"))
        for other in used:
            if level_of(other) >= level_of(layer):
                faults.append(Fault(path, line, f"layer {layer} may not use {other}: it doesn't stand below"))
    return require(uses, "doorward_add_layer in core/CMakeLists.txt"), faults


def owner(path: str) -> tuple[str, str]:
    """("layer", "http"), ("plugin", "storage/sqlite"), ("adapter", "nginx"), ("border", ""), ..."""
    parts = path.split("/")
    if path.startswith("core/include/"):
        return "border", ""
    if path.startswith("core/parts/"):
        return "part", parts[2]
    if path.startswith("core/src/"):
        return ("layer", parts[2]) if len(parts) > 3 else ("host", "")
    if path.startswith("plugins/sdk/"):
        return "sdk", ""
    if path.startswith("plugins/"):
        return "plugin", "/".join(parts[1:-1])
    if path.startswith("adapters/"):
        return "adapter", parts[1]
    return "other", parts[0]


def judge(path: str, quote: str, name: str, uses: dict) -> str | None:
    """Why this include isn't allowed, or None."""
    kind, which = owner(path)
    if ".." in name.split("/"):
        return f"{name} climbs out of its folder"
    if kind == "other":
        return None
    for library, places in LIBRARIES.items():
        if re.match(library, name) and not any(path.startswith(place) for place in places):
            return f"{name} belongs to {', '.join(places)} only"
    first = name.split("/")[0]
    is_core = level_of(first) >= 0 and "/" in name and name.endswith((".hpp", ".h")) and quote == '"'
    is_border = name.startswith("doorward/")
    if kind == "border":
        if not is_border and name not in C_HEADERS and not (quote == '"' and "/" not in name):
            return f"a border header includes {name}; it may use <stddef.h>, <stdint.h> and its neighbours"
    if kind == "layer":
        if is_core and first != which and first not in uses.get(which, set()):
            return f"layer {which} may not include {first} ({name})"
        if is_border and which not in ("plugin_host", "engine"):
            return f"layer {which} may not include the border header {name}"
    if kind in ("plugin", "sdk", "part"):
        if is_core:
            return f"a {kind} may not include core/src ({name})"
        if name == "doorward/host.h":
            return "doorward/host.h is for web servers, not for plugins"
    if kind == "adapter" and which != "cli":
        if is_core:
            return f"adapter {which} may not include core/src ({name}); it sees <doorward/host.h> only"
        if is_border and name != "doorward/host.h":
            return f"adapter {which} sees <doorward/host.h> only, not {name}"
    if kind == "adapter" and re.match(r"(nginx|apache|server|cli|embedding)/", name):
        if first not in (which, "embedding") and (which, first) != ("cli", "server"):  # `doorward serve` is one of its words
            return f"adapter {which} may not include adapter {first} ({name})"
    return None


def check(tree):
    uses, faults = declared_uses(tree)
    yield from faults
    require(tree.sources("core/src"), "sources below core/src")
    for path in tree.sources():
        kind, which = owner(path)
        if kind == "layer" and which not in uses:
            yield Fault(path, 0, f"folder {which} is no layer of core/CMakeLists.txt")
        text = tree.read(path)
        code = without_comments(text, strings=True)
        for match in INCLUDE.finditer(code):
            why = judge(path, match.group(1), match.group(2), uses)
            if why:
                yield Fault(path, line_of(code, match.start()), why)


CLEAN = {
    "core/CMakeLists.txt": "doorward_add_layer(base LINK x)\ndoorward_add_layer(http USES base)\n"
    "doorward_add_layer(settings USES base LINK yaml)\ndoorward_add_layer(engine USES base http settings)\n",
    "core/src/base/text.cpp": '#include "base/text.hpp"\n#include <string>\n',
    "core/src/http/form.cpp": '#include "http/form.hpp"\n#include "base/text.hpp"\n// #include "engine/engine.hpp"\n',
    "core/src/settings/read.cpp": "#include <yaml-cpp/yaml.h>\n",
    "core/src/engine/engine.cpp": "#include <doorward/host.h>\n",
    "core/src/host.cpp": '#include <doorward/host.h>\n#include "engine/engine.hpp"\n',
    "core/include/doorward/host.h": '#include <stddef.h>\n#include "plugin.h"\n',
    "plugins/mailer/folder/folder.cpp": "#include <doorward/sdk/mailer.hpp>\n",
    "adapters/nginx/module.cpp": "#include <doorward/host.h>\n",
    "adapters/cli/main.cpp": '#include "engine/engine.hpp"\n#include "server/serve.hpp"\n',
}
PLANTED = [
    Planted("a higher layer", {"core/src/http/form.cpp": '#include "engine/engine.hpp"\n'}, r"form\.cpp:1: .*http may not include engine"),
    Planted("a sibling", {"core/src/http/form.cpp": '#include "settings/settings.hpp"\n'}, "http may not include settings"),
    Planted("a sibling by CMake", {"core/CMakeLists.txt": CLEAN["core/CMakeLists.txt"] + "doorward_add_layer(http USES settings)\n"}, "may not use settings"),
    Planted("climbing", {"core/src/base/text.cpp": '#include "../http/form.hpp"\n'}, "climbs out"),
    Planted("climbing in a test", {"tests/unit/base/a_test.cpp": '#include "../a.hpp"\n'}, "climbs out"),
    Planted("yaml-cpp elsewhere", {"core/src/http/form.cpp": "#include <yaml-cpp/yaml.h>\n"}, "belongs to core/src/settings/"),
    Planted("Boost.DLL elsewhere", {"core/src/engine/engine.cpp": "#include <boost/dll/shared_library.hpp>\n"}, "belongs to core/src/plugin_host/loader\\."),
    Planted("sodium elsewhere", {"core/src/base/text.cpp": "#include <sodium.h>\n"}, "belongs to core/src/crypto"),
    Planted("the core in a plugin", {"plugins/mailer/folder/folder.cpp": '#include "base/text.hpp"\n'}, "a plugin may not include core/src"),
    Planted("a plugin header in an adapter", {"adapters/nginx/module.cpp": "#include <doorward/storage.h>\n"}, "sees <doorward/host.h> only"),
    Planted("the core in an adapter", {"adapters/nginx/module.cpp": '#include "http/form.hpp"\n'}, "adapter nginx may not include core/src"),
    Planted("one adapter in another", {"adapters/cli/main.cpp": '#include "nginx/module.hpp"\n'}, "may not include adapter nginx"),
    Planted("C++ in the border", {"core/include/doorward/host.h": "#include <string>\n"}, "a border header includes string"),
    Planted("the border in a low layer", {"core/src/base/text.cpp": "#include <doorward/host.h>\n"}, "may not include the border header"),
    Planted("an unknown folder", {"core/src/misc/a.cpp": "int x;\n"}, "is no layer"),
]

if __name__ == "__main__":
    main(check, CLEAN, PLANTED)
