"""Stores full of accounts and sessions. They are made once for each size and kept in the folder --data, by the digest of what made
them, so that a changed schema is never met with old data."""
import glob
import hashlib
import os
import shutil
import subprocess

from browser import PASSWORD
from figures import say
from worker_user import as_worker_user, hand_over


def seeded(options, accounts, sessions, write_settings):
    """A folder with `state`, to be copied, and `tokens`: one a line."""
    folder = f"{options.data}/{accounts}-{sessions}-{maker(options)}"
    if not os.path.exists(folder):
        say(f"  seeding {accounts:,} accounts and {sessions:,} sessions")
        fresh = f"{folder}.{os.getpid()}"
        make(options, fresh, accounts, sessions, write_settings)
        os.rename(fresh, folder)
    return folder


def maker(options):
    digest = hashlib.sha256()
    for path in (options.tool("seed"), *sorted(glob.glob(f"{options.build}/plugins/storage/sqlite.so"))):
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()[:12]


def make(options, fresh, accounts, sessions, write_settings):
    os.makedirs(f"{fresh}/mail")
    os.mkdir(f"{fresh}/state", 0o700)
    hand_over(f"{fresh}/state", f"{fresh}/mail")
    settings = write_settings(fresh, options.build, 80)
    try:
        seed(options, settings, accounts, sessions, f"{fresh}/tokens")
    except BaseException:
        shutil.rmtree(fresh)
        raise


def seed(options, settings, accounts, sessions, token_file):
    with open(token_file, "w", encoding="ascii") as tokens:
        subprocess.run([options.tool("seed"), settings, str(accounts), str(sessions), PASSWORD], stdout=tokens, check=True,
                       **as_worker_user())


def tokens_of(path, count=None):
    tokens = []
    with open(path, encoding="ascii") as file:
        for line in file:
            if len(tokens) == count:
                break
            tokens.append(line.strip())
    return tokens


def address_of(account):
    """As seed.cpp names them: from 0."""
    return f"person{account:07}@site.example"
