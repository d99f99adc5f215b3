"""doorward-conformance on mailer/smtp, which needs a mail server to talk to."""
import os
import pathlib
import subprocess
import tempfile
import unittest

from certificates import Authority
from mail_server import PASSWORD, USER, MailServer


class ConformanceTest(unittest.TestCase):
    def test_smtp_keeps_what_its_kind_promises(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(folder)
            with MailServer("starttls", authority.issue("server"), auth=True) as server:
                settings = pathlib.Path(folder) / "settings.yaml"
                password = pathlib.Path(folder) / "password"
                password.write_text(PASSWORD)
                password.chmod(0o600)
                settings.write_text("host: 127.0.0.1\nport: %d\nuser: %s\npassword: {file: %s}\ntls: {ca: %s}\n" % (
                    server.port, USER, password, authority.pem))
                done = subprocess.run([os.environ["CONFORMANCE"], os.environ["MAILER_SMTP"], str(settings)],
                                      capture_output=True, text=True, timeout=250)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertNotIn(" 0 passed", " " + done.stdout)
                while not server.inbox.none_left():
                    self.assertEqual(server.inbox.next().recipients, ["ada@example.net"])


if __name__ == "__main__":
    unittest.main()
