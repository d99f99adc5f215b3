"""Every setting stands in three places, and in all of them: a member of Settings (settings.hpp), a row of the table
(keys.cpp) that fills exactly this member, and a line of config/doorward.yaml.

What the values are is compared by the unit tests, which read the file; this looks at names only, so that a member
nobody can set, or a row that fills another's member, doesn't go unseen.
"""
import re

import common

HEADER = "core/src/settings/settings.hpp"
TABLE = "core/src/settings/keys.cpp"
REFERENCE = "config/doorward.yaml"

# Members that are worked out, not written by anybody.
DERIVED = {"file", "files", "places", "public_host", "secure"}
# Lines of the reference that are no member: what is read before there are any.
OF_THE_FILE = {"include"}


def members(text: str) -> dict:
    """Dotted name -> line, of struct Settings."""
    clean = common.without_comments(text)
    start = clean.find("struct Settings {")
    if start < 0:
        return {}
    found, sections, pending = {}, [], []
    line = common.line_of(clean, start)
    for row in clean[start:].split("\n"):
        if match := re.match(r"\s*struct (\w+) \{", row):
            sections.append(match.group(1))
            pending.append([])
        elif match := re.match(r"\s*\}\s*(\w*);", row):
            if len(sections) == 1:
                break
            sections.pop()
            for name, at in pending.pop():
                pending[-1].append((f"{match.group(1)}.{name}", at))
        elif match := re.match(r"\s*[\w:<>, ]+?[>\w] (\w+)\s*(?:=[^;]*|\{[^;]*\})?;", row):
            pending[-1].append((match.group(1), line))
        line += 1
    for name, at in pending[0] if pending else []:
        found[name] = at
    return found


def rows(text: str) -> list:
    """(key, member, line) of each row of the table."""
    clean = common.without_comments(text, strings=True)
    pattern = re.compile(r'\b(?:row|folder)\(\s*"([a-z_.]+)",\s*\[\]\(Settings& s\) -> auto& \{ return s\.([\w.]+); \}')
    return [(m.group(1), m.group(2), common.line_of(clean, m.start())) for m in pattern.finditer(clean)]


def reference(text: str) -> dict:
    """Dotted name -> line; commented-out settings have no space after their "#"."""
    found, section = {}, ""
    for number, row in enumerate(text.split("\n"), 1):
        match = re.match(r"( *)#?([a-z_]+):(.*)", row)
        if not match:
            continue
        name = match.group(2)
        if not match.group(1):
            section = name
        found[name if not match.group(1) else f"{section}.{name}"] = number
    return found


def check(tree: common.Tree):
    for path in (HEADER, TABLE, REFERENCE):
        common.require(tree.has(path), path)
    declared = common.require(members(tree.read(HEADER)), f"members of Settings in {HEADER}")
    table = common.require(rows(tree.read(TABLE)), f"rows in {TABLE}")
    written = common.require(reference(tree.read(REFERENCE)), f"settings in {REFERENCE}")

    names = {key for key, _, _ in table}
    for key, member, line in table:
        if key != member:
            yield common.Fault(TABLE, line, f"the row {key} fills the member {member}")
        if member not in declared:
            yield common.Fault(TABLE, line, f"{HEADER} has no member {member}")
        if key not in written:
            yield common.Fault(TABLE, line, f"{REFERENCE} has no line for {key}")
    for member, line in declared.items():
        if member not in names and member not in DERIVED:
            yield common.Fault(HEADER, line, f"no row of {TABLE} fills {member}")
    for member in DERIVED - set(declared):
        yield common.Fault(HEADER, 0, f"{member} is no member any more: take it out of this lint")
    plugins = {key for key in names if key in ("storage", "mailer")}
    sections = {key.split(".")[0] for key in names if "." in key}
    for name, line in written.items():
        if name in names or name in OF_THE_FILE or name in sections or name.split(".")[0] in plugins:
            continue
        yield common.Fault(REFERENCE, line, f"{TABLE} has no row {name}")


_HEADER = """struct Place { int line = 0; };
struct Settings {
  std::string file;
  std::vector<std::string> files;
  std::map<std::string, Place> places;
  std::string public_url;  // "https://example.org"; where people come
  std::string public_host;
  bool secure = true;
  struct Session {
    std::chrono::seconds idle{24 * 3600};
  } session;
  PluginEntry storage;
};
struct Other { int unseen; };
"""
_TABLE = """
    row("public_url", [](Settings& s) -> auto& { return s.public_url; }, nullptr, "Where."),
    row(
        "session.idle", [](Settings& s) -> auto& { return s.session.idle; }, "24h", "How long."),
    row("storage", [](Settings& s) -> auto& { return s.storage; }, nullptr, "Which."),
"""
_REFERENCE = """# Where: the address.
public_url: https://example.org
#include: []
session:
  #idle: 24h
storage:
  plugin: sqlite
"""
CLEAN = {HEADER: _HEADER, TABLE: _TABLE, REFERENCE: _REFERENCE}
PLANTED = [
    common.Planted("a member nobody fills", {HEADER: _HEADER.replace("secure = true;", "secure = true;\n  int depth;")},
                   r"settings\.hpp:9: no row of .* fills depth"),
    common.Planted("a nested one", {HEADER: _HEADER.replace("  } session", "    int depth = 1;\n  } session")},
                   r"no row of .* fills session\.depth"),
    common.Planted("a row for a member that is gone",
                   {HEADER: _HEADER.replace("    std::chrono::seconds idle{24 * 3600};\n", "")},
                   r"has no member session\.idle"),
    common.Planted("a row that fills another's member",
                   {TABLE: _TABLE.replace("s.session.idle", "s.public_url")}, r"session\.idle fills the member public_url"),
    common.Planted("a row that the reference lacks", {REFERENCE: _REFERENCE.replace("  #idle: 24h\n", "")},
                   r"has no line for session\.idle"),
    common.Planted("a line without a row", {REFERENCE: _REFERENCE + "audit:\n  #retention: 30d\n"},
                   r"doorward\.yaml:9: .* has no row audit\.retention"),
    common.Planted("no table", {TABLE: "nothing"}, "found no rows"),
    common.Planted("no members", {HEADER: "nothing"}, "found no members"),
    common.Planted("no reference", {REFERENCE: None}, "found no config/doorward.yaml"),
]

if __name__ == "__main__":
    common.main(check, CLEAN, PLANTED)
