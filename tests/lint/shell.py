"""Every shell script passes shellcheck, says `set -e` or why not, and can be executed."""
import os
import re
import shutil
import subprocess

from common import Fault, Planted, main, require

SHEBANG = re.compile(r"#!\s*(?:/bin/|/usr/bin/env )(?:ba)?sh\b")


def check(tree):
    require(shutil.which("shellcheck"), "shellcheck program")
    scripts = []
    for path in tree.paths():
        name = path.rsplit("/", 1)[-1]
        if name.endswith(".sh") or "." not in name:
            with open(tree.root / path, "rb") as file:
                if SHEBANG.match(file.readline(80).decode("utf-8", "replace")) or name.endswith(".sh"):
                    scripts.append(path)
    require(scripts, "shell scripts")
    for path in scripts:
        run = subprocess.run(["shellcheck", "--format=gcc", "--severity=style", path], cwd=tree.root, capture_output=True, text=True)
        for line in run.stdout.splitlines():
            yield Fault(*_place(line))
        text = tree.read(path)
        if not re.search(r"(?m)^set -[a-z]*e|^set -u", text):
            yield Fault(path, 0, "goes on after a failed command: set -euo pipefail is missing")
        if not os.access(tree.root / path, os.X_OK) and not path.startswith(("build/",)):
            if not re.search(r"(?m)^# To be sourced", text):
                yield Fault(path, 0, "is not executable")


def _place(line: str) -> tuple[str, int, str]:
    match = re.match(r"(.+?):(\d+):\d+: (.*)", line)
    return (match.group(1), int(match.group(2)), match.group(3)) if match else (line, 0, "")


CLEAN = {"a.sh": "#!/bin/sh\n# To be sourced\nset -eu\necho \"$1\"\n"}
PLANTED = [
    Planted("an unquoted variable", {"b": "#!/usr/bin/env bash\nset -e\nrm -rf $1\n"}, r"b:3: .*SC2086"),
    Planted("no set -e", {"b": "#!/bin/sh\necho x\n"}, "goes on after a failed command"),
    Planted("not executable", {"b": "#!/bin/sh\nset -e\n"}, "is not executable"),
]

if __name__ == "__main__":
    main(check, CLEAN, PLANTED)
