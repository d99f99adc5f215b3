"""mailer/smtp and servers that say no, not now, nothing, or nonsense, at each step."""
import base64
import unittest

from scripted_server import CLOSE, DRIP, STALL, ScriptedServer
from support import OK, REFUSED, UNAVAILABLE, Driver, letter

STEPS = ("banner", "EHLO", "MAIL", "RCPT", "DATA", "body")
LETTERS_STEPS = ("MAIL", "RCPT", "DATA", "body")  # where a 5xx is about the letter


class RefusalsTest(unittest.TestCase):
    def begin(self, *scripts, **settings):
        server = ScriptedServer(*scripts)
        self.addCleanup(server.__exit__)
        driver = Driver("smtp", host="127.0.0.1", port=server.port, security="none", **settings)
        self.addCleanup(driver.close)
        self.assertEqual(driver.start["status"], OK, driver.start)
        return server, driver

    def test_the_script_itself_takes_letters(self):
        server, driver = self.begin({})
        answer = driver.send(letter())
        self.assertEqual((answer["status"], answer["why"]), (OK, ""))
        self.assertEqual(len(server.bodies), 1)

    def test_a_421_or_451_means_later_at_every_step(self):
        for step in STEPS:
            for said in ("421 4.3.2 closing down", "451 4.7.1 greylisted, try again"):
                with self.subTest(step, said=said):
                    server, driver = self.begin({step: said})
                    answer = driver.send(letter())
                    self.assertEqual(answer["status"], UNAVAILABLE)
                    self.assertIn("127.0.0.1:%d" % server.port, answer["why"])
                    self.assertIn(said, answer["why"])
                    self.assertLess(answer["ms"], 3000)

    def test_a_550_is_for_good_where_it_is_about_the_letter(self):
        for step in STEPS:
            with self.subTest(step):
                server, driver = self.begin({step: "550 5.7.1 we don't want this"})
                answer = driver.send(letter())
                self.assertEqual(answer["status"], REFUSED if step in LETTERS_STEPS else UNAVAILABLE)
                self.assertIn("550 5.7.1 we don't want this", answer["why"])
                self.assertLess(answer["ms"], 3000)

    def test_the_last_line_of_a_long_refusal_is_told_and_nothing_that_would_break_a_log(self):
        server, driver = self.begin({"RCPT": b"550-first\r\n550 5.1.1 no\x1b[2J such \xff\xfe mailbox" + b"!" * 500 + b"\r\n"})
        answer = driver.send(letter())
        self.assertEqual(answer["status"], REFUSED)
        self.assertIn("550 5.1.1 no?[2J such ?? mailbox!", answer["why"])
        self.assertLess(len(answer["why"]), 300)
        self.assertTrue(answer["why"].isprintable())

    def test_a_server_that_wants_us_signed_in_is_not_refusing_the_letter(self):
        for said in ("530 5.7.0 authentication required", "535 5.7.8 expired", "538 5.7.11 encryption required"):
            with self.subTest(said):
                server, driver = self.begin({"MAIL": said})
                self.assertEqual(driver.send(letter())["status"], UNAVAILABLE)

    def test_a_server_that_repeats_the_password_finds_no_way_into_the_log(self):
        server, driver = self.begin({"EHLO": "250-scripted\r\n250 AUTH PLAIN", "AUTH": "334 ",
                                     "else": lambda said: "535 5.7.8 nobody is called %s or %s" % (said, base64.b64decode(said))},
                                    user="me", password="battery staple")
        answer = driver.send(letter())
        self.assertEqual(answer["status"], UNAVAILABLE)
        self.assertTrue(answer["why"].endswith(": 535 5.7.8"), answer["why"])
        self.assertIn(base64.b64encode(b"\0me\0battery staple").decode(), server.commands)
        self.assertNotIn("battery", driver.close())

    def test_a_stall_ends_at_the_deadline_at_every_step(self):
        for step in STEPS:
            with self.subTest(step):
                server, driver = self.begin({step: STALL})
                answer = driver.send(letter(), timeout_ms=600)
                self.assertEqual(answer["status"], UNAVAILABLE)
                self.assertIn("no answer in time", answer["why"])
                self.assertGreaterEqual(answer["ms"], 550)
                self.assertLess(answer["ms"], 2500)

    def test_a_server_that_sends_a_byte_now_and_then_does_not_move_the_deadline(self):
        for step in STEPS:
            with self.subTest(step):
                server, driver = self.begin({step: DRIP})
                answer = driver.send(letter(), timeout_ms=600)
                self.assertEqual(answer["status"], UNAVAILABLE)
                self.assertLess(answer["ms"], 2500)

    def test_the_connection_has_a_deadline_of_its_own(self):
        server, driver = self.begin({"banner": STALL}, timeout__connect=1)
        answer = driver.send(letter(), timeout_ms=30000)
        self.assertEqual(answer["status"], UNAVAILABLE)
        self.assertLess(answer["ms"], 4000)

    def test_a_hang_up_means_later_at_every_step(self):
        for step in STEPS:
            with self.subTest(step):
                server, driver = self.begin({step: CLOSE})
                answer = driver.send(letter())
                self.assertEqual(answer["status"], UNAVAILABLE)
                self.assertLess(answer["ms"], 3000)
        with self.subTest("half-way through the letter"):
            server, driver = self.begin({"body": "close half-way"})
            self.assertEqual(driver.send(letter(text="x" * 2_000_000))["status"], UNAVAILABLE)
            self.assertEqual(server.bodies, [])

    def test_nonsense_means_later_at_every_step(self):
        for step in STEPS:
            for nonsense in (b"\x00\xff\x16\x03\x01 HTTP/1.1 200 OK\r\n\r\n", b"99999999999 what\r\n", b"\r\n\r\n\r\n", b"250\r250 \n" * 3):
                with self.subTest(step, nonsense=nonsense):
                    server, driver = self.begin({step: nonsense})
                    answer = driver.send(letter(), timeout_ms=300)
                    if answer["status"] == OK:  # the last one may pass for a yes
                        self.assertIn(b"250 \n", nonsense)
                    else:
                        self.assertEqual(answer["status"], UNAVAILABLE)
                    self.assertLess(answer["ms"], 2000)

    def test_an_endless_line_is_given_up(self):
        server, driver = self.begin({"EHLO": b"250-" + b"x" * 5_000_000})
        answer = driver.send(letter(), timeout_ms=5000)
        self.assertEqual(answer["status"], UNAVAILABLE)

    def test_one_letter_has_one_recipient_and_one_end(self):
        server, driver = self.begin({})
        driver.send(letter(text="before\r\n.\r\nMAIL FROM:<evil@example.com>\r\nRCPT TO:<evil@example.com>\r\n.\r\n\n.\n"))
        self.assertEqual([command for command in server.commands if command.startswith(("MAIL", "RCPT", "DATA"))][1:],
                         ["RCPT TO:<ada@example.net>", "DATA"])
        self.assertTrue(server.commands[1].startswith("MAIL FROM:<accounts@example.org>"))
        self.assertEqual(len(server.bodies), 1)
        self.assertNotIn(b"\r\n.", server.bodies[0])
        self.assertNotIn(b"\n", server.bodies[0].replace(b"\r\n", b""))

    def test_a_kept_connection_that_the_server_gave_up_costs_no_letter(self):
        for given_up in ("421 4.4.2 idle for too long", CLOSE):
            with self.subTest(given_up):
                server, driver = self.begin({"MAIL": ["250 ok", given_up]}, {})
                self.assertEqual(driver.send(letter())["status"], OK)
                answer = driver.send(letter())
                self.assertEqual(answer["status"], OK, answer)
                self.assertEqual(server.connections, 2)
                self.assertEqual(len(server.bodies), 2)

    def test_a_letter_that_may_have_been_taken_is_not_sent_twice_by_itself(self):
        server, driver = self.begin({"body": CLOSE}, {})
        self.assertEqual(driver.send(letter())["status"], UNAVAILABLE)
        self.assertEqual(len(server.bodies), 1)

    def test_that_holds_for_a_kept_connection_too(self):
        server, driver = self.begin({"body": ["250 taken", "421 4.3.0 lost"]}, {})
        self.assertEqual(driver.send(letter())["status"], OK)
        self.assertEqual(driver.send(letter())["status"], UNAVAILABLE)
        self.assertEqual((server.connections, len(server.bodies)), (1, 2))

    def test_a_refusal_does_not_touch_the_next_letter(self):
        server, driver = self.begin({"RCPT": "550 no"}, {})
        self.assertEqual(driver.send(letter())["status"], REFUSED)
        self.assertEqual(driver.send(letter())["status"], OK)

    def test_nobody_waits_for_the_answer_to_quit(self):
        server, driver = self.begin({"RCPT": "550 no", "QUIT": STALL}, {"QUIT": STALL})
        answer = driver.send(letter(), timeout_ms=20000)
        self.assertEqual((answer["status"], answer["ms"] < 2000), (REFUSED, True), answer)
        self.assertIn("550 no", answer["why"])
        self.assertEqual(driver.send(letter(), timeout_ms=30000)["status"], OK)
        driver.close(within=15)  # with a kept connection, whose server stalls

    def test_nobody_there_means_later(self):
        server, driver = self.begin({})
        server.__exit__()
        answer = driver.send(letter())
        self.assertEqual(answer["status"], UNAVAILABLE)
        self.assertIn("127.0.0.1:%d" % server.port, answer["why"])


if __name__ == "__main__":
    unittest.main()
