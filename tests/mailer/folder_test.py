"""mailer/folder: what lies in the folder, read back as mail."""
import os
import pathlib
import stat
import tempfile
import unittest

from letters import LETTERS, UNSENDABLE, check, random_letters
from support import INVALID, OK, UNAVAILABLE, Driver, letter


class FolderTest(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name) / "mails"

    def open(self, **settings):
        driver = Driver("folder", path=self.folder, **settings)
        self.addCleanup(driver.close)
        self.assertEqual(driver.start, {"status": OK, "why": ""})
        return driver

    def test_every_letter_is_read_as_it_was_written(self):
        driver = self.open()
        for number, (name, changes) in enumerate(LETTERS.items()):
            with self.subTest(name):
                mail = letter(date=1790000000000000 + number * 1000000, **changes)
                self.assertEqual(driver.send(mail)["status"], OK)
                newest = sorted(os.listdir(self.folder))[-1]
                check(self, (self.folder / newest).read_bytes(), mail)
        self.assertEqual(len(os.listdir(self.folder)), len(LETTERS))

    def test_letters_made_at_random_are_read_as_they_were_written(self):
        driver = self.open()
        for changes in random_letters(300, seed=7):
            mail = letter(**changes)
            self.assertEqual(driver.send(mail)["status"], OK)
            [path] = self.folder.iterdir()
            with self.subTest(mail):
                check(self, path.read_bytes(), mail)
            path.unlink()

    def test_what_nobody_can_send_leaves_nothing(self):
        driver = self.open()
        for name, changes in UNSENDABLE.items():
            with self.subTest(name):
                answer = driver.send(letter(**changes))
                self.assertEqual(answer["status"], INVALID)
                self.assertTrue(answer["why"])
        self.assertEqual(os.listdir(self.folder), [])

    def test_bytes_that_are_not_utf8_cannot_be_sent(self):
        driver = self.open()
        for field in ("from_name", "to_name", "subject", "text", "html", "to_address", "message_id"):
            for bad in ("ff", "c3", "c0af", "eda080", "f4908080", "e28028"):
                with self.subTest(field, bad=bad):
                    self.assertEqual(driver.send(letter(hex={field: "61" + bad + "62"}))["status"], INVALID)
        self.assertEqual(os.listdir(self.folder), [])

    def test_the_name_is_time_and_message_id_and_nobody_else_may_read(self):
        driver = self.open()
        driver.send(letter(message_id="<../../etc/x%y@example.org>"))
        [name] = os.listdir(self.folder)
        self.assertEqual(name, "20260921T141320.123456Z-.._.._etc_x_y@example.org.eml")
        self.assertEqual(stat.S_IMODE(os.stat(self.folder / name).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(self.folder).st_mode), 0o700)

    def test_a_letter_that_is_sent_again_is_there_once(self):
        driver = self.open()
        driver.send(letter())
        driver.send(letter())
        self.assertEqual(len(os.listdir(self.folder)), 1)

    def test_letters_sent_at_once_are_all_there(self):
        driver = self.open()
        mails = [letter(message_id="<%d@example.org>" % i) for i in range(16)]
        self.assertEqual([answer["status"] for answer in driver.send_all(mails)], [OK] * 16)
        self.assertEqual(len(os.listdir(self.folder)), 16)

    def test_a_folder_that_is_gone_is_no_reason_to_lose_a_letter(self):
        driver = self.open()
        self.folder.rmdir()
        answer = driver.send(letter())
        self.assertEqual(answer["status"], UNAVAILABLE)
        self.assertIn(str(self.folder), answer["why"])
        self.folder.mkdir()
        self.assertEqual(driver.send(letter())["status"], OK)

    def test_a_write_that_fails_half_way_leaves_nothing(self):
        driver = self.open(largest_file=500)
        answer = driver.send(letter(text="x\n" * 5000))
        self.assertEqual(answer["status"], UNAVAILABLE)
        self.assertIn("can't be written", answer["why"])
        self.assertEqual(os.listdir(self.folder), [])

    def test_echo_shows_the_link(self):
        echo = pathlib.Path(self.temporary.name) / "echo.txt"
        driver = self.open(echo=echo)
        driver.send(letter())
        driver.send(letter(to_name=""))
        words = echo.read_text()
        self.assertIn("To:      Ada Lovelace <ada@example.net>\n", words)
        self.assertIn("To:      <ada@example.net>\n", words)
        self.assertEqual(words.count("Subject: Confirm your address\n"), 2)
        self.assertEqual(words.count("\nhttps://example.org/account/verify?token=abc\n"), 2)
        self.assertEqual(stat.S_IMODE(os.stat(echo).st_mode), 0o600)

    def test_an_echo_that_fails_is_logged_and_the_letter_counts(self):
        driver = Driver("folder", path=self.folder, echo="/dev/full")
        self.assertEqual(driver.send(letter())["status"], OK)
        self.assertIn("/dev/full can't be written", driver.close())
        self.assertEqual(len(os.listdir(self.folder)), 1)

    def test_a_folder_that_cannot_be_made_is_said_at_start(self):
        with Driver("folder", path="/proc/nowhere/mails") as driver:
            self.assertEqual(driver.start["status"], UNAVAILABLE)
            self.assertIn("/proc/nowhere/mails", driver.start["why"])


if __name__ == "__main__":
    unittest.main()
