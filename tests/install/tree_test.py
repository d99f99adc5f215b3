"""Installs the build into a folder of its own and looks at what is there."""
import argparse
import fnmatch
import os
import pathlib
import subprocess
import tempfile
import unittest

given = argparse.ArgumentParser()
given.add_argument("--build", required=True)
given.add_argument("--source", type=pathlib.Path, required=True)
arguments = given.parse_args()

NEEDED = [
    "*/bin/doorward",
    "*/libdoorward.so",
    "*/ngx_http_doorward_module.so",
    "*/mod_doorward.so",
    "*/plugins/storage/memory.so",
    "*/plugins/storage/postgresql.so",
    "*/plugins/storage/sqlite.so",
    "*/plugins/mailer/folder.so",
    "*/plugins/part/fetch.so",
    "*/plugins/part/phone.so",
    "*/plugins/part/picture.so",
    "*/plugins/mailer/smtp.so",
    "*/include/doorward/host.h",
    "*/include/doorward/plugin.h",
    "*/include/doorward/sdk/plugin.hpp",
    "*/doorwardConfig.cmake",
    "*/theme/pages/login.html",
    "*/locales/en.po",
    "*/doorward.yaml",
]


class InstalledTree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="doorward-install-")
        root = pathlib.Path(cls.folder.name)
        subprocess.run(["cmake", "--install", arguments.build], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "DESTDIR": cls.folder.name})
        cls.files = {"/" + path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_everything_a_site_needs_is_there(self):
        missing = [wanted for wanted in NEEDED if not fnmatch.filter(self.files, wanted)]
        self.assertEqual(missing, [])

    def test_every_page_and_language_is_there(self):
        for folder in ("theme", "locales"):
            source = arguments.source / "config" / folder
            wanted = [path.relative_to(source).as_posix() for path in source.rglob("*")
                      if path.is_file() and path.name != "CMakeLists.txt"]
            self.assertTrue(wanted)
            missing = [name for name in wanted if not fnmatch.filter(self.files, f"*/{folder}/{name}")]
            self.assertEqual(missing, [])

    def test_nothing_of_the_tests_is_there(self):
        strangers = [name for name in self.files if "test" in name.lower() or "gallery" in name or name.endswith(".a")]
        self.assertEqual(strangers, [])

    def test_nobody_else_may_write_what_the_server_loads(self):
        loose = [name for name, path in self.files.items() if path.stat().st_mode & 0o022]
        self.assertEqual(loose, [])


if __name__ == "__main__":
    unittest.main(argv=["tree_test.py"])
