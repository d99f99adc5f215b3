"""Places of an Apache with every way of leading from one to another, and with its own rules beside ours: apache_access_test.py asks."""
import base64
import hashlib

from harness import fake, support
from harness.apache import Apache
from harness.upstream import Upstream

SECRET = "the secret"
SCRIPT = """#!/bin/sh
printf 'Content-Type: text/plain\\n\\n'
env | grep -E '^(DOORWARD_|REMOTE_USER|AUTH_TYPE|HTTP_X_|HTTP_COOKIE|REDIRECT_REMOTE|REDIRECT_DOORWARD_)' | sort
"""
PAGES = {"page.html": "public page", "protected/page.html": SECRET, "protected/index.html": SECRET, "deny/page.html": SECRET,
         "any/page.html": SECRET, "any_deny/page.html": SECRET, "all/page.html": SECRET, "several/page.html": SECRET,
         "either/page.html": SECRET, "both/page.html": SECRET, "methods/page.html": SECRET, "unset/page.html": SECRET,
         "htaccess/page.html": SECRET, "htaccess/.htaccess": "AuthType Doorward\nRequire doorward-role administrator\n",
         "off/page.html": "public page", "inherit/open/page.html": "public page", "inherit/page.html": SECRET,
         "ssi/page.shtml": '<!--#include virtual="/protected/page.html" -->|', "ssi/admin.shtml": '<!--#include virtual="/admin/page.html" -->|',
         "ssi/own.shtml": '<!--#include virtual="/account/menu" -->|',
         "ssi/name.shtml": '<!--#echo var="DOORWARD_USER" -->|', "admin/page.html": SECRET, "front/index.html": "front",
         "locked/page.html": SECRET}

TEXT = """
DoorwardConfig SETTINGS
DocumentRoot FOLDER/www
DirectoryIndex index.html
AddOutputFilter INCLUDES .shtml
ProxyPass /app/ http://UPSTREAM/app/
ErrorDocument 400 /early
ProxyPass /early http://UPSTREAM/early
<Directory />
    Require all denied
</Directory>
<Directory FOLDER/www>
    Options +Includes
    AllowOverride AuthConfig
    Require all granted
</Directory>
ScriptAlias /cgi/ FOLDER/cgi/
<Directory FOLDER/cgi>
    Options +ExecCGI
    AuthType Doorward
    Require all granted
</Directory>
<Location /cgi/email>
    DoorwardRemoteUser email
</Location>
<Location /cgi/signed>
    DoorwardAssertion On
</Location>
<Location /signed_lost/>
    AuthType Doorward
    Require all granted
    DoorwardHeaders On
    DoorwardAssertion On
    ErrorDocument 404 /early
</Location>
<Location /signed_quiet/>
    AuthType Doorward
    Require all granted
    DoorwardHeaders On
    DoorwardAssertion On
    ErrorDocument 404 /quiet/x
</Location>
ProxyPass /quiet/ http://UPSTREAM/quiet/
<Location /quiet/>
    AuthType Doorward
    Require all granted
</Location>
<Location /signed_cgi/>
    AuthType Doorward
    Require all granted
    DoorwardAssertion On
    ErrorDocument 404 /cgi/env
</Location>
<Location /cgi_off>
    Require all granted
</Location>
<Location /protected/>
    AuthType Doorward
    Require valid-user
</Location>
<Location /admin/>
    AuthType Doorward
    Require doorward-role administrator
</Location>
<Location /app/>
    AuthType Doorward
    Require valid-user
    DoorwardHeaders On
    ErrorDocument 401 /page.html
    ErrorDocument 403 /page.html
</Location>
<Location /rewrite_proxy/>
    AuthType Doorward
    Require valid-user
</Location>
<Location /deny/>
    AuthType Doorward
    <RequireAll>
        Require not ip 127.0.0.1
        Require valid-user
    </RequireAll>
</Location>
<Location /any/>
    AuthType Doorward
    Require ip 127.0.0.1
    Require valid-user
</Location>
<Location /any_deny/>
    AuthType Doorward
    Require ip 192.0.2.1
    Require valid-user
</Location>
<Location /all/>
    AuthType Doorward
    <RequireAll>
        Require ip 127.0.0.1
        Require valid-user
    </RequireAll>
</Location>
<Location /several/>
    AuthType Doorward
    Require doorward-role editor administrator
</Location>
<Location /either/>
    AuthType Doorward
    <RequireAny>
        Require doorward-role administrator
        Require doorward-fresh 15m
    </RequireAny>
</Location>
<Location /both/>
    AuthType Doorward
    <RequireAll>
        Require doorward-role administrator
        Require doorward-fresh 15m
    </RequireAll>
</Location>
<Location /methods/>
    AuthType Doorward
    Require method GET
    Require valid-user
</Location>
<Location /unset/>
    Require doorward-role administrator
</Location>
<Location /inherit/>
    AuthType Doorward
    Require valid-user
</Location>
<Location /inherit/open/>
    AuthType None
    Require all granted
</Location>
<Location /missing/>
    ErrorDocument 404 /protected/page.html
</Location>
<Location /missing_page/>
    ErrorDocument 404 /account/missing
</Location>
<Location /hsts/>
    AuthType Doorward
    Require valid-user
    Header always set Strict-Transport-Security "max-age=1"
</Location>
<Directory FOLDER/www/front>
    FallbackResource /front/index.html
</Directory>
<VirtualHost *>
    ServerName site.example
    ProxyPass /account/ http://UPSTREAM/account/
    RewriteEngine On
    RewriteRule ^/rewrite/ /protected/page.html [PT]
    RewriteRule ^/rewrite_own/ /account/login [PT]
    RewriteRule ^/rewrite_proxy/(.*) http://UPSTREAM/$1 [P]
    RewriteRule ^/account/old$ https://site.example/account/new [R=301]
</VirtualHost>
<VirtualHost *>
    ServerName closed.example
    FallbackResource /page.html
    SetOutputFilter DEFLATE
    <Location />
        AuthType Doorward
        Require valid-user
    </Location>
</VirtualHost>
<VirtualHost *>
    ServerName denied.example
    <Location />
        AuthType Doorward
        <RequireAll>
            Require valid-user
            Require not ip 127.0.0.1
        </RequireAll>
    </Location>
</VirtualHost>
<VirtualHost *>
    ServerName basic.example
    <Location />
        AuthType Basic
        AuthName site
        AuthUserFile FOLDER/users
        Require valid-user
    </Location>
</VirtualHost>
<VirtualHost *>
    ServerName moved.example
    Redirect permanent / https://moved.example/
</VirtualHost>
<VirtualHost *>
    ServerName proxied.example
    Alias /account/files FOLDER/www
    ProxyPass / http://UPSTREAM/
    RewriteEngine On
    RewriteRule ^/(account|backup-login)(.*) http://UPSTREAM/stolen [P]
</VirtualHost>
"""


class Places:
    """`with Places() as site`: site.apache serves them, site.upstream is what some are proxied to."""

    def __enter__(self):
        self.folder_context = support.temporary_folder()
        folder = self.folder_context.__enter__()
        self.upstream = Upstream().__enter__()
        for name, text in PAGES.items():
            support.write(f"{folder}/www/{name}", text)
        for name in ("env", "email", "signed"):
            support.write(f"{folder}/cgi/{name}", SCRIPT, 0o755)
        support.write(f"{folder}/users", "bob:{SHA}" + base64.b64encode(hashlib.sha1(b"secret").digest()).decode() + "\n")
        text = TEXT.replace("UPSTREAM", f"127.0.0.1:{self.upstream.port}").replace("FOLDER", folder)
        self.apache = Apache(folder, text.replace("SETTINGS", fake.settings(folder)), processes=2,
                             expected=[r"AuthType not set", r"needs AuthType Doorward"])
        self.apache.start()
        return self

    def __exit__(self, *error):
        try:
            self.apache.__exit__(*error)
        finally:
            self.upstream.__exit__()
            self.folder_context.__exit__(None, None, None)
