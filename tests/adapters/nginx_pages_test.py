"""What only nginx has: bodies that wait in a temporary file."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import client, support
from harness.site import Site

WRITTEN = "buffered to a temporary file"


def post(site, target, size):
    """By each version of HTTP, with a length and without one."""
    for version, port in site.server.ports.items():
        for chunked in (False, True):
            answer = client.CLIENTS[version](port, "POST", target, [("Cookie", "fake=alice")], b"p" * size, chunked)
            support.expect(answer.status == 200 and f'"body_size":{size},' in answer.text(), f"HTTP/{version} {chunked}: {answer}")


def test_no_body_is_written_to_disk():
    """client_body_in_file_only and a small buffer are overruled: a password is in no file."""
    with Site("max_body: 50000\n", lines="client_body_in_file_only on; client_body_buffer_size 16;") as site:
        post(site, "/account/x", 40000)
        files = [name for _, _, names in os.walk(f"{site.folder}/temp/body") for name in names]
        support.equal(files, [], "temporary files")
        support.expect(WRITTEN not in site.server.log(), "a temporary file was written")


def test_a_file_waits_on_the_disk():
    with Site("upload: /account/avatar\nmax_upload: 90000\n") as site:
        post(site, "/account/avatar", 90000)
        support.expect(WRITTEN in site.server.log(), "no temporary file was written")


support.run(support.tests_in(sys.modules[__name__]))
