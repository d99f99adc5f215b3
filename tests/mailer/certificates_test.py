"""mailer/smtp and certificates: whoever can't prove to be the server of the settings gets nothing, not even a password."""
import tempfile
import unittest

from certificates import Authority
from mail_server import PASSWORD, USER, MailServer
from support import OK, UNAVAILABLE, Driver, letter


class CertificatesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.authority = Authority(cls.folder.name)

    def try_all(self, context, reason, host="127.0.0.1", ca=None):
        """Over STARTTLS and over TLS; None as reason: the letter arrives."""
        for security in ("starttls", "tls"):
            with self.subTest(security), MailServer(security, context, auth=True) as server, \
                 Driver("smtp", host=host, port=server.port, security=security, user=USER, password=PASSWORD,
                        tls__ca=ca or self.authority.pem) as driver:
                answer = driver.send(letter())
                if reason is None:
                    self.assertEqual((answer["status"], answer["why"]), (OK, ""))
                    self.assertEqual(server.handler.passwords_seen, 1)
                    self.assertEqual(server.inbox.next().recipients, ["ada@example.net"])
                    continue
                self.assertEqual(answer["status"], UNAVAILABLE)
                self.assertIn(reason, answer["why"])
                self.assertTrue(server.inbox.none_left())
                self.assertEqual(server.handler.passwords_seen, 0)

    def test_the_right_certificate_by_address(self):
        self.try_all(self.authority.issue("right"), None)

    def test_the_right_certificate_by_name(self):
        self.try_all(self.authority.issue("named", alternatives="DNS:localhost"), None, host="localhost")

    def test_a_certificate_of_another_host(self):
        self.try_all(self.authority.issue("other", alternatives="DNS:mail.example.org,IP:127.0.0.2"), "127.0.0.1")

    def test_a_certificate_with_the_host_in_its_common_name_alone(self):
        self.try_all(self.authority.issue("localhost", alternatives="DNS:mail.example.org"), "localhost", host="localhost")

    def test_an_expired_certificate(self):
        self.try_all(self.authority.issue("expired", days=-1), "expired")

    def test_a_certificate_of_an_unknown_authority(self):
        self.try_all(Authority(self.folder.name, "stranger").issue("strange"), "certificate")

    def test_no_authority_counts_but_those_of_the_file(self):
        self.try_all(self.authority.issue("private"), "certificate", ca=Authority(self.folder.name, "another").pem)

    def test_a_file_of_authorities_that_is_not_there(self):
        self.try_all(self.authority.issue("lost"), "nowhere.pem", ca="/nowhere.pem")


if __name__ == "__main__":
    unittest.main()
