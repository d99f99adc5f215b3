"""Many at once: requests in the background, and servers that are restarted meanwhile."""
import threading

from harness import client, support


def in_background(work, count):
    """Runs work(i) in threads; join() gives the results, exceptions among them."""
    results = [None] * count

    def one(i):
        try:
            results[i] = work(i)
        except Exception as error:  # a result like any other
            results[i] = error

    threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()

    def join():
        for thread in threads:
            thread.join()
        return results

    return join


def at_once(work, count):
    """The results of work(i) in so many threads; the first exception of any is raised here."""
    results = in_background(work, count)()
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def established(port):
    """Connections that are open at this port of 127.0.0.1."""
    with open("/proc/net/tcp", encoding="ascii") as file:
        rows = [line.split() for line in file.readlines()[1:]]
    return sum(1 for row in rows if row[1] == f"0100007F:{port:04X}" and row[3] == "01")


def in_flight(port, count):
    """Slow pages, and only when all of them have been asked for does this return; join() gives the answers."""
    join = in_background(lambda i: client.http1(port, "GET", f"/account/slow?ms=700&n={i}", ()), count)
    support.until(lambda: established(port) >= count, "the requests are there")
    return join


def restart_under_load(port, restart, times, visitors):
    """While people ask for pages and for protected files, restart() is called so often; nobody is left without an answer. Between
    two restarts, and after the last, there is load."""
    over = threading.Event()
    statuses, failures = [], []

    def visitor(i):
        n = 0
        while not over.is_set():
            n += 1
            try:
                statuses.append(client.http1(port, "POST", "/account/slow?ms=5", (), b"x").status)
                statuses.append(client.http1(port, "GET", "/protected/page.html", [("Cookie", f"fake=slow-r{i}x{n}")]).status)
            except (ConnectionError, ValueError) as error:
                failures.append(error)

    threads = [threading.Thread(target=visitor, args=(i,)) for i in range(visitors)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(times):
            support.expect(restart(), "the restart was refused")
            wanted = len(statuses) + visitors
            support.until(lambda: len(statuses) > wanted or failures, "people are answered again")
    finally:
        over.set()
        for thread in threads:
            thread.join()
    support.equal(failures, [], "requests without an answer")
    support.equal(set(statuses), {200}, "statuses")
