// mailer/journal - writes one line into a file for each letter, and sends nothing: the plugin to copy. What has to be
// known stands beside the place where it matters.
#include <doorward/sdk/mailer.hpp>

#include <fstream>
#include <mutex>
#include <string>

namespace {

namespace sdk = doorward::sdk;
using sdk::Failure;
using sdk::Status;

class Journal final : public sdk::Mailer {
 public:
  // Checks the settings and opens nothing, since processes fork after it and `doorward config check` does no more than
  // this. Types, choices and missing keys were checked by the engine; what only the plugin knows is checked here. A
  // sentence that begins with the setting's name is shown beside the setting's line in doorward.yaml.
  Journal(const sdk::Services& services, const sdk::Settings& settings)
      : services_(services), path_(settings.path("path")), most_(settings.number("most_letters", 0, 1000000)) {
    if (path_.ends_with("/")) throw Failure(Status::invalid, "path: " + path_ + " is a folder; a file is wanted");
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
    const std::lock_guard lock(mutex_);
    if (most_ != 0 && written_ == most_) throw Failure(Status::refused, "the journal holds all the letters that it may");
    // A line stays a line, whatever a subject holds.
    file_ << services_.now() << ' ' << line(mail.to_address) << ": " << line(mail.subject) << std::endl;
    if (!file_) throw Failure(Status::unavailable, path_ + ": the line couldn't be written");
    ++written_;
  }

 private:
  static std::string line(std::string_view text) {
    std::string shown(text);
    for (char& c : shown)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return shown;
  }

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
    sdk::number_setting("most_letters", "0", "after so many letters the journal is full and refuses; 0: never"),
};

}  // namespace

DOORWARD_MAILER_PLUGIN(Journal, "journal", "1.0.0", "One line in a file for each letter; sends nothing", settings)
