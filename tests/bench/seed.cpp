// doorward-bench-seed <doorward.yaml> <accounts> <sessions> <password> - fills the store that the settings name with accounts
// that may sign in (person0000000@site.example, ...; every second one has another verified address, work0000001@site.example) and
// with sessions of theirs, whose tokens it prints, one a line. It writes what the engine would have written, but for the salt of
// the password, which all accounts share: a million hashes would take hours.
#include <sodium.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "crypto/digest.hpp"
#include "crypto/key_ring.hpp"
#include "plugin_host/storage_client.hpp"
#include "records/account.hpp"
#include "records/database.hpp"
#include "records/email.hpp"
#include "records/epochs.hpp"
#include "records/organization.hpp"
#include "records/schema.hpp"
#include "records/session.hpp"
#include "settings/read.hpp"

namespace {

using namespace doorward;
using records::SessionToken;

constexpr std::size_t rows_a_transaction = 10'000;
constexpr std::chrono::minutes transaction_timeout{5};
constexpr std::chrono::hours session_life{24 * 365};  // so that seeded data can be kept for later runs
constexpr std::chrono::minutes unused{10};            // longer than workers keep a use to themselves

class StandardError final : public Log {
 public:
  void write(Level, std::string_view line) override {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
  }
};

struct Order {
  std::string settings;
  std::size_t accounts = 0, sessions = 0;
  std::string password;
};

std::size_t number(const char* word) {
  std::size_t value = 0;
  const char* end = word + std::strlen(word);
  if (std::from_chars(word, end, value).ptr != end)
    throw std::invalid_argument(std::string("not a number: ") + word);
  return value;
}

std::string hash_of(const std::string& password, const settings::Settings::Password& cost) {
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), cost.hash_passes,
                            cost.hash_memory * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw std::bad_alloc();
  return out.data();
}

class Seeder {
 public:
  Seeder(const Order& order, const settings::Settings& settings, records::Database& database)
      : order_(order),
        database_(database),
        keys_(crypto::KeyRing::open(settings.state_dir + "/key_ring", random_)),
        hash_(hash_of(order.password, settings.password)),
        site_name_(settings.site.name),
        now_(SystemClock().now()) {}

  void run() {
    database_.write([&](records::Transaction& tx) {
      records::Organizations(tx).insert({records::Organizations::site(), site_name_, now_});
    });
    write_accounts();
    write_sessions();
  }

 private:
  template <class Insert>
  void in_batches(std::size_t count, Insert insert) {
    for (std::size_t begin = 0; begin < count; begin += rows_a_transaction) {
      const std::size_t end = std::min(count, begin + rows_a_transaction);
      database_.write(
          [&](records::Transaction& tx) {
            for (std::size_t i = begin; i < end; ++i) insert(tx, i);
          },
          transaction_timeout);
    }
  }

  // Made a minute apart, the last one now: ids sort by time, as a site's own do.
  void write_accounts() {
    ids_.resize(order_.accounts);
    in_batches(order_.accounts, [&](records::Transaction& tx, std::size_t i) {
      records::Account account;
      account.created_at = now_ - std::chrono::minutes(order_.accounts - i);
      account.id = ids_[i] = AccountId::make(account.created_at, random_);
      account.password_changed_at = account.created_at;
      account.password = keys_.seal(hash_, "account|" + account.id.str() + "|password", random_);
      std::array<char, 32> digits{};
      std::snprintf(digits.data(), digits.size(), "%07zu", i);
      // 14 to 29 characters, so that a figure of memory doesn't hang on how one length is rounded up.
      account.name = ("Person " + std::string(digits.data()) + " of the Outer Isles").substr(0, 14 + i % 16);
      if (!records::Accounts(tx).insert(account) ||
          !add_address(tx, account, "person", digits.data(), true) ||
          (i % 2 == 1 && !add_address(tx, account, "work", digits.data(), false)))
        throw std::runtime_error("the store is not empty");
    });
  }

  bool add_address(records::Transaction& tx, const records::Account& account, const std::string& who,
                   const char* digits, bool is_primary) {
    const auto address = records::CanonicalEmail::parse(who + digits + "@site.example");
    return records::Emails(tx).insert({EmailId::make(account.created_at, random_), account.id,
                                       address->address(), address->key(), account.created_at, is_primary,
                                       account.created_at});
  }

  // Written in the order of the store's keys, which spares it most of the work, and printed in the order in which they were
  // drawn: whoever walks over the printed tokens jumps about in the store.
  void write_sessions() {
    if (ids_.empty()) return;
    std::vector<SessionToken> tokens;
    std::vector<std::string> hashes;
    for (std::size_t i = 0; i < order_.sessions; ++i) {
      tokens.push_back(SessionToken::make(random_));
      hashes.push_back(tokens.back().hash().bytes());
      std::puts(tokens.back().text().c_str());
    }
    std::sort(hashes.begin(), hashes.end());
    in_batches(order_.sessions, [&](records::Transaction& tx, std::size_t i) {
      records::Session session;
      session.hash = hashes[i];
      session.id = SessionId::make(now_, random_);
      session.account = ids_[i % ids_.size()];
      session.methods = "pwd";
      session.created_at = session.authenticated_at = session.last_seen_at = now_ - unused;
      session.expires_at = now_ + session_life;
      session.idle = session_life;
      session.browser = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
      session.address = "127.0.0.1";
      records::Sessions(tx).insert(session);
    });
  }

  const Order& order_;
  records::Database& database_;
  SystemRandom random_;
  crypto::KeyRing keys_;
  std::string hash_, site_name_;
  Time now_;
  std::vector<AccountId> ids_;
};

void seed(const Order& order) {
  crypto::initialize();
  const settings::Settings settings = settings::read(order.settings);
  StandardError log;
  const SystemClock clock;
  const auto storage = plugin_host::make_storage(settings.storage, settings.plugin_dir, log, clock);
  storage->start();
  records::Epochs epochs(settings.state_dir + "/epochs");
  records::Database database(*storage, epochs);
  database.prepare(records::schema());
  Seeder(order, settings, database).run();
  storage->stop();
}

}  // namespace

int main(int count, char** words) {
  if (count != 5) {
    std::fputs("doorward-bench-seed <doorward.yaml> <accounts> <sessions> <password>\n", stderr);
    return 2;
  }
  try {
    seed({words[1], number(words[2]), number(words[3]), words[4]});
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "doorward-bench-seed: %s\n", error.what());
    return 1;
  }
}
