"""What `nginx -t` says: every fault of nginx.conf's directives and of doorward.yaml, and nothing where there is none."""
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import fake, support
from harness.nginx import ENGINE, MODULE, Nginx

SERVER = "server {{ listen 127.0.0.1:{{port}}; {0} }}"


def check(inside, more="", http="", engine=ENGINE, mode=0o644, main=""):
    """nginx -t for one server; CONFIG in `inside` stands for its doorward_config."""
    with support.temporary_folder() as folder:
        settings = fake.settings(folder, more, mode=mode)
        inside = inside.replace("CONFIG", f"doorward_config {settings};").replace("FOLDER", folder)
        code, said = Nginx(folder, http + SERVER.format(inside), engine=engine, main=main).check()
        with open(f"{folder}/nginx.conf", encoding="utf-8") as file:
            lines = file.read().splitlines()
        # A line number is worth something only if that line is the one: it is put in the place of the number.
        said = re.sub(r"nginx\.conf:(\d+)", lambda found: f"nginx.conf:{lines[int(found[1]) - 1].strip()}", said)
        return code, said.replace(folder, "FOLDER")


def refused(pattern, *arguments, **more):
    code, said = check(*arguments, **more)
    support.expect(code == 1 and re.search(pattern, said), f"exit code {code}, and /{pattern}/ is not in: {said}")
    return said


def accepted(*arguments, **more):
    code, said = check(*arguments, **more)
    support.expect(code == 0 and "[emerg]" not in said, f"exit code {code}: {said}")
    return said


def test_good_settings():
    accepted("CONFIG doorward required;")
    accepted("CONFIG location / { doorward required role=administrator fresh=15m; } location /b { doorward optional; }")
    accepted("CONFIG location / { doorward required fresh=1h30m level=2 role=editor; } location /b { doorward off; }")
    accepted("CONFIG", main="thread_pool accounts threads=2;", http="doorward_threads accounts;")


def test_a_path_beside_nginx_conf():
    accepted("doorward_config doorward.yaml; doorward required;")


def test_module_without_use():
    accepted("")
    accepted("doorward off;")


def test_settings_for_all_servers():
    with support.temporary_folder() as folder:
        settings = fake.settings(folder)
        code, said = Nginx(folder, f"doorward_config {settings}; doorward required; server {{ listen 127.0.0.1:{{port}}; }}"
                           ).check()
        support.expect(code == 0, said)


def test_wrong_arguments():
    refused(r'\[emerg\] "doorward maybe": it must be "off", "optional" or "required" in \S+nginx.conf:.*doorward maybe;',
            "CONFIG doorward maybe;")
    refused(r'unknown parameter "rolle=x" of "doorward": it knows role=NAME, level=NUMBER and fresh=TIME', "CONFIG doorward required rolle=x;")
    refused(r'"role=": a role is a name', "CONFIG doorward required role=;")
    refused(r'"role=a,b": a role is a name', "CONFIG doorward required role=a,b;")
    refused(r"one role only", "CONFIG doorward required role=a role=b;")
    for time in ("0", "soon", "-1", "", "99999999999"):
        refused(r'"fresh" wants a time above zero', f"CONFIG doorward required fresh={time};")
    for level in ("0", "3", "", "two", "02", "2 2"):
        refused(r'"level" is 1, any sign-in, or 2' if " " not in level else r"unknown parameter", f"CONFIG doorward required level={level};")
    refused(r'"level" is given twice', "CONFIG doorward required level=2 level=2;")
    refused(r'"fresh" is given twice', "CONFIG doorward required fresh=1m fresh=2m;")
    refused(r'parameters go with "doorward required", not with "doorward off"', "CONFIG doorward off role=a;")
    refused(r'not with "doorward optional"', "CONFIG doorward optional fresh=1m;")
    refused(r'"doorward" directive is duplicate', "CONFIG doorward off; doorward required;")
    refused(r'"doorward_config" directive is duplicate', "CONFIG CONFIG")
    refused(r"invalid number of arguments in \"doorward\" directive", "CONFIG doorward;")
    refused(r'"doorward_engine" directive is not allowed here', "doorward_engine /x;")
    refused(r'"doorward_config" directive is not allowed here', "location / { CONFIG }")
    refused(r'"doorward_config" needs the path', 'doorward_config "";')


def test_protection_without_settings():
    refused(r'"doorward required" needs a "doorward_config" in its server or http block in FOLDER/nginx.conf:doorward required;',
            "location / {\ndoorward required;\n }")
    refused(r'"doorward optional" needs a "doorward_config"', "location / { doorward optional; }")


def test_unknown_thread_pool():
    refused(r'unknown thread pool "nosuch"', "CONFIG", http="doorward_threads nosuch;")


def test_faults_of_the_yaml_file():
    refused(r"\[emerg\] doorward: FOLDER/doorward.yaml:8:1: unknown key 'foo'", "CONFIG", "foo: 1\n")
    said = refused(r"doorward: fault: the first of two", "CONFIG", "on_open: fault\n")
    support.expect("doorward: fault: the second of two" in said, said)
    refused(r"doorward: FOLDER/nosuch.yaml: cannot open file", "doorward_config FOLDER/nosuch.yaml;")


def test_faults_of_two_files_at_once():
    said = refused(r"nosuch.yaml: cannot open", "CONFIG } server { doorward_config FOLDER/nosuch.yaml;", "foo: 1\n")
    support.expect("unknown key 'foo'" in said, said)


def test_file_that_only_root_can_read():
    if os.geteuid() == 0:
        refused(r"doorward: FOLDER/doorward.yaml: cannot open file", "CONFIG", mode=0o600)
    else:
        refused(r"doorward: FOLDER/doorward.yaml: cannot open file", "CONFIG", mode=0o000)


def test_engine_that_crashes():
    refused(r"\[emerg\] doorward: the engine crashed while the settings were checked \(signal 6, Aborted\)", "CONFIG",
            "on_open: crash\n")
    refused(r"doorward: the engine ended the process while the settings were checked \(exit code 7\)", "CONFIG",
            "on_open: exit\n")


def test_engine_that_is_none():
    refused(r"doorward: /nosuch/libdoorward.so: cannot open shared object file: No such file", "CONFIG",
            engine="/nosuch/libdoorward.so")
    refused(r"is not a Doorward engine: it has no doorward_host_v1", "CONFIG", engine="/lib/x86_64-linux-gnu/libz.so.1"
            if os.path.exists("/lib/x86_64-linux-gnu/libz.so.1") else MODULE)
    refused(r"the engine is made for host border 42, this adapter for 1", "CONFIG",
            engine=os.environ["DOORWARD_WRONG_ENGINE"])


def test_engine_that_was_installed_with_the_module():
    """Below any prefix, and also where nginx reaches the folder of modules through a link, as Debian's does."""
    with support.temporary_folder() as folder:
        os.makedirs(f"{folder}/usr/lib/nginx/modules")
        os.symlink(f"{folder}/usr/lib/nginx/modules", f"{folder}/modules")
        shutil.copy(MODULE, f"{folder}/usr/lib/nginx/modules")
        module = f"{folder}/modules/{os.path.basename(MODULE)}"
        http = SERVER.format(f"doorward_config {fake.settings(folder)}; doorward required;")
        code, said = Nginx(folder, http, engine=None, module=module).check()
        support.expect(code == 1 and "libdoorward.so: cannot open shared object file" in said, f"without an engine: {said}")
        shutil.copy(ENGINE, f"{folder}/usr/lib/libdoorward.so")
        code, said = Nginx(folder, http, engine=None, module=module).check()
        support.equal(code, 0, said)


support.run(support.tests_in(sys.modules[__name__]))
