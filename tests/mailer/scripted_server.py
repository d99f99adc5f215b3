"""A mail server that follows a script, for what no real one does on demand: it refuses, stalls, hangs up or raves at one step."""
import socket
import threading

GOOD = {"banner": "220 scripted", "EHLO": "250-scripted\r\n250-PIPELINING\r\n250 SIZE 10000000", "MAIL": "250 ok", "RCPT": "250 ok",
        "DATA": "354 go on", "body": "250 taken", "QUIT": "221 bye", "else": "502 what?"}
STALL, CLOSE, DRIP = object(), object(), object()


class ScriptedServer:
    """`scripts`: for each connection in turn, the steps that differ from GOOD; the last one holds for all that follow.
    A step's answer is a line without its end, STALL, CLOSE, DRIP, bytes that are sent as they are, or a list of these, one for each
    time that the step comes in one connection, or a function of what the client said. "else" is every other line's."""

    def __init__(self, *scripts):
        self.scripts = list(scripts)
        self.commands = []    # of all connections
        self.bodies = []      # complete ones
        self.connections = 0
        self.quiet = threading.Event()  # set: whoever stalls may go
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open = []
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.listener.fileno() < 0:
            return
        self.quiet.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(timeout=10)
        for connection in self.open:
            connection.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            script = GOOD | self.scripts[min(self.connections, len(self.scripts) - 1)]
            script = {step: list(answer) if isinstance(answer, list) else answer for step, answer in script.items()}
            script.setdefault("HELO", script["EHLO"])
            self.connections += 1
            self.open.append(connection)
            threading.Thread(target=self._serve, args=(connection, script), daemon=True).start()

    def _serve(self, connection, script):
        try:
            with connection, connection.makefile("rb") as lines:
                self._follow(connection, lines, script)
        except (OSError, ValueError):
            pass

    def _follow(self, connection, lines, script):
        if not self._answer(connection, script["banner"]):
            return
        for line in lines:
            command = line.decode("latin-1").rstrip("\r\n")
            self.commands.append(command)
            verb = command.split(" ")[0].upper()
            if not self._answer(connection, script.get(verb, script["else"]), command) or verb == "QUIT":
                return
            if verb == "DATA" and script["DATA"] == GOOD["DATA"]:
                if script["body"] == "close half-way":
                    lines.read(40)
                    return
                self.bodies.append(b"".join(iter(lines.readline, b".\r\n")))
                if not self._answer(connection, script["body"]):
                    return

    def _answer(self, connection, answer, command=""):
        if callable(answer):
            answer = answer(command)
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if answer is CLOSE:
            return False
        if answer is STALL:
            self.quiet.wait(timeout=60)
            return False
        if answer is DRIP:  # a line that never ends
            while not self.quiet.wait(timeout=0.05):
                connection.sendall(b"2")
            return False
        connection.sendall(answer if isinstance(answer, bytes) else answer.encode() + b"\r\n")
        return True
