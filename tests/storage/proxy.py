"""A network between the plugin and its server, whose faults a test decides: a TCP proxy that reads PostgreSQL's messages as they
pass (protocol-flow and message formats: chapter 55 of PostgreSQL's documentation), counts them, and cuts, stalls or slows."""
import contextlib
import socket
import struct
import threading
import time

CANCEL = 80877102  # the code of a CancelRequest


class Proxy:
    """Counts from reset() on: `messages` of clients that have passed, `asked` (Sync: the ends of their queues), `cancels`."""

    def __init__(self, port):
        self.target = port
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.flowing = threading.Event()
        self.flowing.set()
        self.pairs, self.rewrite, self.delay, self.closed = set(), None, 0, False
        self.reset()
        threading.Thread(target=self._accept, daemon=True).start()

    def reset(self, fault=None, at=0):
        """`fault` strikes once, at the at-th message of any client from now on: "before" cuts all connections instead of passing
        it on; "after" passes it on, and cuts once the server has answered, whose answer is lost; "stall": it is passed on, and
        nothing more flows in any direction until flow()."""
        with self.lock:
            self.messages = self.asked = self.cancels = self.connections = 0
            self.fault, self.at, self.struck = fault, at, False

    def flow(self):
        self.flowing.set()

    def stall(self):
        self.flowing.clear()

    def cut(self):
        with self.lock:
            pairs, self.pairs = self.pairs, set()
        for one in pairs:
            for end in one:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.closed = True
        self.flow()
        self.listener.close()
        self.cut()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _accept(self):
        while not self.closed:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            server = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            client.close()
            return
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pair = (client, server)
        with self.lock:
            self.pairs.add(pair)
            self.connections += 1
        answered = threading.Event()
        state = {"drop": False, "answered": answered}
        back = threading.Thread(target=self._answers, args=(server, client, state), daemon=True)
        back.start()
        with contextlib.suppress(OSError, EOFError):
            self._questions(client, server, state)
        for end in pair:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        back.join()
        client.close()
        server.close()
        with self.lock:
            self.pairs.discard(pair)

    def _questions(self, client, server, state):
        first = True
        while True:
            kind = b"" if first else read(client, 1)
            head = read(client, 4)
            body = read(client, struct.unpack("!I", head)[0] - 4)
            code = struct.unpack("!I", body[:4])[0] if first and len(body) >= 4 else 0
            self.flowing.wait()
            with self.lock:
                self.messages += 1
                self.asked += kind == b"S"
                self.cancels += code == CANCEL
                strikes = self.fault if self.messages == self.at else None
                self.struck = self.struck or strikes is not None
                state["drop"] = state["drop"] or strikes == "after"
            if strikes == "before":
                self.cut()
                return
            if strikes == "stall":
                self.flowing.clear()
            server.sendall(kind + head + body)
            # Messages of a queue before its end have no answer of their own yet: the cut waits for the one of the end.
            if state["drop"] and (kind in (b"S", b"p", b"") or code):
                state["answered"].wait(10)
                self.cut()
                return
            first = first and code == CANCEL

    def _answers(self, server, client, state):
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if state["drop"]:  # an answer always ends with its ReadyForQuery or a request to the client; both come at once
                    state["answered"].set()
                    continue
                if self.delay:
                    time.sleep(self.delay)
                self.flowing.wait()
                if state["drop"]:
                    state["answered"].set()
                    continue
                client.sendall(self.rewrite(data) if self.rewrite else data)
        state["answered"].set()
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)


def read(source, size):
    data = b""
    while len(data) < size:
        more = source.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data
