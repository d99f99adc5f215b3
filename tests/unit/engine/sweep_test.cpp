// What has ended goes in pieces, however much it is.
#include "engine/sweep.hpp"

#include <algorithm>
#include <utility>

#include "base/errors.hpp"
#include "engine_store.hpp"
#include "meddling_store.hpp"
#include "records/session.hpp"
#include "records/token.hpp"
#include "records/trusted_browser.hpp"

namespace doorward::engine {
namespace {

class SweepTest : public EngineStore {
 protected:
  SweepTest() : EngineStore("memory") {
    prepare();
    watched.prepare(records::schema());
  }

  // In pieces: under ThreadSanitizer all of them in one transaction outlast the store's deadline.
  void add_sessions(int count, Time expires_at) {
    constexpr int piece = 400;
    for (; count > 0; count -= piece)
      database->write([&](Transaction& tx) {
        for (int i = 0; i < std::min(count, piece); ++i) {
          records::Session session;
          session.hash = random.bytes(32);
          session.id = SessionId(std::to_string(++made));
          session.account = AccountId("ada");
          session.created_at = session.authenticated_at = session.last_seen_at = morning;
          session.expires_at = expires_at;
          records::Sessions(tx).insert(session);
        }
      });
  }
  void add_links(int count) {
    database->write([&](Transaction& tx) {
      for (int i = 0; i < count; ++i)
        records::Tokens(tx, keys).issue({"link" + std::to_string(++made),
                                         records::TokenPurpose::recovery,
                                         {},
                                         "a@example.org",
                                         {},
                                         {},
                                         morning + 1h},
                                        morning);
    });
  }
  void trust_browsers(int count) {
    database->write([&](Transaction& tx) {
      for (int i = 0; i < count; ++i) records::TrustedBrowsers(tx).trust(AccountId("ada"), morning, random);
    });
  }
  void sweep_all() {
    sweep(watched, keys, log, morning + 40 * 24h, [this] { return ++asked, true; });
  }

  test::MeddlingStore meddling{*store};
  records::Database watched{meddling, epochs};
  int asked = 0, made = 0;
};

TEST_F(SweepTest, RemovesABoundedNumberInATransaction) {
  add_sessions(3200, morning + 1h);
  add_sessions(7, morning + 50 * 24h);
  add_links(1200);
  trust_browsers(3);
  int writes = 0;
  std::size_t before = rows(records::Session::table), most = 0;
  meddling.at_begin = [&](records::Mode mode) {
    writes += mode == records::Mode::write ? 1 : 0;
    const std::size_t now = rows(records::Session::table);
    most = std::max(most, before - now);
    before = now;
  };
  sweep_all();
  EXPECT_EQ(writes, 7 + 3 + 1);
  EXPECT_EQ(asked, 6 + 2) << "others are let in between two";
  EXPECT_EQ(most, records::rows_in_a_piece);
  EXPECT_EQ(rows(records::Session::table), 7U);
  EXPECT_EQ(rows(records::Token::table), 0U);
  EXPECT_EQ(rows(records::TrustedBrowser::table), 0U);
  EXPECT_EQ(log.lines, "");
}

TEST_F(SweepTest, EndsWhereItIsTold) {
  add_sessions(1200, morning + 1h);
  add_links(3);
  sweep(watched, keys, log, morning + 40 * 24h, [] { return false; });
  EXPECT_EQ(rows(records::Session::table), 700U);
  EXPECT_EQ(rows(records::Token::table), 3U);
}

TEST_F(SweepTest, AKindThatFailsKeepsNoOtherFromGoing) {
  add_sessions(3, morning + 1h);
  add_links(3);
  bool first = true;
  meddling.at_begin = [&](records::Mode) {
    if (std::exchange(first, false)) throw Unavailable("the store didn't answer in time");
  };
  sweep_all();
  EXPECT_EQ(rows(records::Session::table), 3U);
  EXPECT_EQ(rows(records::Token::table), 0U);
  EXPECT_EQ(log.lines, "removing sessions that have ended: the store didn't answer in time\n");
}

TEST_F(SweepTest, AStoreThatTakesNoWritesIsForJobsToTell) {
  add_sessions(3, morning + 1h);
  meddling.at_begin = [](records::Mode) { throw ReadOnly("the store is being copied"); };
  EXPECT_THROW(sweep_all(), ReadOnly);
  EXPECT_EQ(log.lines, "");
}

}  // namespace
}  // namespace doorward::engine
