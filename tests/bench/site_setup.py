"""A site for measuring: nginx with the real engine on SQLite, beside the same nginx without Doorward, and somebody
signed in. One worker on the first core; whoever asks takes the second."""
import html
import http.client
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.parse

PASSWORD = "a quiet tern over the skerry"

NGINX = """{load}
{user}
worker_processes 1;
worker_cpu_affinity 01;
daemon off;
pid {folder}/{name}.pid;
error_log {folder}/{name}.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    keepalive_requests 100000000;
    client_body_temp_path {folder}/{name}-body;
    proxy_temp_path {folder}/{name}-proxy;
    fastcgi_temp_path {folder}/{name}-fastcgi;
    uwsgi_temp_path {folder}/{name}-uwsgi;
    scgi_temp_path {folder}/{name}-scgi;
    {http}
    server {{
        listen 127.0.0.1:{port};
        root {folder}/www;
        location / {{ }}
        location /protected/ {{ {protected} }}
        location /moved/ {{ return 302 http://localhost/account/login; }}
    }}
}}
"""

SETTINGS = """public_url: http://localhost:{port}
state_dir: {folder}/state
plugin_dir: {folder}/plugins
theme_dir: {source}/config/theme
locales_dir: {locales}
storage: {{plugin: sqlite, path: {folder}/state/accounts.db}}
mailer: {{plugin: folder, path: {folder}/mail}}
mail: {{from_address: desk@site.example}}
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def until(question, about, seconds=30):
    deadline = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s: {about}")
        time.sleep(0.02)


class Server:
    """One nginx; what its worker has used of the processor is read from /proc."""

    def __init__(self, folder, name, **parts):
        self.name, self.folder, self.port = name, folder, parts["port"]
        user = "user www-data;" if os.geteuid() == 0 else ""
        path = f"{folder}/{name}.conf"
        with open(path, "w", encoding="utf-8") as file:
            file.write(NGINX.format(folder=folder, name=name, user=user, **parts))
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-e", f"{folder}/{name}.log", "-c", path])
        self.worker = until(self.find_worker, f"{name} has a worker")

    def find_worker(self):
        if self.process.poll() is not None:
            with open(f"{self.folder}/{self.name}.log", encoding="utf-8") as log:
                raise RuntimeError(f"nginx ended: {log.read()}")
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            children = file.read().split()
        for child in children:  # the settings check is a child too
            with open(f"/proc/{child}/cmdline", "rb") as line:
                if b"worker process" in line.read():
                    return int(child)
        return None

    def cpu_seconds(self):
        total = 0
        for task in os.listdir(f"/proc/{self.worker}/task"):
            with open(f"/proc/{self.worker}/task/{task}/schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0])
        return total / 1e9

    def pss(self):
        """Bytes of memory that are this worker's share."""
        with open(f"/proc/{self.worker}/smaps_rollup", encoding="ascii") as file:
            return int(re.search(r"^Pss:\s+(\d+) kB", file.read(), re.M)[1]) * 1024

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


class Browser:
    """Enough of one to sign up: keeps cookies, sends forms back with their hidden fields."""

    def __init__(self, port):
        self.port, self.cookies = port, {}

    def ask(self, method, target, fields=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Host": f"localhost:{self.port}", "Accept": "text/html", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
                   "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://localhost:{self.port}"}
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name.strip()] = value
        connection.close()
        return answer, text

    def open(self, target):
        for _ in range(5):
            answer, text = self.ask("GET", target)
            if answer.status not in (301, 302, 303):
                return target, text
            target = self.way(answer)
        raise RuntimeError(f"no end of redirects at {target}")

    @staticmethod
    def way(answer):
        parts = urllib.parse.urlsplit(answer.headers["Location"])
        return parts.path + ("?" + parts.query if parts.query else "")

    def submit(self, target, page, **fields):
        """Sends the page's form that has these fields."""
        for form in re.findall(r"<form\b.*?</form>", page, re.S):
            if all(f'name="{name}"' in form for name in fields):
                hidden = {}
                for tag in re.findall(r"<input\b[^>]*>", form):
                    attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
                    if attributes.get("type") == "hidden":
                        hidden[attributes["name"]] = html.unescape(attributes.get("value", ""))
                action = re.search(r'<form[^>]*\baction="([^"]*)"', form)
                to = html.unescape(action[1]) if action else target
                answer, text = self.ask("POST", to, hidden | fields)
                return (to, text) if answer.status not in (301, 302, 303) else self.open(self.way(answer))
        raise RuntimeError(f"no form with {list(fields)} at {target}: {page[:2000]}")


class Bench:
    """`build` is a folder in which everything was built."""

    def __init__(self, build, source):
        self.build, self.source = os.path.abspath(build), source

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="doorward-bench-")
        os.chmod(self.folder, 0o755)
        try:
            self.set_up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def set_up(self):
        folder = self.folder
        for name in ("www/protected", "state", "mail", "plugins/storage", "plugins/mailer"):
            os.makedirs(f"{folder}/{name}")
        for path in ("www/page.html", "www/protected/page.html"):
            with open(f"{folder}/{path}", "w", encoding="ascii") as file:
                file.write("x" * 1024)
        for kind, name in (("storage", "sqlite"), ("mailer", "folder")):
            found = subprocess.run(["find", f"{self.build}/plugins", "-name", f"{name}.so"], capture_output=True, text=True,
                                   check=True).stdout.split()
            shutil.copy(found[0], f"{folder}/plugins/{kind}/{name}.so")
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "www-data", f"{folder}/state", f"{folder}/mail"], check=True)
        port = free_port()
        locales = subprocess.run(["find", self.build, "-path", "*locales*", "-name", "en.json"], capture_output=True,
                                 text=True, check=True).stdout.split()
        with open(f"{folder}/doorward.yaml", "w", encoding="utf-8") as file:
            file.write(SETTINGS.format(port=port, folder=folder, source=self.source,
                                       locales=os.path.dirname(locales[0]) if locales else f"{self.source}/config/locales"))
        self.servers = []
        self.bare = self.server("bare", port=free_port(), load="", http="", protected="")
        self.doorward = self.server(
            "doorward", port=port, load=f"load_module {self.build}/ngx_http_doorward_module.so;",
            http=f"doorward_engine {self.build}/libdoorward.so; doorward_config {folder}/doorward.yaml;",
            protected="doorward required;")

    def server(self, name, **parts):
        server = Server(self.folder, name, **parts)
        self.servers.append(server)
        return server

    def __exit__(self, *_):
        for server in getattr(self, "servers", []):
            server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def mails(self):
        texts = []
        for name in os.listdir(f"{self.folder}/mail"):
            if name.endswith(".eml"):
                with open(f"{self.folder}/mail/{name}", encoding="utf-8", errors="replace") as file:
                    texts.append(file.read())
        return texts

    def sign_up(self, email="ada@site.example"):
        """The cookies of somebody who has just signed up."""
        browser = Browser(self.doorward.port)
        target, page = browser.open("/account/signup")
        target, page = browser.submit(target, page, name="Ada", email=email, password=PASSWORD)
        mail = until(lambda: next((m for m in self.mails() if email in m), None), "the letter")
        code = re.search(r"^.*code.*?\b(\d{8})\b", mail, re.M | re.I)[1]
        browser.submit(target, page, code=code)
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
