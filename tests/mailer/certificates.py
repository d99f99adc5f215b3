"""A certificate authority of the tests' own, made with openssl."""
import pathlib
import ssl
import subprocess


class Authority:
    def __init__(self, folder, name="ca"):
        self.folder = pathlib.Path(folder)
        self.key, self.pem = self.folder / (name + ".key"), self.folder / (name + ".pem")
        self._run("req", "-x509", *self._new_key(self.key), "-subj", "/CN=Test authority " + name, "-days", "2", "-out", self.pem)

    def issue(self, name, alternatives="IP:127.0.0.1,DNS:localhost", days=2):
        """The server side of TLS with a certificate of this authority; negative `days`: it has expired."""
        key, request, pem, extensions = (self.folder / (name + end) for end in (".key", ".csr", ".pem", ".ext"))
        extensions.write_text("subjectAltName=" + alternatives + "\n")
        self._run("req", *self._new_key(key), "-subj", "/CN=" + name, "-out", request)
        self._run("x509", "-req", "-in", request, "-CA", self.pem, "-CAkey", self.key, "-CAcreateserial", "-days", str(days),
                  "-extfile", extensions, "-out", pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem, key)
        return context

    @staticmethod
    def _new_key(path):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(path)]

    @staticmethod
    def _run(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
