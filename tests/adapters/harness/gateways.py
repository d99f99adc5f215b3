"""Applications behind FastCGI and uwsgi: as much of the protocols as it takes to answer with the parameters that came, as JSON."""
import json
import socketserver
import struct
import threading

BEGIN, END, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6  # FastCGI 1.0, section 8


def _pairs(data):
    """FastCGI 1.0, section 3.4: lengths below 128 are one byte, others four."""
    at, found = 0, {}
    while at < len(data):
        lengths = []
        for _ in range(2):
            if data[at] < 128:
                lengths.append(data[at])
                at += 1
            else:
                lengths.append(struct.unpack(">I", data[at : at + 4])[0] & 0x7FFFFFFF)
                at += 4
        name, value = data[at : at + lengths[0]], data[at + lengths[0] : at + sum(lengths)]
        found[name.decode()] = value.decode()
        at += sum(lengths)
    return found


class _FastCgi(socketserver.StreamRequestHandler):
    def record(self, kind, request, content):
        self.wfile.write(struct.pack(">BBHHBB", 1, kind, request, len(content), 0, 0) + content)

    def handle(self):
        params = b""
        while True:
            head = self.rfile.read(8)
            if len(head) < 8:
                return
            _, kind, request, length, padding, _ = struct.unpack(">BBHHBB", head)
            content = self.rfile.read(length)
            self.rfile.read(padding)
            if kind == PARAMS:
                params += content
            if kind == STDIN and not content:
                break
        self.record(STDOUT, request, b"Content-Type: application/json\r\n\r\n" + json.dumps(_pairs(params)).encode())
        self.record(STDOUT, request, b"")
        self.record(END, request, bytes(8))


class _Uwsgi(socketserver.StreamRequestHandler):
    def handle(self):
        head = self.rfile.read(4)
        if len(head) < 4:
            return
        data = self.rfile.read(struct.unpack("<H", head[1:3])[0])
        at, texts = 0, []
        while at < len(data):
            (length,) = struct.unpack("<H", data[at : at + 2])
            texts.append(data[at + 2 : at + 2 + length].decode())
            at += 2 + length
        body = json.dumps(dict(zip(texts[::2], texts[1::2]))).encode()
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


class _Gateway:
    def __enter__(self):
        self.server = _Server(("127.0.0.1", 0), self.handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class FastCgi(_Gateway):
    handler = _FastCgi


class Uwsgi(_Gateway):
    handler = _Uwsgi
