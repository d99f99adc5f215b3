#include "settings/keys.hpp"

#include <algorithm>
#include <iterator>

namespace doorward::settings {

namespace {

// What a row may have besides its name, member, default and help.
struct Bounds {
  const char* least;
  const char* most;
};

constexpr Key row(const char* name, Member member, const char* fallback, const char* help) {
  return {name, member, fallback, nullptr, nullptr, nullptr, false, help};
}
constexpr Key row(const char* name, Member member, const char* fallback, Check check, const char* help) {
  return {name, member, fallback, nullptr, nullptr, check, false, help};
}
constexpr Key row(const char* name, Member member, const char* fallback, Bounds bounds, const char* help) {
  return {name, member, fallback, bounds.least, bounds.most, nullptr, false, help};
}
constexpr Key folder(const char* name, Member member, const char* fallback, const char* help) {
  return {name, member, fallback, nullptr, nullptr, nullptr, true, help};
}

// The defaults stand in settings.hpp, too, where tests and programs without a file find them: a test compares both.
constexpr Key table[] = {
    row(
        "public_url", [](Settings& s) -> auto& { return s.public_url; }, nullptr, check_public_url,
        "Where people reach the site. The only source of links in pages and letters; http on loopback only."),
    row(
        "mount", [](Settings& s) -> auto& { return s.mount; }, "/account", check_mount,
        "The path at which Doorward's own pages begin: it and all below it are Doorward's."),
    row(
        "hsts", [](Settings& s) -> auto& { return s.hsts; }, "true",
        "Doorward's pages tell browsers to reach the whole host by https only, for a year. False: you say so "
        "yourself, or can't yet."),

    row(
        "site.name", [](Settings& s) -> auto& { return s.site.name; }, "",
        "The site's name on pages and in letters. Without it the host of public_url is shown."),
    row(
        "site.support_email", [](Settings& s) -> auto& { return s.site.support_email; }, "",
        check_email_or_empty,
        "Whom to write to when somebody can't get in; shown on error pages and in letters."),
    row(
        "site.support_url", [](Settings& s) -> auto& { return s.site.support_url; }, "", check_url_or_empty,
        "A help page, shown like support_email."),
    row(
        "site.home", [](Settings& s) -> auto& { return s.site.home; }, "/", check_home,
        "Where a person goes after signing in who came from nowhere in particular."),

    folder(
        "state_dir", [](Settings& s) -> auto& { return s.state_dir; }, "/var/lib/doorward",
        "Files shared by all workers and the command: revocations, limits, keys. The web server's user owns "
        "it."),
    folder(
        "plugin_dir", [](Settings& s) -> auto& { return s.plugin_dir; }, DOORWARD_PLUGIN_DIR,
        "Where plugins are: <plugin_dir>/<kind>/<name>.so. Nobody but its owner may write there."),
    folder(
        "theme_dir", [](Settings& s) -> auto& { return s.theme_dir; }, DOORWARD_THEME_DIR,
        "Doorward's own pages, letters and style sheet."),
    folder(
        "theme_overrides", [](Settings& s) -> auto& { return s.theme_overrides; }, "",
        "The site's own templates: a file here takes the place of the file of the same name in theme_dir."),
    folder(
        "locales_dir", [](Settings& s) -> auto& { return s.locales_dir; }, DOORWARD_LOCALES_DIR,
        "The texts of pages and letters, one file for each language."),
    row(
        "locales", [](Settings& s) -> auto& { return s.locales; }, "en, de", check_locale,
        "Languages offered, by the browser's wish; the first is for everybody else."),

    row(
        "sites", [](Settings& s) -> auto& { return s.sites; }, "", check_name,
        "Sites of yours that send e-mails, each with its name, such as {blog: Our blog}: people choose whose "
        "they want."),

    row(
        "storage", [](Settings& s) -> auto& { return s.storage; }, nullptr,
        "The plugin that keeps accounts; its own settings stand beside plugin: see `doorward plugin info`."),
    row(
        "mailer", [](Settings& s) -> auto& { return s.mailer; }, nullptr,
        "The plugin that sends letters; its own settings stand beside plugin: see `doorward plugin info`."),
    row(
        "mail.from_address", [](Settings& s) -> auto& { return s.mail.from_address; }, nullptr, check_email,
        "The sender of all letters: an address that your mail server may send for."),
    row(
        "mail.from_name", [](Settings& s) -> auto& { return s.mail.from_name; }, "",
        "The sender's name. Without it site.name."),

    row(
        "signup.enabled", [](Settings& s) -> auto& { return s.signup.enabled; }, "true",
        "Whether strangers may make an account. With false people come by invitation only."),
    row(
        "signup.confirmation_lifetime", [](Settings& s) -> auto& { return s.signup.confirmation_lifetime; },
        "24h", Bounds{"5m", "24h"},
        "How long the link that proves an address is good (NIST SP 800-63A-4: at most 24h)."),
    row(
        "recovery.lifetime", [](Settings& s) -> auto& { return s.recovery.lifetime; }, "30m",
        Bounds{"5m", "24h"}, "How long a link that sets a new password is good."),
    row(
        "invitation.lifetime", [](Settings& s) -> auto& { return s.invitation.lifetime; }, "7d",
        Bounds{"1h", "30d"}, "How long an invitation is good."),

    row(
        "emails.change", [](Settings& s) -> auto& { return s.emails.change; }, "own", check_own_or_request,
        "Who changes the addresses of an account: own, its owner; request, you: its owner writes to "
        "site.support_email."),

    row(
        "password.min_length", [](Settings& s) -> auto& { return s.password.min_length; }, "15",
        Bounds{"8", "64"},
        "The shortest password, in characters (NIST SP 800-63B-4: 15 where it is the only factor)."),
    row(
        "password.hash_memory", [](Settings& s) -> auto& { return s.password.hash_memory; }, "19 MiB",
        Bounds{"12 MiB", "1 GiB"},
        "Memory that one password check takes, with Argon2id: what makes guessing dear."),
    row(
        "password.hash_passes", [](Settings& s) -> auto& { return s.password.hash_passes; }, "2",
        Bounds{"1", "16"},
        "Passes over that memory: 1 needs at least 46 MiB, 2 need 19 MiB, 3 or more need 12 MiB (OWASP ASVS "
        "5)."),
    row(
        "password.hash_seats", [](Settings& s) -> auto& { return s.password.hash_seats; }, "0",
        Bounds{"0", "1024"},
        "Password checks at a time on the whole host, all workers together; 0: as many as it has cores."),
    row(
        "password.hash_wait", [](Settings& s) -> auto& { return s.password.hash_wait; }, "2s",
        Bounds{"0s", "30s"},
        "How long a sign-in waits for a free seat before it is told to come back later (503)."),
    row(
        "password.blocked_words", [](Settings& s) -> auto& { return s.password.blocked_words; }, "",
        check_name,
        "Words no password may be made of, besides the built-in list: your company, your products."),
    folder(
        "password.breach_list", [](Settings& s) -> auto& { return s.password.breach_list; }, "",
        "A file of passwords that were leaked, none of which may be chosen: made by pwqfilter, see "
        "docs/guides/breaches.md. Empty: none is asked."),
    row(
        "password.breach_service", [](Settings& s) -> auto& { return s.password.breach_service; }, "",
        check_service_or_empty,
        "A service that knows leaked passwords and learns five digits of a SHA-1 of 40, such as "
        "https://api.pwnedpasswords.com/range/. Empty: none is asked."),
    folder(
        "password.breach_service_ca", [](Settings& s) -> auto& { return s.password.breach_service_ca; }, "",
        "A file with the certificates of the authorities that this service is trusted by. Without it the "
        "system's."),
    row(
        "password.breach_timeout", [](Settings& s) -> auto& { return s.password.breach_timeout; }, "2s",
        Bounds{"100ms", "10s"}, "How long somebody who chooses a password waits for this service at most."),
    row(
        "password.breach_on_failure", [](Settings& s) -> auto& { return s.password.breach_on_failure; },
        "accept", check_accept_or_refuse,
        "What becomes of a new password while the file can't be read or the service doesn't answer: accept "
        "or refuse."),

    row(
        "two_factor.window", [](Settings& s) -> auto& { return s.two_factor.window; }, "default",
        check_window,
        "Codes of an authenticator that are taken: strict, the present 30 seconds' only; default, the ones' "
        "before, too; "
        "wide, the next ones' as well."),

    row(
        "session.lifetime", [](Settings& s) -> auto& { return s.session.lifetime; }, "24h",
        Bounds{"5m", "365d"}, "How long a session lasts at most, whatever is done in it."),
    row(
        "session.idle", [](Settings& s) -> auto& { return s.session.idle; }, "1h", Bounds{"1m", "365d"},
        "How long a session lasts without a request."),
    row(
        "session.remembered_lifetime", [](Settings& s) -> auto& { return s.session.remembered_lifetime; },
        "30d", Bounds{"5m", "365d"}, "As session.lifetime, for those who ticked \"keep me signed in\"."),
    row(
        "session.remembered_idle", [](Settings& s) -> auto& { return s.session.remembered_idle; }, "14d",
        Bounds{"1m", "365d"}, "As session.idle, for those who ticked \"keep me signed in\"."),
    row(
        "session.backup_lifetime", [](Settings& s) -> auto& { return s.session.backup_lifetime; }, "30m",
        Bounds{"5m", "24h"}, "As session.lifetime, for administrators who came in by /backup-login."),
    row(
        "session.fresh", [](Settings& s) -> auto& { return s.session.fresh; }, "15m", Bounds{"1m", "24h"},
        "How long a password counts as just given, before a delicate change asks for it again."),

    row(
        "limits.account_failures", [](Settings& s) -> auto& { return s.limits.account_failures; }, "10",
        Bounds{"3", "100"}, "Wrong passwords of one account before each further one has to wait longer."),
    row(
        "limits.address_failures", [](Settings& s) -> auto& { return s.limits.address_failures; }, "50",
        Bounds{"5", "100000"}, "Wrong passwords from one network (IPv4 /24, IPv6 /64) within limits.window."),
    row(
        "limits.site_failures", [](Settings& s) -> auto& { return s.limits.site_failures; }, "1000",
        Bounds{"50", "10000000"}, "Wrong passwords on the whole site within limits.window."),
    row(
        "limits.window", [](Settings& s) -> auto& { return s.limits.window; }, "15m", Bounds{"1m", "24h"},
        "The time over which failures are counted."),
    row(
        "limits.mails_per_address", [](Settings& s) -> auto& { return s.limits.mails_per_address; }, "5",
        Bounds{"1", "1000"}, "Letters to one mailbox within an hour."),
    row(
        "limits.mails_per_client", [](Settings& s) -> auto& { return s.limits.mails_per_client; }, "20",
        Bounds{"1", "100000"}, "Letters that one network (IPv4 /24, IPv6 /64) may ask for within an hour."),
    row(
        "limits.mails_per_site", [](Settings& s) -> auto& { return s.limits.mails_per_site; }, "10000",
        Bounds{"100", "10000000"},
        "Letters that visitors may ask for within an hour on the whole site; then one a second."),

    row(
        "identity_headers", [](Settings& s) -> auto& { return s.identity_headers; }, "", check_header,
        "Headers by which your site knows who is asking, besides X-Doorward-*: dropped from what browsers "
        "send."),
    row(
        "assertion.audience", [](Settings& s) -> auto& { return s.assertion.audience; }, "",
        "For whom assertions are meant, their aud: what your applications compare. Without it public_url."),
    row(
        "assertion.lifetime", [](Settings& s) -> auto& { return s.assertion.lifetime; }, "1m",
        Bounds{"30s", "5m"}, "How long an assertion of who is signed in is good for your applications."),
    row(
        "trusted_proxies", [](Settings& s) -> auto& { return s.trusted_proxies; }, "", check_network,
        "For `doorward serve` only: proxies whose X-Forwarded-For tells the client's address, and who may "
        "ask by --forward-auth."),
    row(
        "backup_login.allowed_addresses",
        [](Settings& s) -> auto& { return s.backup_login.allowed_addresses; }, "", check_network,
        "Networks from which /backup-login answers. Empty: from anywhere."),
    row(
        "audit.retention", [](Settings& s) -> auto& { return s.audit.retention; }, "30d",
        Bounds{"1d", "3650d"}, "How long records of who did what are kept."),
};

}  // namespace

std::span<const Key> keys() { return table; }

const Key* find_key(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(table), std::end(table), [name](const Key& key) { return key.name == name; });
  return found == std::end(table) ? nullptr : found;
}

}  // namespace doorward::settings
