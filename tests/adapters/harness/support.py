"""What every test here begins with: a temporary folder, a deadline, and a sentence for what went wrong."""
import contextlib
import os
import shutil
import sys
import tempfile
import time
import traceback


class Failed(AssertionError):
    pass


def expect(truth, sentence):
    if not truth:
        raise Failed(sentence)


def equal(got, wanted, about):
    expect(got == wanted, f"{about}: {got!r} instead of {wanted!r}")


def until(question, about, seconds=20):
    """Asks again and again; what is true in the end is returned."""
    deadline = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        expect(time.monotonic() < deadline, f"not within {seconds} s: {about}")
        time.sleep(0.01)


@contextlib.contextmanager
def temporary_folder():
    """A folder that the worker's account may look into."""
    folder = tempfile.mkdtemp(prefix="doorward-adapters-")
    os.chmod(folder, 0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def run_all(tests):
    """Runs functions one after another and names those that fail. 0 where none did."""
    expect(tests, "there is no test here")
    failed = 0
    for test in tests:
        begin = time.monotonic()
        try:
            test()
            print(f"ok      {test.__name__} ({time.monotonic() - begin:.1f} s)", flush=True)
        except Exception as error:  # each test is told apart
            failed = 1
            print(f"FAILED  {test.__name__}: {error}", flush=True)
            if not isinstance(error, Failed):
                traceback.print_exc()
    return failed


def run(tests):
    sys.exit(run_all(tests))


def tests_in(module):
    return [thing for name, thing in vars(module).items() if name.startswith("test_")]
