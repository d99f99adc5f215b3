"""Settings for the scripted engine (fake_engine.cpp)."""
from harness.support import write

COMMON = """mount: /account
path: /backup-login
header: x-doorward-*
header: x-user
cookie: fake
cookie: fake-browser
max_body: 1000
"""


def settings(folder, more="", name="doorward.yaml", mode=0o644):
    return write(f"{folder}/{name}", COMMON + more, mode)
