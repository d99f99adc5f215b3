#!/usr/bin/env python3
"""gettext's own tools and ours read the same texts from the same catalogues: compare_gettext.py DUMP FOLDER LOCALE...

Each catalogue is compiled by msgfmt --check and read by Python's gettext; every text, and every plural form of the numbers up to
1,000, is compared with what catalogue_dump says. Catalogues with the harder plural rules of gettext's manual are added.
"""
import gettext
import pathlib
import re
import subprocess
import sys
import tempfile

HARD = {
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    "sl": "nplurals=4; plural=(n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3);",
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
    "ja": "nplurals=1; plural=0;",
    "fr": "nplurals=2; plural=(n > 1);",
}


def hard_catalogue(locale, rule):
    count = int(re.search(r"nplurals=(\d)", rule).group(1))
    forms = "".join(f'msgstr[{i}] ""\n"form {i} \\"of\\" "\n"{{count}}"\n' for i in range(count))
    return (
        f'msgid ""\nmsgstr ""\n"Language: {locale}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: {rule}\\n"\n\n'
        f'#. note\n#: page.html:3\nmsgid "a.b"\nmsgid_plural "{{count}}"\n{forms}\n'
        '# tab, backslash and line end\nmsgid "a"\nmsgstr "\\tone \\\\ {name}\\n"\n"zwei ä"\n'
        '#~ msgid "old"\n#~ msgstr "x"\n'
    )


def entries(text):
    """(msgid, msgid_plural) of a catalogue, with the simplest reading that there is."""
    return re.findall(r'^msgid "([^"]+)"\n(?:msgid_plural "([^"]+)"\n)?', text, re.MULTILINE)


def expected(path, folder):
    compiled = folder / "x.mo"
    subprocess.run(["msgfmt", "--check-format", "--check-domain", "-o", compiled, path], check=True)
    with compiled.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    lines = {}
    for key, plural in entries(path.read_text(encoding="utf-8")):
        for n in range(1001) if plural else [0]:
            text = catalogue.ngettext(key, plural, n) if plural else catalogue.gettext(key)
            fill = lambda match: str(n) if "{" + match.group(1) + "}" == plural else f"<{match.group(1)}>"
            lines[key, n] = re.sub(r"\{([a-z0-9_.]+)\}", fill, text).replace("\n", "\\n")
    return lines


def found(dump, folder, locale):
    output = subprocess.run([dump, folder, locale], check=True, capture_output=True, encoding="utf-8").stdout
    lines = {}
    for line in output.splitlines():
        key, n, text = line.split("\t", 2)
        lines[key, int(n)] = text
    return lines


def main():
    dump, folder, *locales = sys.argv[1:]
    different = compared = 0
    with tempfile.TemporaryDirectory() as temporary:
        temporary = pathlib.Path(temporary)
        places = [(pathlib.Path(folder), locale) for locale in locales]
        for locale, rule in HARD.items():
            (temporary / f"{locale}.po").write_text(hard_catalogue(locale, rule), encoding="utf-8")
            places.append((temporary, locale))
        for place, locale in places:
            theirs = expected(place / f"{locale}.po", temporary)
            ours = found(dump, place, locale)
            if len(theirs) < 2:
                sys.exit(f"{locale}.po has nothing to compare")
            compared += len(theirs)
            for key in sorted(theirs.keys() | ours.keys()):
                if theirs.get(key) != ours.get(key):
                    different += 1
                    print(f"{locale}: {key}: gettext says {theirs.get(key)!r}, we say {ours.get(key)!r}")
    print(f"{compared} texts compared, {different} different")
    sys.exit(1 if different else 0)


main()
