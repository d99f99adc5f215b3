// What doorward.yaml says, read and checked. Every key, its default and why one would set it stand in
// config/doorward.yaml and in the table of keys.cpp; a lint compares them with the members below.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace doorward::settings {

struct Place {  // where a value stands; line 0: it is a default
  std::string file;
  int line = 0;
  int column = 0;
};

struct PluginValue {
  std::string key;  // dotted below the plugin's own entry: "tls.verify"
  std::string value;
  bool is_secret_reference = false;  // came as {file: ...} or {env: ...}, already read
  Place place;
};

struct PluginEntry {  // `storage: {plugin: sqlite, path: ...}`
  std::string name;   // "sqlite"
  std::vector<PluginValue> values;
  Place place;
};

using Names =
    std::vector<std::pair<std::string, std::string>>;  // a key and what it is called, in their order

struct Settings {
  std::string file;                     // absolute path of the main YAML file
  std::vector<std::string> files;       // all that were read: the main file, then those it includes
  std::map<std::string, Place> places;  // by dotted name, of what was given: the rest has its default

  // The site
  std::string public_url;   // "https://example.org", without a trailing slash: the only source of links
  std::string public_host;  // "example.org" or "example.org:8443": of public_url, lower case, A-label
  bool secure = true;       // public_url is https. http is allowed on loopback only
  bool hsts = true;         // where secure: pages say that browsers are to come by https only (RFC 6797)
  std::string mount = "/account";
  struct Site {
    std::string name;           // shown on pages and in letters; default: public_host without its port
    std::string support_email;  // whom to ask; may be empty
    std::string support_url;    // may be empty
    std::string home = "/";     // where a person goes who came from nowhere: a path
  } site;

  // Folders: absolute paths
  std::string state_dir = "/var/lib/doorward";  // shared by all workers and the command: epochs, limits, keys
  std::string plugin_dir;                       // <plugin_dir>/<kind>/<name>.so
  std::string theme_dir;                        // Doorward's own theme
  std::string theme_overrides;                  // the site's own files; empty: none
  std::string locales_dir;
  std::vector<std::string> locales = {"en", "de"};  // offered; the first is the default
  Names sites;                                      // that people may or may not want e-mails of

  // Plugins
  PluginEntry storage;
  PluginEntry mailer;
  struct Mail {
    std::string from_name;  // default: site.name
    std::string from_address;
  } mail;

  struct Signup {
    bool enabled = true;
    std::chrono::seconds confirmation_lifetime{24 * 3600};
  } signup;
  struct Recovery {
    std::chrono::seconds lifetime{1800};
  } recovery;
  struct Invitation {
    std::chrono::seconds lifetime{7 * 24 * 3600};
  } invitation;
  struct Emails {
    std::string change = "own";  // or "request": a person asks whoever runs the site
  } emails;
  struct Password {
    std::uint32_t min_length = 15;      // code points
    std::uint64_t hash_memory = 19456;  // KiB, Argon2id
    std::uint32_t hash_passes = 2;
    std::uint32_t hash_seats = 0;  // hashes at a time on the whole host; 0: as many as cores
    std::chrono::milliseconds hash_wait{2000};
    std::vector<std::string> blocked_words;  // besides the built-in list
    std::string breach_list;                 // a filter file; empty: none is asked
    std::string breach_service;     // of a service, what stands before five digits; empty: none is asked
    std::string breach_service_ca;  // a file of authorities; empty: the system's
    std::chrono::milliseconds breach_timeout{2000};
    std::string breach_on_failure = "accept";
  } password;
  struct TwoFactor {
    std::string window = "default";  // "strict", "default" or "wide"
  } two_factor;
  struct Session {
    std::chrono::seconds lifetime{24 * 3600};  // absolute
    std::chrono::seconds idle{3600};
    std::chrono::seconds remembered_lifetime{30 * 24 * 3600};  // "keep me signed in"
    std::chrono::seconds remembered_idle{14 * 24 * 3600};
    std::chrono::seconds backup_lifetime{1800};  // by /backup-login
    std::chrono::seconds fresh{900};             // how long a password counts as just given
  } session;
  struct Limits {
    std::uint32_t account_failures = 10;  // wrong passwords of one account before delays begin
    std::uint32_t address_failures = 50;  // of one /24 or /64, within limits.window
    std::uint32_t site_failures = 1000;   // of the whole site, within limits.window
    std::chrono::seconds window{900};
    std::uint32_t mails_per_address = 5;   // letters to one mailbox within an hour
    std::uint32_t mails_per_client = 20;   // letters asked for from one /24 or /64 within an hour
    std::uint32_t mails_per_site = 10000;  // letters asked for by strangers within an hour; then one a second
  } limits;
  std::vector<std::string> identity_headers;  // besides the built-in list: dropped from what clients send
  struct Assertion {
    std::string audience;  // default: public_url
    std::chrono::seconds lifetime{60};
  } assertion;
  std::vector<std::string> trusted_proxies;  // `doorward serve`: whose Forwarded headers count
  struct Backup {
    std::vector<std::string> allowed_addresses;  // of /backup-login; empty: any
  } backup_login;
  struct Audit {
    std::chrono::seconds retention{30 * 24 * 3600};
  } audit;
};

}  // namespace doorward::settings
