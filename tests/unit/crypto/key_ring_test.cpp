// The site's keys: nobody else may read them, everybody of the site has the same, and what they sealed opens only where it
// was sealed for.
#include "crypto/key_ring.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "base/errors.hpp"
#include "crypto/encoding.hpp"
#include "fixed.hpp"
#include "folder.hpp"
#include "process.hpp"

namespace doorward::crypto {
namespace {

class KeyRings : public ::testing::Test {
 protected:
  std::string refusal() {
    try {
      KeyRing::open(path, random);
      return "";
    } catch (const BadSettings& bad) {
      return bad.what();
    }
  }
  test::Folder folder;
  test::SeededRandom random;
  const std::string path = folder / "keys";
};

TEST_F(KeyRings, AreMadeByWhoeverNeedsThemFirstAndForTheirOwnerAlone) {
  const KeyRing made = KeyRing::open(path, random);
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600U);
  EXPECT_EQ(KeyRing::open(path, random).derive(made.current(), "a", "b"),
            made.derive(made.current(), "a", "b"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1)
      << "something was left beside it";
}

TEST_F(KeyRings, AreTheSameForAllWhoComeFirstAtOnce) {
  std::vector<test::Process> workers;
  std::string first;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  for (int i = 0; i < 8; ++i) {
    workers.emplace_back([&] {
      SystemRandom own;
      const KeyRing ring = KeyRing::open(path, own);
      const std::string derived = ring.derive(ring.current(), "who", "am I");
      return ::write(ends[1], derived.data(), derived.size()) == 32 ? 0 : 1;
    });
  }
  for (auto& worker : workers) EXPECT_EQ(worker.join(), 0);
  for (int i = 0; i < 8; ++i) {
    std::string derived(32, '\0');
    ASSERT_EQ(::read(ends[0], derived.data(), derived.size()), 32);
    if (i == 0) first = derived;
    EXPECT_EQ(derived, first);
  }
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(KeyRings, AreRefusedWhereOthersMayReadThem) {
  KeyRing::open(path, random);
  for (const mode_t mode : {0640, 0604, 0620, 0601, 0666}) {
    ::chmod(path.c_str(), mode);
    EXPECT_NE(refusal().find("0600"), std::string::npos) << std::oct << mode;
  }
  ::chmod(path.c_str(), 0400);
  EXPECT_EQ(refusal(), "");
}

TEST_F(KeyRings, AreRefusedWhereTheyBelongToSomebodyElse) {
  KeyRing::open(path, random);
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(path.c_str(), 65534, 65534), 0);
    EXPECT_NE(refusal().find("another user"), std::string::npos);
  } else {  // root's file that root alone may read
    EXPECT_THROW(KeyRing::open("/etc/shadow", random), BadSettings);
  }
}

TEST_F(KeyRings, AreRefusedWhereTheyAreNone) {
  const std::string key = base64url(std::string(32, 'k'));
  for (const std::string& text :
       {std::string(), std::string("# nothing\n"), std::string("id\n"), std::string("id short\n"),
        " " + key + "\n", "id  " + key + "\n", "id " + key + "=\n", "id " + key + "A\n",
        std::string(33, 'i') + " " + key + "\n", "id " + key + "\r\n"}) {
    folder.write("keys", text);
    ::chmod(path.c_str(), 0600);
    EXPECT_NE(refusal(), "") << text;
  }
  std::filesystem::remove(path);
  folder.write("elsewhere", "id " + key + "\n");
  ::chmod((folder / "elsewhere").c_str(), 0600);
  std::filesystem::create_symlink(folder / "elsewhere", path);
  EXPECT_EQ(refusal(), path + ": the key ring is a link, not a file");
  std::filesystem::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(refusal(), path + ": not a file") << "and nobody waits for what comes through a pipe";
}

TEST_F(KeyRings, SealForOnePlace) {
  const KeyRing ring = KeyRing::open(path, random);
  const std::string sealed = ring.seal("secret", "account|1|password", random);
  EXPECT_EQ(ring.open_sealed(sealed, "account|1|password"), "secret");
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_THROW(ring.open_sealed(sealed, "account|2|password"), std::runtime_error);
  EXPECT_THROW(ring.open_sealed(sealed, ""), std::runtime_error);
  EXPECT_NE(ring.seal("secret", "account|1|password", random), sealed) << "twice the same nonce";
}

TEST_F(KeyRings, OpenNothingThatWasTouched) {
  const KeyRing ring = KeyRing::open(path, random);
  const std::string sealed = ring.seal("secret", "place", random);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    for (const int bit : {1, 0x80}) {
      std::string altered = sealed;
      altered[i] = static_cast<char>(altered[i] ^ bit);
      EXPECT_THROW(ring.open_sealed(altered, "place"), std::runtime_error) << "byte " << i;
    }
    EXPECT_THROW(ring.open_sealed(sealed.substr(0, i), "place"), std::runtime_error) << "cut to " << i;
  }
  EXPECT_THROW(ring.open_sealed(sealed + "x", "place"), std::runtime_error);
}

TEST_F(KeyRings, MakeWithTheFirstAndOpenWithTheRest) {
  const std::string a = base64url(std::string(32, 'a'));
  const std::string b = base64url(std::string(32, 'b'));
  const auto ring_of = [&](const std::string& text) {
    folder.write("keys", text);
    ::chmod(path.c_str(), 0600);
    return KeyRing::open(path, random);
  };
  const std::string sealed = ring_of("a " + a + "\n").seal("secret", "place", random);
  const KeyRing both = ring_of("b " + b + "\na " + a + "\n");
  EXPECT_EQ(both.current(), "b");
  EXPECT_EQ(both.open_sealed(sealed, "place"), "secret");
  const KeyRing later = ring_of("b " + b + "\n");
  EXPECT_THROW(later.open_sealed(sealed, "place"), std::runtime_error);
  EXPECT_EQ(later.open_sealed(both.seal("new", "place", random), "place"), "new");
}

TEST_F(KeyRings, DeriveOneThingForEachLabelAndSubject) {
  const KeyRing ring = KeyRing::open(path, random);
  const std::string one = ring.derive(ring.current(), "link", "1");
  EXPECT_EQ(one.size(), 32U);
  EXPECT_EQ(ring.derive(ring.current(), "link", "1"), one);
  EXPECT_NE(ring.derive(ring.current(), "code", "1"), one);
  EXPECT_NE(ring.derive(ring.current(), "link", "2"), one);
  EXPECT_NE(ring.derive(ring.current(), "lin", "k1"), ring.derive(ring.current(), "link", "1"))
      << "label and subject run together";
  EXPECT_THROW(ring.derive("nobody", "link", "1"), std::runtime_error);
}

TEST_F(KeyRings, TakeANewFirstKeyBeforeTheySealAndAnyNewOneBeforeTheyFail) {
  const KeyRing ring = KeyRing::open(path, random), other = KeyRing::open(path, random);
  const std::string old_key = ring.current();
  const std::string before = ring.seal("secret", "place", random);
  change_key_ring(path,
                  [&](auto& keys) { keys.insert(keys.begin(), {"new", Secret(std::string(32, 'n'))}); });
  const std::string after = ring.seal("secret", "place", random);
  EXPECT_EQ(KeyRing::key_of(after), "new");
  EXPECT_EQ(ring.open_sealed(before, "place"), "secret");
  EXPECT_EQ(other.current(), old_key) << "nobody has asked it to look";
  EXPECT_EQ(other.open_sealed(after, "place"), "secret") << "looks before it fails";
  EXPECT_EQ(other.current(), "new");
  EXPECT_FALSE(other.refresh());
}

TEST_F(KeyRings, KeepWhatTheyHaveWhereTheNewFileIsNone) {
  const KeyRing ring = KeyRing::open(path, random);
  const std::string sealed = ring.seal("secret", "place", random);
  folder.write("keys", "torn");
  EXPECT_THROW(ring.refresh(), BadSettings);
  EXPECT_FALSE(ring.refresh()) << "said once";
  EXPECT_EQ(ring.open_sealed(ring.seal("more", "place", random), "place"), "more");
  std::filesystem::remove(path);
  EXPECT_THROW(ring.refresh(), BadSettings);
  EXPECT_EQ(ring.open_sealed(sealed, "place"), "secret");
  EXPECT_THROW(ring.derive("nobody", "link", "1"), std::runtime_error);
  EXPECT_FALSE(std::filesystem::exists(path)) << "another ring would open nothing";
}

TEST_F(KeyRings, TakeNoRingThatHasNoneOfTheirKeys) {
  const KeyRing ring = KeyRing::open(path, random);
  const std::string own = ring.current();
  const std::string sealed = ring.seal("secret", "place", random);
  for (const std::string& id : {std::string("foreign"), own}) {  // a key is more than its name
    folder.write("keys.foreign", id + " " + base64url(std::string(32, 'f')) + "\n");
    ::chmod((folder / "keys.foreign").c_str(), 0600);
    std::filesystem::rename(folder / "keys.foreign", path);
    ring.seal("more", "place", random);  // looks at it, too, and says nothing
    EXPECT_THROW(ring.refresh(), BadSettings);
    EXPECT_FALSE(ring.refresh()) << "said once";
    EXPECT_EQ(ring.current(), own);
    EXPECT_EQ(ring.open_sealed(ring.seal("more", "place", random), "place"), "more");
    EXPECT_EQ(ring.open_sealed(sealed, "place"), "secret");
    EXPECT_THROW(ring.derive("foreign", "link", "1"), std::runtime_error);
  }
}

TEST_F(KeyRings, FollowAKeyThatIsAddedThenThatTheOldOneIsDropped) {
  const KeyRing ring = KeyRing::open(path, random);
  change_key_ring(path,
                  [&](auto& keys) { keys.insert(keys.begin(), {"new", Secret(std::string(32, 'n'))}); });
  EXPECT_TRUE(ring.refresh());
  change_key_ring(path, [&](auto& keys) { keys.pop_back(); });
  EXPECT_TRUE(ring.refresh());
  EXPECT_EQ(ring.ids(), std::vector<std::string>{"new"});
}

TEST_F(KeyRings, AreReplacedWholeForTheirOwnerAlone) {
  const KeyRing ring = KeyRing::open(path, random);
  {
    std::ofstream file(path, std::ios::app);
    file << "# kept in the safe, too\n";
  }
  folder.write("keys.new",
               "left behind by a killed one, and longer than what takes its place: " + std::string(500, 'x'));
  change_key_ring(path, [&](auto& keys) { keys.push_back({"second", Secret(std::string(32, 's'))}); });
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600U);
  EXPECT_TRUE(ring.refresh());
  EXPECT_EQ(ring.ids().back(), "second");
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(text.starts_with("# kept in the safe, too\n"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
  for (const auto& wrong : std::vector<std::vector<RingKey>>{
           {},
           {{"a b", Secret(std::string(32, 'k'))}},
           {{"a", Secret("short")}},
           {{"a", Secret(std::string(32, 'k'))}, {"a", Secret(std::string(32, 'l'))}}}) {
    EXPECT_THROW(change_key_ring(path, [&](auto& keys) { keys = wrong; }), BadSettings);
  }
  EXPECT_FALSE(ring.refresh()) << "what was refused changed nothing";
}

TEST_F(KeyRings, LoseNothingToAChangeThatIsKilled) {
  const KeyRing ring = KeyRing::open(path, random);
  const std::string sealed = ring.seal("secret", "place", random);
  for (int round = 0; round < 40; ++round) {
    const std::string id = "k" + std::to_string(round);
    test::Process change([&] {
      for (int i = 0;; ++i) {
        change_key_ring(path, [&](auto& keys) {
          keys.insert(keys.begin(), {id + "." + std::to_string(i), Secret(std::string(32, 'x'))});
          if (keys.size() > 6) keys.erase(keys.end() - 2);
        });
      }
      return 0;
    });
    ASSERT_TRUE(test::comes_true([&] { return ring.refresh() && ring.current().starts_with(id + "."); }));
    change.kill();
    EXPECT_EQ(KeyRing::open(path, random).open_sealed(sealed, "place"), "secret") << round;
  }
}

TEST_F(KeyRings, ServeEightThreadsWhileKeysComeAndGo) {  // run with tsan, too
  const KeyRing ring = KeyRing::open(path, random);
  std::atomic<bool> over{false};
  std::atomic<int> rounds{0}, failed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      SystemRandom own;
      const KeyRing mine = KeyRing::open(path, own);  // of another process, as it were: it may be behind
      while (!over) {
        const KeyRing& sealing = i % 2 == 0 ? ring : mine;
        const KeyRing& opening = i % 2 == 0 ? mine : ring;
        try {
          if (opening.open_sealed(sealing.seal("secret", "place", own), "place") != "secret") ++failed;
        } catch (const std::exception&) {
          ++failed;
        }
        ++rounds;
      }
    });
  }
  for (int i = 0; i < 200 || rounds < 2000; ++i) {
    change_key_ring(path, [&](auto& keys) {
      keys.insert(keys.begin(), {"k" + std::to_string(i), Secret(random.bytes(32))});
      if (keys.size() > 150)
        keys.erase(keys.end() - 2);  // one that nobody can be about to open with any more
    });
  }
  over = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0) << "of " << rounds;
}

TEST_F(KeyRings, KnowTheirOldestKeyWhereverItStands) {
  const std::string key = " " + base64url(std::string(32, 'k')) + "\n";
  const std::string first = "4b1d6c02", second = "20261129T094605Z-00", third = "20261201T000000Z-00";
  const auto oldest = [&](const std::vector<std::string>& ids) {
    std::string text;
    for (const std::string& id : ids) text += id + key;
    folder.write("keys", text);
    ::chmod(path.c_str(), 0600);
    return KeyRing::open(path, random).oldest();
  };
  EXPECT_EQ(oldest({first}), first);
  EXPECT_EQ(oldest({first, second}), first) << "added, and not yet promoted";
  EXPECT_EQ(oldest({second, first}), first);
  EXPECT_EQ(oldest({third, second}), second);
  EXPECT_EQ(oldest({second, third}), second);
  EXPECT_EQ(oldest({"site", first}), first) << "neither says when: the last one";
}

TEST_F(KeyRings, KnowWhenAKeyWasMadeByItsId) {
  const Time made = std::chrono::sys_days{std::chrono::year{2026} / 11 / 29} + std::chrono::hours(9) +
                    std::chrono::minutes(46) + std::chrono::seconds(5);
  const std::string id = KeyRing::make_id(made, random);
  EXPECT_TRUE(id.starts_with("20261129T094605Z-")) << id;
  EXPECT_EQ(KeyRing::made_at(id), made);
  EXPECT_LE(id.size(), 32U);
  for (const char* none : {"", "4b1d6c02", "20261329T094605Z-00", "20260230T094605Z-00",
                           "2026112XT094605Z-00", "20261129T094605Z", "20261129 094605Z-00"})
    EXPECT_FALSE(KeyRing::made_at(none)) << none;
}

}  // namespace
}  // namespace doorward::crypto
