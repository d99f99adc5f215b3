"""A real mail server, aiosmtpd, that keeps what it gets."""
import logging
import os
import sys
import warnings

import aiosmtpd.controller
import aiosmtpd.smtp
import support

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "ports"))
from free_ports import free_port

logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # what clients do wrong here is meant

USER, PASSWORD = "accounts@example.org", "correct horse: battery=staple Ü"


class Arrival:
    def __init__(self, session, envelope):
        self.connection, self.greeting = session, session.host_name
        self.sender, self.recipients, self.content = envelope.mail_from, envelope.rcpt_tos, envelope.content
        self.over_tls, self.authenticated = session.ssl is not None, session.authenticated


class Handler:
    def __init__(self):
        self.inbox = support.Inbox()
        self.connections = 0
        self.passwords_seen = 0

    async def handle_DATA(self, server, session, envelope):
        self.inbox.put(Arrival(session, envelope))
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    server.event_handler.passwords_seen += 1
    good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return aiosmtpd.smtp.AuthResult(success=good, handled=False)


class MailServer(aiosmtpd.controller.Controller):
    """security: "none", "starttls" or "tls"; auth: whether it demands that one signs in."""

    def __init__(self, security="none", context=None, auth=False, port=0):
        settings = {"auth_required": True, "authenticator": authenticate, "auth_require_tls": security == "starttls"} if auth else {}
        if security == "starttls":
            settings |= {"tls_context": context, "require_starttls": True}
        super().__init__(Handler(), hostname="127.0.0.1", port=port or free_port(),
                         ssl_context=context if security == "tls" else None, **settings)
        self.inbox = self.handler.inbox

    def factory(self):
        self.handler.connections += 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # AUTH without STARTTLS: over TLS from the first byte
            return super().factory()

    def __enter__(self):
        self.start()
        self.handler.connections = 0  # the controller's own probe
        return self

    def __exit__(self, *_):
        if not self.loop.is_closed():  # else a test has stopped it before
            self.stop()
