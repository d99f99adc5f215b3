"""Every text that code asks for by its key exists in every language, every page and letter that code names exists in the
theme, languages have the same texts with the same {arguments}, and no text is left that nobody asks for. What templates ask
for is checked when a theme is loaded (core/src/pages/check.cpp), not here."""
import re

from common import Fault, Planted, line_of, main, require, without_comments

LOCALES, PAGES, LETTERS = "config/locales", "config/theme/pages", "config/theme/mails"
SPEAKING = ["core/src/records", "core/src/http", "core/src/signin", "core/src/mail", "core/src/flows", "core/src/engine"]

# What only the command says, in English and in words of its own.
COMMAND, COMMAND_SAYS = "core/src/engine/admin.cpp", "adapters/cli"

LITERAL = r'"([^"\\\n]*)"'
# The first argument of each, in which every literal is a code: `Refusal{empty ? "required" : "email_invalid", ...`.
ASKED = [
    (re.compile(r"\brefuse\(\s*([^,;(){}]*?)\s*[,)]"), ["error.{}"]),
    (re.compile(r"\bRefusal\s*(?:\w+\s*)?\{\s*((?:[^,;{}()]|\(\))*?)\s*[,}]"), ["error.{}"]),
    (re.compile(r"\bfail\(\s*([^,;(){}]*?)\s*[,)]"), ["error_page.{}", "error_page.{}.title"]),
    (re.compile(r"\bgo_to\([^;]*?,\s*(" + LITERAL + r")\)"), ["notice.{}"]),
    (re.compile(r"\bnotice\s*=\s*([^;]*?);"), ["notice.{}"]),
]
# What the audit calls what was done: the page activity says it in words.
ACTION = re.compile(r"^[a-z][a-z_]*(?:\.[a-z_]+)*$")
ACTIONS = [
    (re.compile(r"\baudit\([^;{}]*?\{\s*([^,;]*?)\s*,"), ["activity.{}"]),
    (re.compile(r"\baudit_failure\(\s*call\s*,\s*([^,;()]*?)\s*,"), ["activity.{}"]),
    (re.compile(r"\bProved\s*(?:\w+\s*)?\{[^;\"]*?(\"[^\"]*\")"), ["activity.{}"]),
    (re.compile(r"\bset_new_password\([^;]*?\{\s*([^,;]*?)\s*,"), ["activity.{}"]),
    (re.compile(r"\b(?:action|refused\.action|change\.action)\s*=\s*([^;]*?);"), ["activity.{}"]),
]
NAMED = [
    (re.compile(r"\bshow\(\s*([^,;(){}]*?)\s*[,)]"), PAGES + "/{}.html"),
    (re.compile(r"\bComposed\{\s*([^,;{}]*?)\s*,"), LETTERS + "/{}.txt"),
]
# Keys that code puts together from what it finds: a page's title, a letter's subject, the months, the way a time is written.
COMPUTED = re.compile(r"^(?:[a-z_]+\.title|mail\.[a-z_]+\.subject|time\.[a-z0-9_.]+|problem\.[a-z_.]+|activity\.[a-z_.]+|error\.(?:title|home|account|reference))$")
IN_TEMPLATE = re.compile(r"\{\{[#^/&]?\s*t\.([a-z0-9_.]+)\s*\}\}")
CODE = re.compile(r"^[a-z][a-z0-9_]*$")


def catalogue(text: str) -> dict:
    """{key: (line, text)} of a .po file; several lines of one string are put together, plural forms too."""
    entries, key, kind, line = {}, None, None, 0
    for number, row in enumerate(text.split("\n"), 1):
        match = re.match(r'(msgid|msgid_plural|msgstr(?:\[\d+\])?)?\s*"((?:[^"\\]|\\.)*)"\s*$', row)
        if not match:
            continue
        if match.group(1) == "msgid":
            key, line = match.group(2), number
        elif match.group(1) is None and kind == "msgid":
            key += match.group(2)
        elif match.group(1) != "msgid_plural" and not (match.group(1) is None and kind == "msgid_plural"):
            entries[key] = (line, entries.get(key, (line, ""))[1] + match.group(2))
        kind = match.group(1) or kind
    entries.pop("", None)
    return entries


def arguments(text: str) -> set:
    return set(re.findall(r"\{([a-z_]+)\}", text))


def asked_by_code(tree):
    """(path, line, key or file that must exist, whether it is a file)"""
    for place in SPEAKING:
        for path in tree.sources(place):
            code = without_comments(tree.read(path), strings=True)
            for rules, is_file in ((ASKED, False), (ACTIONS, False), (NAMED, True)):
                for pattern, shapes in rules:
                    for match in pattern.finditer(code):
                        # What stands in [...] is a form's field, not a code.
                        words = re.findall(LITERAL, re.sub(r"\[[^\]]*\]", "", match.group(1)))
                        if not words and pattern.groups > 1:
                            words = [match.group(2)]
                        for word in words:
                            if not (ACTION if rules is ACTIONS else CODE).match(word):
                                continue
                            for shape in [shapes] if isinstance(shapes, str) else shapes:
                                yield path, line_of(code, match.start()), shape.format(word), is_file


def check(tree):
    languages = {path: catalogue(tree.read(path)) for path in require(tree.paths(".po", under=LOCALES), f"catalogues in {LOCALES}")}
    require(all(languages.values()), "texts in a catalogue")
    asked = list(asked_by_code(tree))
    require([key for _, _, key, is_file in asked if not is_file], "codes of refusals in core/src")
    keys = set().union(*languages.values())
    first = next(iter(languages.values()))
    for path, texts in languages.items():
        for key in sorted(keys - set(texts)):
            yield Fault(path, 0, f"{key} is missing")
        for key, (line, text) in texts.items():
            if not text:
                yield Fault(path, line, f"{key} has no text")
            elif key in first and arguments(text) - {"count"} != arguments(first[key][1]) - {"count"}:
                yield Fault(path, line, f"{key} has other arguments than in {next(iter(languages))}")
    command = {word for path in tree.sources(COMMAND_SAYS) for word in re.findall(r'\{"([a-z_]+)",\s*"', tree.read(path))}
    for path, line, key, is_file in asked:
        if is_file and not tree.has(key):
            yield Fault(path, line, f"{key} doesn't exist")
        if path == COMMAND and key.removeprefix("error.") in command:
            continue
        if not is_file and key not in keys:
            yield Fault(path, line, f"the text {key} doesn't exist")
    used = {key for _, _, key, is_file in asked if not is_file}
    for path in tree.paths(".html", ".txt", under="config/theme"):
        used |= set(IN_TEMPLATE.findall(tree.read(path)))
    for path in tree.sources("core/src"):
        text = tree.read(path)
        used |= set(re.findall(r'"([a-z_]+(?:\.[a-z0-9_]+)+)"', text))
        for word in re.findall(r'"([a-z_]+)"', text):  # a code may be handed on before it is put into a refusal
            used |= {f"error.{word}", f"notice.{word}", f"error_page.{word}", f"error_page.{word}.title"}
    for path, texts in languages.items():
        for key, (line, _) in texts.items():
            if key not in used and not COMPUTED.match(key):
                yield Fault(path, line, f"nobody asks for {key}")


PO = 'msgid ""\nmsgstr ""\n"Language: en\\n"\n\nmsgid "error.required"\nmsgstr "Please fill in {field}."\n\nmsgid "login.lead"\nmsgstr "Hello"\n'
CLEAN = {
    "config/locales/en.po": PO,
    "config/locales/de.po": PO,
    "config/theme/pages/login.html": "<p>{{t.login.lead}}</p>\n",
    COMMAND: 'return refuse("no_such_account", {}, 404);\n',
    "adapters/cli/session.cpp": '{"no_such_account", "There is no such account."},\n',
    "core/src/flows/login.cpp": 'return show("login").with(refuse("required", "name"));\n',
}
PLANTED = [
    Planted("a missing language", {"config/locales/de.po": PO.replace("login.lead", "login.leid")}, r"de\.po: login\.lead is missing"),
    Planted("an empty text", {"config/locales/de.po": PO.replace("Hello", "")}, r"de\.po:8: login\.lead has no text"),
    Planted("other arguments", {"config/locales/de.po": PO.replace("{field}", "{feld}")}, "other arguments"),
    Planted("an unknown refusal", {"core/src/signin/a.cpp": '\nreturn refuse("gone");\n'}, r"a\.cpp:2: the text error\.gone"),
    Planted("a refusal that the command has no words for", {"adapters/cli/session.cpp": "\n"}, "error.no_such_account"),
    Planted("one of two refusals", {"core/src/signin/a.cpp": 'x.with(Refusal{a["b"].empty() ? "required" : "odd", "f", {}, 422, {}});\n'}, "error.odd"),
    Planted("an unknown error page", {"core/src/flows/a.cpp": 'return fail("loop", 409);\n'}, "error_page.loop"),
    Planted("an unknown notice", {"core/src/flows/a.cpp": 'return go_to(path("/"), "saved");\n'}, "notice.saved"),
    Planted("an unknown notice of a new session", {"core/src/flows/a.cpp": 'outcome.proved->notice = "saved";\n'}, "notice.saved"),
    Planted("an action without words", {"core/src/flows/a.cpp": 'audit(tx, call, {off ? "factor.off" : "factor.on", "ok", id, {}});\n'}, r"activity\.factor\.on"),
    Planted("a sign-in without words", {"core/src/flows/a.cpp": 'x = Proved{*evidence, {}, tried, "enter", {}, onward};\n'}, r"activity\.enter"),
    Planted("an unknown page", {"core/src/flows/a.cpp": 'return show("nothing", model(call));\n'}, r"pages/nothing\.html doesn't exist"),
    Planted("an unknown letter", {"core/src/flows/a.cpp": 'return mail::Composed{"nothing", name};\n'}, r"mails/nothing\.txt doesn't exist"),
    Planted("a text for nobody", {"config/theme/pages/login.html": "<p></p>\n"}, "nobody asks for login.lead"),
    Planted("no catalogues", {"config/locales/en.po": None, "config/locales/de.po": None}, "no catalogues"),
]

if __name__ == "__main__":
    main(check, CLEAN, PLANTED)
