"""Enough of a browser to sign in and up: keeps cookies and its connection, sends forms back with their hidden fields."""
import html
import http.client
import re
import urllib.parse

PASSWORD = "a quiet tern over the skerry"
SESSION_COOKIE, DEVICE_COOKIE = "doorward", "doorward-device"


class Browser:
    def __init__(self, port):
        self.port, self.cookies = port, {}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method, target, fields=None):
        headers = {"Host": f"localhost:{self.port}", "Accept": "text/html", "Cookie": self.cookie(),
                   "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://localhost:{self.port}"}
        self.connection.request(method, target, body, headers)
        answer = self.connection.getresponse()
        answer.text = answer.read().decode("utf-8", "replace")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name.strip()] = value
        return answer

    def cookie(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def hidden_fields(self, target):
        """Of the page's form that is sent to its own address."""
        page = self.ask("GET", target).text
        for form in re.findall(r"<form\b.*?</form>", page, re.S):
            tags = [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in re.findall(r"<input\b[^>]*>", form)]
            hidden = {tag["name"]: html.unescape(tag.get("value", "")) for tag in tags if tag.get("type") == "hidden"}
            action = re.search(r'<form[^>]*\baction="([^"]*)"', form)
            if "csrf" in hidden and (not action or html.unescape(action[1]).split("?")[0] == target):
                return hidden
        raise RuntimeError(f"no form at {target}: {page[:2000]}")

    def post(self, target, fields):
        """A form that is to be accepted: every accepted one is answered with a redirect."""
        answer = self.ask("POST", target, fields)
        if answer.status != 303:
            raise RuntimeError(f"POST {target}: {answer.status}: {answer.text[:2000]}")
        return answer

    def become_a_stranger(self):
        """The same browser, but nobody has ever signed in with it."""
        self.cookies.pop(SESSION_COOKIE, None)
        self.cookies.pop(DEVICE_COOKIE, None)
