"""What `apachectl configtest` says: every fault of the directives and of doorward.yaml, and nothing where there is none."""
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import fake, support
from harness.apache import ENGINE, MODULE, Apache


def check(text, more="", engine=ENGINE, mode=0o644, module=MODULE):
    """configtest; CONFIG in `text` stands for the DoorwardConfig line, FOLDER for the folder."""
    with support.temporary_folder() as folder:
        settings = fake.settings(folder, more, mode=mode)
        text = text.replace("CONFIG", f"DoorwardConfig {settings}\n").replace("FOLDER", folder)
        code, said = Apache(folder, text, engine=engine, module=module).check()
        with open(f"{folder}/httpd.conf", encoding="utf-8") as file:
            lines = file.read().splitlines()
        # A line number is worth something only if that line is the one: it is put in the place of the number.
        said = re.sub(r"on line (\d+) of \S+httpd.conf", lambda found: f"on line <{lines[int(found[1]) - 1].strip()}>", said)
        return code, said.replace(folder, "FOLDER")


def refused(pattern, *arguments, **more):
    code, said = check(*arguments, **more)
    support.expect(code == 1 and re.search(pattern, said), f"exit code {code}, and /{pattern}/ is not in: {said}")
    return said


def accepted(*arguments, **more):
    code, said = check(*arguments, **more)
    support.expect(code == 0 and "Syntax OK" in said and "emerg" not in said, f"exit code {code}: {said}")


def place(*lines):
    return "CONFIG<Location />\nAuthType Doorward\n" + "\n".join(lines) + "\n</Location>\n"


def test_good_settings():
    accepted("")
    accepted(place("Require valid-user"))
    accepted(place("Require doorward-role administrator", "Require doorward-fresh 15m", "Require doorward-level 2", "DoorwardHeaders On"))
    accepted(place("<RequireAll>", "Require doorward-role editor author", "Require doorward-fresh 1h", "</RequireAll>"))
    accepted("CONFIGDoorwardRemoteUser email\n")
    accepted("DoorwardConfig doorward.yaml\n")
    accepted("<VirtualHost *>\nCONFIG</VirtualHost>\n<VirtualHost *>\nServerName b.example\nCONFIG</VirtualHost>\n")


def test_wrong_arguments():
    refused(r"on line <Require doorward-role>.*\n?.*takes the name of a role", place("Require doorward-role"))
    refused(r'"a,b": a role is a name', place("Require doorward-role a,b"))
    for time in ("0m", "soon", "-1m", "15", "25h", "1m 2m", ""):
        refused(r"Require doorward-fresh takes a duration up to 24h", place(f"Require doorward-fresh {time}"))
    for level in ("", "0", "3", "two", "2 2"):
        refused(r"Require doorward-level takes 1", place(f"Require doorward-level {level}"))
    refused(r"DoorwardRemoteUser takes", place("DoorwardRemoteUser phone"))
    refused(r"DoorwardHeaders must be On or Off", place("DoorwardHeaders perhaps"))
    refused(r"DoorwardConfig stands twice in this server", "CONFIGCONFIG")
    refused(r"DoorwardConfig not allowed here|DoorwardConfig not allowed in", "<Location />\nCONFIG</Location>\n")
    refused(r"DoorwardEngine (cannot occur|not allowed)", "<VirtualHost *>\nDoorwardEngine /x\n</VirtualHost>\n")
    refused(r"DoorwardConfig takes one argument, path of", 'DoorwardConfig ""\n')


def test_trailers_that_would_become_headers():
    refused(r"MergeTrailers must be Off", "CONFIGMergeTrailers On\n")
    accepted("MergeTrailers On\n")


def test_faults_of_the_yaml_file():
    refused(r"doorward:emerg.*FOLDER/doorward.yaml:8:1: unknown key 'foo'", "CONFIG", "foo: 1\n")
    said = refused(r"fault: the first of two", "CONFIG", "on_open: fault\n")
    support.expect("fault: the second of two" in said, said)
    refused(r"FOLDER/nosuch.yaml: cannot open file", "DoorwardConfig FOLDER/nosuch.yaml\n")


def test_file_that_only_root_can_read():
    refused(r"FOLDER/doorward.yaml: cannot open file", "CONFIG", mode=0o600 if os.geteuid() == 0 else 0o000)


def test_engine_that_crashes():
    refused(r"the engine crashed while the settings were checked \(signal 6, Aborted\)", "CONFIG", "on_open: crash\n")
    refused(r"the engine ended the process while the settings were checked \(exit code 7\)", "CONFIG", "on_open: exit\n")


def test_engine_that_is_none():
    refused(r"/nosuch/libdoorward.so: cannot open shared object file: No such file", "CONFIG", engine="/nosuch/libdoorward.so")
    refused(r"is not a Doorward engine: it has no doorward_host_v1", "CONFIG", engine=MODULE)
    refused(r"the engine is made for host border 42, this adapter for 1", "CONFIG", engine=os.environ["DOORWARD_WRONG_ENGINE"])


def test_engine_that_was_installed_with_the_module():
    """Below any prefix, and also where Apache reaches the folder of modules through a link."""
    with support.temporary_folder() as folder:
        os.makedirs(f"{folder}/usr/lib/apache2/modules")
        os.symlink(f"{folder}/usr/lib/apache2/modules", f"{folder}/modules")
        shutil.copy(MODULE, f"{folder}/usr/lib/apache2/modules")
        module = f"{folder}/modules/{os.path.basename(MODULE)}"
        text = f"DoorwardConfig {fake.settings(folder)}\n"
        code, said = Apache(folder, text, engine=None, module=module).check()
        support.expect(code == 1 and "libdoorward.so: cannot open shared object file" in said, said)
        # The engine's own folder is told by the module's; where multiarch says which, it is found too.
        for engine in (f"{folder}/usr/lib/libdoorward.so", f"{folder}/usr/lib/x86_64-linux-gnu/libdoorward.so"):
            os.makedirs(os.path.dirname(engine), exist_ok=True)
            shutil.copy(ENGINE, engine)
        code, said = Apache(folder, text, engine=None, module=module).check()
        support.expect(code == 0, said)


support.run(support.tests_in(sys.modules[__name__]))
