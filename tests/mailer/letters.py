"""Letters that have gone wrong somewhere, and what a reader of mail has to find in each."""
import email
import email.header
import email.policy
import email.utils
import random
import re

LETTERS = {
    "plain": {},
    "no name": {"to_name": "", "from_name": ""},
    "name with emoji": {"to_name": "Ada 👩🏽‍💻 Lovelace 🎉", "from_name": "Büro für Konten"},
    "name with specials": {"to_name": 'Ada "the \\ first", <b@example.com>; (Countess)'},
    "name that looks encoded": {"to_name": "=?utf-8?q?Bcc:_evil=40example.com?="},
    "long name": {"to_name": "Wolfeschlegelsteinhausenbergerdorff " * 8 + "x"},
    "long name of other letters": {"to_name": "Владимир Константинович " * 10 + "я"},
    "subject in Japanese": {"subject": "メールアドレスの確認をお願いします。" * 8},
    "subject in German": {"subject": "Bestätigen Sie Ihre Adresse für Ihr Konto bei Größe & Söhne, damit es losgehen kann"},
    "long subject": {"subject": "Confirm your address now " * 30 + "please"},
    "subject of one long word": {"subject": "x" * 2000},
    "subject with spaces": {"subject": "  two  spaces  "},
    "subject that looks encoded": {"subject": "=?utf-8?b?QmNjOg==?= hello"},
    "empty subject": {"subject": ""},
    "local part with dots": {"to_address": "ada..love@example.net"},
    "local part with specials": {"to_address": "a!#$%&'*+/=?^_`{|}~-z@xn--bcher-kva.example"},
    "leading dots": {"text": ".\n..\n.hidden\n...three\n\n.\n"},
    "end of data inside": {"text": "before\r\n.\r\nMAIL FROM:<evil@example.com>\r\nRCPT TO:<evil@example.com>\r\n"},
    "end of data with bare line feeds": {"text": "before\n.\nMAIL FROM:<evil@example.com>\n"},
    "text like mbox": {"text": "From here on\nFrom there\n>From\n"},
    "long lines": {"text": "word " * 2000 + "\n" + "y" * 3000 + "\n" + "é" * 1500 + "\n"},
    "trailing white space": {"text": "a \nb\t\n \n\t\nend  "},
    "equals signs": {"text": "a=b=3D=\n=\n=20\n"},
    "no line end": {"text": "just this"},
    "many empty lines": {"text": "\n\n\n\nx\n\n\n"},
    "emoji text": {"text": "👩🏽‍💻 ok 🎉\n" * 40, "html": "<p>👩🏽‍💻 ok 🎉</p>\n" * 40},
    "boundary inside": {"text": "--=_0192f3a17c3e7b2aexampleorg--\n--=_0192f3a17c3e7b2aexampleorg\n"},
    "text alone": {"html": ""},
    "separators of Unicode in the text, but lines": {"text": "a\u200bb\u00a0c\u202ed\ufeff\n"},
}


def random_letters(count, seed):
    pick = random.Random(seed)
    pieces = ["a", "Z", " ", "  ", ".", "..", "=", "?", "_", "=?", "?=", "\n", "\n.", "\r\n", "From ", "é", "ß", "Ж", "漢", "👍", "\t",
              "-", "--", '"', "\\", "<", ">", "@", ",", "word", "x" * 70, "ü" * 30, "\u00a0", "\ufffd", "\U0010fffd"]
    lineless = [piece for piece in pieces if not set(piece) & set("\r\n\t")]

    def text(choices, most):
        return "".join(pick.choices(choices, k=pick.randrange(most)))

    return [{"to_name": text(lineless, 30), "subject": text(lineless, 60), "text": text(pieces, 300), "html": text(pieces, 300),
             "message_id": "<%d.%d@example.org>" % (seed, i)} for i in range(count)]


def as_lines(text):
    text = text.replace("\r\n", "\n")
    return text if text.endswith("\n") or not text else text + "\n"


def display_name(raw, field):
    """Python 3.11's newer parser puts white space between the encoded words of a name (RFC 2047 6.2); its older one doesn't."""
    older = email.message_from_bytes(raw, policy=email.policy.compat32)
    name, _ = email.utils.parseaddr(older[field].replace("\r\n", ""))
    return str(email.header.make_header(email.header.decode_header(name)))


def check(test, raw, sent):
    """`raw`, the bytes of a letter that arrived, says what `sent` says, and nothing else."""
    for line in raw.split(b"\r\n"):
        test.assertLessEqual(len(line), 76 if b"<" not in line else 330)
        test.assertNotIn(b"\n", line)
        test.assertNotIn(b"\r", line)
        test.assertFalse(line.startswith(b".") or line.startswith(b"From "), line)
        test.assertTrue(line.isascii())
    for word in re.findall(r"=\?utf-8\?[bq]\?[^?]*\?=", raw.split(b"\r\n\r\n")[0].decode()):
        [(words_bytes, _)] = email.header.decode_header(word)
        words_bytes.decode("utf-8", errors="strict")  # whole characters in each (RFC 2047 5)
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    test.assertEqual(sorted(mail.keys()), sorted(set(mail.keys())), "a field stands twice")
    test.assertLessEqual(set(mail.keys()), {"Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "Content-Language",
                                            "MIME-Version", "Content-Type", "Content-Transfer-Encoding"})
    for field, name, address in (("From", sent["from_name"], sent["from_address"]), ("To", sent["to_name"], sent["to_address"])):
        test.assertEqual(len(mail[field].addresses), 1)
        only = mail[field].addresses[0]
        test.assertEqual(only.username + "@" + only.domain, address)
        test.assertEqual(display_name(raw, field), name)
    test.assertEqual(mail["Subject"] or "", sent["subject"])
    test.assertEqual(mail["Message-ID"], sent["message_id"])
    test.assertEqual(int(mail["Date"].datetime.timestamp()), sent["date"] // 1000000)
    test.assertEqual(mail["Auto-Submitted"], "auto-generated")
    test.assertEqual(mail["Content-Language"], sent["language"])
    parts = list(mail.walk())
    if sent["html"]:
        test.assertEqual([part.get_content_type() for part in parts], ["multipart/alternative", "text/plain", "text/html"])
        test.assertEqual(parts[2].get_content().replace("\r\n", "\n").rstrip("\n"), as_lines(sent["html"]).rstrip("\n"))
        test.assertEqual(parts[1].get_content().replace("\r\n", "\n"), as_lines(sent["text"]))
    else:
        test.assertEqual([part.get_content_type() for part in parts], ["text/plain"])
        test.assertEqual(parts[0].get_content().replace("\r\n", "\n"), as_lines(sent["text"]))
    for part in parts:
        test.assertEqual(part.defects, [])
    return mail


# Each is INVALID for every mailer: nobody can send it.
UNSENDABLE = {
    "line break in the recipient's name": {"to_name": "X\r\nBcc: evil@example.com"},
    "line feed in the sender's name": {"from_name": "X\nBcc: evil@example.com"},
    "carriage return in the subject": {"subject": "X\rBcc: evil@example.com"},
    "NUL in the subject": {"subject": "a\0b"},
    "next line in the subject": {"subject": "a\u0085Bcc: evil@example.com"},
    "line separator in the name": {"to_name": "a\u2028Bcc: evil@example.com"},
    "escape in the text": {"text": "a\x1b[2Jb"},
    "carriage return alone in the text": {"text": "a\rb"},
    "NUL in the HTML": {"html": "a\0b"},
    "line break in the address": {"to_address": "ada@example.net>\r\nRCPT TO:<evil@example.com"},
    "two recipients": {"to_address": "ada@example.net,evil@example.com"},
    "address with a space": {"to_address": "ada @example.net"},
    "address without a domain": {"to_address": "ada"},
    "address with parameters": {"to_address": "ada@example.net> NOTIFY=NEVER"},
    "domain of other letters": {"to_address": "ada@bücher.example"},
    "local part of other letters": {"to_address": "äda@example.net"},
    "domain with an empty label": {"to_address": "ada@example..net"},
    "empty sender": {"from_address": ""},
    "Message-ID with a line break": {"message_id": "<a@b\r\nBcc: evil@example.com>"},
    "Message-ID without brackets": {"message_id": "a@example.org"},
}
