"""mailer/smtp against a real server: over STARTTLS, over TLS and in the clear on this machine; signed in; all kinds of letters."""
import tempfile
import unittest

from certificates import Authority
from letters import LETTERS, UNSENDABLE, check, random_letters
from mail_server import PASSWORD, USER, MailServer
from support import INVALID, OK, UNAVAILABLE, Driver, letter


class SmtpTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.authority = Authority(cls.folder.name)
        cls.context = cls.authority.issue("server")

    def server(self, **settings):
        server = MailServer(context=self.context, **settings)
        server.__enter__()
        self.addCleanup(server.__exit__)
        return server

    def driver(self, server, **settings):
        defaults = {"host": "127.0.0.1", "port": server.port, "security": "starttls", "tls__ca": self.authority.pem}
        driver = Driver("smtp", **(defaults | settings))
        self.addCleanup(driver.close)
        self.assertEqual(driver.start, {"status": OK, "why": ""})
        return driver

    def test_every_letter_is_read_as_it_was_written(self):
        server = self.server(security="starttls", auth=True)
        driver = self.driver(server, user=USER, password=PASSWORD)
        for name, changes in LETTERS.items():
            with self.subTest(name):
                mail = letter(**changes)
                self.assertEqual(driver.send(mail)["status"], OK)
                arrival = server.inbox.next()
                check(self, arrival.content, mail)
                self.assertTrue(arrival.over_tls and arrival.authenticated)
                self.assertEqual(arrival.sender, "accounts@example.org")
                self.assertEqual([recipient.replace('"', "") for recipient in arrival.recipients], [mail["to_address"]])
        self.assertTrue(server.inbox.none_left())

    def test_letters_made_at_random_are_read_as_they_were_written(self):
        server = self.server()
        driver = self.driver(server, security="none")
        for changes in random_letters(150, seed=11):
            mail = letter(**changes)
            self.assertEqual(driver.send(mail)["status"], OK)
            with self.subTest(mail):
                check(self, server.inbox.next().content, mail)

    def test_tls_from_the_first_byte(self):
        server = self.server(security="tls", auth=True)
        driver = self.driver(server, security="tls", user=USER, password=PASSWORD)
        self.assertEqual(driver.send(letter())["status"], OK)
        self.assertTrue(server.inbox.next().authenticated)

    def test_letters_one_after_the_other_share_a_connection(self):
        server = self.server(security="starttls")
        driver = self.driver(server)
        for _ in range(5):
            self.assertEqual(driver.send(letter())["status"], OK)
        self.assertEqual(server.handler.connections, 1)

    def test_without_keeping_each_letter_has_its_own_connection(self):
        server = self.server(security="starttls")
        driver = self.driver(server, timeout__keep=0)
        for _ in range(3):
            self.assertEqual(driver.send(letter())["status"], OK)
        self.assertEqual(server.handler.connections, 3)

    def test_letters_sent_at_once_all_arrive(self):
        server = self.server(security="starttls", auth=True)
        driver = self.driver(server, user=USER, password=PASSWORD)
        for turn in range(3):
            mails = [letter(message_id="<%d.%d@example.org>" % (turn, i)) for i in range(12)]
            self.assertEqual({answer["status"] for answer in driver.send_all(mails, timeout_ms=20000)}, {OK})
            arrived = {server.inbox.next().content.split(b"Message-ID: ")[1].split(b"\r\n")[0].decode() for _ in mails}
            self.assertEqual(arrived, {mail["message_id"] for mail in mails})

    def test_the_name_in_ehlo_is_the_settings(self):
        server = self.server()
        self.driver(server, security="none", ehlo="www.example.org").send(letter())
        self.assertEqual(server.inbox.next().greeting, "www.example.org")

    def test_a_wrong_password_is_told_without_it_and_the_letter_waits(self):
        server = self.server(security="starttls", auth=True)
        driver = self.driver(server, user=USER, password="wrong-" + PASSWORD)
        answer = driver.send(letter())
        self.assertEqual(answer["status"], UNAVAILABLE)
        self.assertIn("user and password", answer["why"])
        self.assertIn("535", answer["why"])
        self.assertNotIn("battery", answer["why"] + driver.close())

    def test_a_server_that_wants_a_password_that_is_not_set_keeps_the_letter_waiting(self):
        server = self.server(security="starttls", auth=True)
        answer = self.driver(server).send(letter())
        self.assertEqual(answer["status"], UNAVAILABLE)
        self.assertIn("530", answer["why"])
        self.assertTrue(server.inbox.none_left())

    def test_without_starttls_nothing_is_sent(self):
        server = self.server()
        answer = self.driver(server, user=USER, password=PASSWORD).send(letter())
        self.assertEqual(answer["status"], UNAVAILABLE)
        self.assertIn("STARTTLS", answer["why"])
        self.assertTrue(server.inbox.none_left())

    def test_what_nobody_can_send_is_not_even_begun(self):
        server = self.server()
        driver = self.driver(server, security="none")
        for name, changes in UNSENDABLE.items():
            with self.subTest(name):
                answer = driver.send(letter(**changes))
                self.assertEqual(answer["status"], INVALID)
                self.assertTrue(answer["why"])
        self.assertEqual(server.handler.connections, 0)

    def test_a_restarted_server_gets_the_next_letter_at_once(self):
        server = self.server()
        driver = self.driver(server, security="none")
        self.assertEqual(driver.send(letter())["status"], OK)
        server.stop()
        self.assertEqual(driver.send(letter())["status"], UNAVAILABLE)
        self.server(port=server.port)
        self.assertEqual(driver.send(letter())["status"], OK)


class SettingsTest(unittest.TestCase):
    def fault(self, **settings):
        with Driver("smtp", **settings) as driver:
            self.assertEqual(driver.start["status"], INVALID, driver.start)
            return driver.start["why"]

    def test_letters_do_not_leave_this_machine_in_the_clear(self):
        for host in ("mail.example.org", "10.0.0.1", "128.0.0.1", "::2", "localhost.example.org"):
            with self.subTest(host):
                self.assertIn("security: none", self.fault(host=host, security="none"))
        for host in ("127.0.0.1", "127.9.9.9", "::1", "localhost"):
            with self.subTest(host), Driver("smtp", host=host, security="none") as driver:
                self.assertEqual(driver.start["status"], OK)

    def test_every_fault_is_told_at_once(self):
        why = self.fault(host="mail example.org", port="70000", user="me", ehlo="-x", timeout__connect="0", timeout__keep="x")
        self.assertEqual(len(why.split("\n")), 6, why)
        for word in ("host:", "port:", "user and password", "ehlo:", "timeout.connect:", "timeout.keep:"):
            self.assertIn(word, why)

    def test_no_setting_carries_a_second_command(self):
        self.assertIn("password:", self.fault(host="127.0.0.1", user="me", password="secret\r\nRSET"))
        self.assertNotIn("secret", self.fault(host="127.0.0.1", user="me", password="secret\nx"))
        self.assertIn("user:", self.fault(host="127.0.0.1", user="m\ne", password="x"))
        self.assertIn("ehlo:", self.fault(host="127.0.0.1", ehlo="a\r\nMAIL FROM:<x@y>"))
        self.assertIn("host:", self.fault(host="127.0.0.1/x"))
        self.assertIn("host:", self.fault(host="user@127.0.0.1"))


if __name__ == "__main__":
    unittest.main()
