"""What the built files export: libdoorward.so, each plugin and part, and the web servers' modules show the few names their
borders say and nothing else, as otherwise one library's functions would answer another's calls."""
import subprocess

from common import Fault, NoInput, Planted, main, require

ENGINE = {"doorward_host_v1"}
PLUGIN = {"doorward_plugin_v1"}
NGINX = {"ngx_modules", "ngx_module_names", "ngx_module_order"}
APACHE = {"doorward_module"}


def part(path) -> set[str]:
    return {f"doorward_{path.stem}_v1"}


def exported(path) -> set[str]:
    run = subprocess.run(["nm", "-D", "--defined-only", str(path)], capture_output=True, text=True, check=True)
    return {line.split()[-1].split("@")[0] for line in run.stdout.splitlines() if line.split()[-2] != "A"}


def check(tree):
    if tree.build is None or not tree.build.is_dir():
        raise NoInput("found no build folder; name it with --build")
    wanted = [(path, ENGINE) for path in require(list(tree.build.glob("libdoorward.so")), "libdoorward.so")]
    libraries = require(sorted(tree.build.glob("plugins/*/*.so")), "plugins")
    wanted += [(path, part(path) if path.parent.name == "part" else PLUGIN) for path in libraries]
    wanted += [(path, NGINX) for path in require(list(tree.build.glob("ngx_*.so")), "nginx module")]
    wanted += [(path, APACHE) for path in require(list(tree.build.glob("mod_*.so")), "Apache module")]
    for path, names in wanted:
        found = exported(path)
        where = path.relative_to(tree.build).as_posix()
        for name in sorted(found - names):
            yield Fault(where, 0, f"exports {name} besides {', '.join(sorted(names))}")
        for name in sorted(names - found):
            yield Fault(where, 0, f"doesn't export {name}")


def _example(check_tree):
    """check() over a tree whose .so files are made from the C texts of the same names."""

    def checked(tree):
        for source in tree.build.rglob("*.so") if tree.build.is_dir() else []:
            text = source.read_text(encoding="utf-8")
            subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-o", str(source), "-"], input=text, text=True, check=True)
        return check_tree(tree)

    return checked


ENGINE_C = "void doorward_host_v1(void) {}\n"
PLUGIN_C = "const int doorward_plugin_v1 = 1;\n"
NGINX_C = "int ngx_modules, ngx_module_names, ngx_module_order;\n"
CLEAN = {
    "build/libdoorward.so": ENGINE_C,
    "build/plugins/mailer/folder.so": PLUGIN_C,
    "build/plugins/part/phone.so": "void doorward_phone_v1(void) {}\n",
    "build/ngx_http_doorward_module.so": NGINX_C,
    "build/mod_doorward.so": "int doorward_module;\n",
}
PLANTED = [
    Planted("one more in the engine", {"build/libdoorward.so": ENGINE_C + "int leaked;\n"}, r"libdoorward\.so: exports leaked"),
    Planted("one more in a plugin", {"build/plugins/mailer/folder.so": PLUGIN_C + "int leaked;\n"}, r"folder\.so: exports leaked"),
    Planted("one more in a part", {"build/plugins/part/phone.so": "int doorward_phone_v1, absl;\n"}, r"phone\.so: exports absl"),
    Planted("one more in the module", {"build/ngx_http_doorward_module.so": NGINX_C + "int leaked;\n"}, "exports leaked"),
    Planted("one more in Apache's module", {"build/mod_doorward.so": "int doorward_module, leaked;\n"}, "exports leaked"),
    Planted("none in a plugin", {"build/plugins/mailer/folder.so": "static int x;\n"}, "doesn't export doorward_plugin"),
    Planted("no engine", {"build/libdoorward.so": None}, "no libdoorward.so"),
    Planted("no plugins", {"build/plugins/mailer/folder.so": None, "build/plugins/part/phone.so": None}, "no plugins"),
]

if __name__ == "__main__":
    import sys

    main(_example(check) if "--self-test" in sys.argv else check, CLEAN, PLANTED)
