"""Ports of 127.0.0.1 for the servers of tests, which start and end several times and run beside other tests.

What the kernel would give for port 0 isn't good enough: it may give the same one to whoever connects to anything while the
test's server is down, and then the server can't come back. So ports are taken from below those (ip_local_port_range), and one
that is taken is this process's until it ends: it is held by the name of a socket that goes with the process.

As a program it prints one port, and holds it until its input ends."""
import random
import socket
import sys

LOWEST = 10240
HOLDERS = []  # of what was given out


def free_ports(count):
    """So many ports that nobody else has, or gets as long as this process lives."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        end = int(file.read().split()[0])
    candidates = range(LOWEST, end if end > LOWEST + 1000 else 65536)
    found = []
    for port in random.sample(candidates, len(candidates)):
        holder = socket.socket(socket.AF_UNIX)
        try:
            holder.bind(f"\0doorward-test-port-{port}")
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that has just ended doesn't matter
                probe.bind(("127.0.0.1", port))
        except OSError:
            holder.close()
            continue
        HOLDERS.append(holder)
        found.append(port)
        if len(found) == count:
            return found
    raise OSError(f"no {count} free ports in {candidates}")


def free_port():
    return free_ports(1)[0]


if __name__ == "__main__":
    print(free_port(), flush=True)
    sys.stdin.read()
