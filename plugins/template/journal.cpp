// mailer/journal - writes one line into a file for each letter, and sends nothing: the plugin to copy. What has to be
// known stands beside the place where it matters.
#include <doorward/sdk/mailer.hpp>

#include <algorithm>
#include <fstream>
#include <mutex>
#include <string>

namespace {

namespace sdk = doorward::sdk;
using sdk::Failure;
using sdk::Status;

// Well-formed UTF-8: no overlong spelling, no half of a surrogate pair, nothing beyond U+10FFFF.
bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at++]);
    const int more = first < 0x80       ? 0
                     : first >> 5 == 6  ? 1
                     : first >> 4 == 14 ? 2
                     : first >> 3 == 30 ? 3
                                        : -1;
    if (more < 0) return false;
    std::uint32_t point = more == 0 ? first : first & (0x3fu >> more);
    for (int i = 0; i < more; ++i, ++at) {
      if (at == text.size() || (text[at] & 0xc0) != 0x80) return false;
      point = point << 6 | (text[at] & 0x3f);
    }
    constexpr std::uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (point < least[more] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return false;
  }
  return true;
}

bool is_line(std::string_view text) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return is_utf8(text) && std::none_of(text.begin(), text.end(), control);
}

bool is_one_address(std::string_view text) {
  return is_line(text) && std::count(text.begin(), text.end(), '@') == 1 &&
         text.find_first_of(" ,;<>") == std::string_view::npos;
}

// A mailer refuses what its own protocol would take for something else. Here a line has to stay a line; in a mail a line
// break in a name would begin another header, and a comma in an address would add a recipient.
void check(const sdk::Mail& mail) {
  for (const std::string_view text :
       {mail.message_id, mail.from_name, mail.to_name, mail.subject, mail.language})
    if (!is_line(text)) throw Failure(Status::invalid, "a part of the letter's head is more than a line");
  if (mail.message_id.empty() || !is_one_address(mail.from_address) || !is_one_address(mail.to_address))
    throw Failure(Status::invalid, "the letter has no Message-ID, or an address that isn't one");
  for (const std::string_view text : {mail.text, mail.html})
    if (!is_utf8(text) || text.find('\0') != std::string_view::npos)
      throw Failure(Status::invalid, "the letter's text is not UTF-8");
}

class Journal final : public sdk::Mailer {
 public:
  // Checks the settings and opens nothing, since processes fork after it and `doorward config check` does no more than
  // this. Types, choices and missing keys were checked by the engine; what only the plugin knows is checked here. A
  // sentence that begins with the setting's name is shown beside the setting's line in doorward.yaml.
  Journal(const sdk::Services& services, const sdk::Settings& settings)
      : services_(services),
        path_(settings.path("path")),
        most_(settings.number("most_letters", 0, 1000000)) {
    if (path_.ends_with("/"))
      throw Failure(Status::invalid, "path: " + path_ + " is a folder; a file is wanted");
  }

  // Once in each worker. Here files are opened, connections made and threads begun.
  void start() override {
    file_.open(path_, std::ios::app);
    if (!file_) throw Failure(Status::unavailable, "path: " + path_ + " can't be written");
  }

  // Ends what start() began; start() may come again.
  void stop() noexcept override { file_.close(); }

  // Any thread, several at once. Everything in `mail` is borrowed: copy what is kept. The engine keeps the letter and
  // tries again later where this throws Status::unavailable; Status::refused ends it.
  void send(const sdk::Mail& mail, std::chrono::milliseconds) override {
    check(mail);
    const std::lock_guard lock(mutex_);
    if (most_ != 0 && written_ == most_)
      throw Failure(Status::refused, "the journal holds all the letters that it may");
    file_ << services_.now() << ' ' << mail.to_address << ": " << mail.subject << std::endl;
    if (!file_) throw Failure(Status::unavailable, path_ + ": the line couldn't be written");
    ++written_;
  }

 private:
  const sdk::Services services_;
  const std::string path_;
  const std::int64_t most_;
  std::mutex mutex_;  // of all below
  std::ofstream file_;
  std::int64_t written_ = 0;
};

// What an administrator may set. A key without a default (nullptr) has to be given.
constexpr sdk::Setting settings[] = {
    sdk::path_setting("path", nullptr, "the file that gets a line for each letter"),
    sdk::number_setting("most_letters", "0",
                        "after so many letters the journal is full and refuses; 0: never"),
};

}  // namespace

DOORWARD_MAILER_PLUGIN(Journal, "journal", "1.0.0", "One line in a file for each letter; sends nothing",
                       settings)
