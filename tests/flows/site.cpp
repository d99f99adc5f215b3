#include "site.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>
#include <utility>

#include "flows/flow.hpp"

namespace doorward::test {
namespace {

std::filesystem::path new_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "doorward-flows-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  return name;
}

std::string contents(const std::filesystem::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

std::string from_quoted_printable(const std::string& text) {  // RFC 2045 6.7
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      if (text[i] != '\r') out += text[i];
    } else if (text.compare(i, 3, "=\r\n") == 0) {
      i += 2;
    } else if (text.compare(i, 2, "=\n") == 0) {
      i += 1;
    } else {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    }
  }
  return out;
}

std::string header(const std::string& message, const std::string& name) {
  std::smatch found;
  if (!std::regex_search(message, found,
                         std::regex("(?:^|\n)" + name + ": ([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)")))
    return {};
  return std::regex_replace(found[1].str(), std::regex("\r?\n[ \t]"), " ");
}

// The text part: what stands between the first text/plain part's blank line and the next boundary.
ReadLetter read_letter(const std::string& message) {
  ReadLetter letter{header(message, "To"), header(message, "Subject"), {}};
  const std::size_t part = message.find("text/plain");
  const std::size_t lf = message.find("\n\n", part);
  const std::size_t crlf = message.find("\r\n\r\n", part);
  const std::size_t begin =
      std::min(lf == std::string::npos ? lf : lf + 2, crlf == std::string::npos ? crlf : crlf + 4);
  letter.text = from_quoted_printable(message.substr(begin, message.find("\n--", begin) - begin));
  return letter;
}

}  // namespace

std::string ReadLetter::link() const {
  std::smatch found;
  if (!std::regex_search(text, found, std::regex(R"(https://example\.org(/\S+token=\S+))"))) return {};
  return found[1];
}

std::string ReadLetter::code() const {
  std::smatch found;
  if (!std::regex_search(text, found, std::regex(R"(\b(\d{8})\b)"))) return {};
  return found[1];
}

Site::Site(const std::string& more) : folder_(new_folder()) {
  std::filesystem::create_directories(folder_ / "state");
  std::filesystem::create_directories(folder_ / "mails");
  std::ofstream(folder_ / "usual.yaml") << "public_url: " << origin << R"(
state_dir: state
plugin_dir: )" DOORWARD_PLUGIN_DIR R"(
theme_dir: )" DOORWARD_ROOT R"(/config/theme
locales_dir: )" DOORWARD_ROOT R"(/config/locales
storage:
  plugin: memory
mailer:
  plugin: folder
  path: mails
mail:
  from_address: accounts@example.org
site:
  name: Harbour Notes
)";
  std::ofstream(folder_ / "doorward.yaml") << "include: [usual.yaml]\n" << more;
  engine_ = std::make_unique<engine::Engine>((folder_ / "doorward.yaml").string(),
                                             engine::Surroundings{log_, clock_, random_});
  engine_->start(false);
}

Site::~Site() {
  engine_.reset();
  std::filesystem::remove_all(folder_);
}

void Site::read_letters() {
  while (engine_->send_due() != 0) {}
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "mails")) {
    if (entry.path().extension() == ".eml") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) {
    if (std::find(read_.begin(), read_.end(), file) != read_.end()) continue;
    read_.push_back(file);
    ReadLetter letter = read_letter(contents(file));
    const bool of_sign_in =
        letter.subject.starts_with("New sign-in to ") || letter.subject.starts_with("Neue Anmeldung bei ");
    auto& kept = of_sign_in ? sign_in_letters_ : letters_;
    kept.push_back(std::move(letter));
  }
}

records::Database& Site::database() { return engine_->services().database; }

const crypto::KeyRing& Site::keys() { return engine_->services().keys; }

const http::CookieNames& Site::cookie_names() { return engine_->services().cookies; }

std::vector<ReadLetter> Site::letters() {
  read_letters();
  return std::exchange(letters_, {});
}

std::vector<ReadLetter> Site::sign_in_letters() {
  read_letters();
  return std::exchange(sign_in_letters_, {});
}

ReadLetter Site::letter() {
  const auto all = letters();
  EXPECT_EQ(all.size(), 1U) << "letters";
  return all.empty() ? ReadLetter{} : all.front();
}

AccountId Site::account(const std::string& email, const std::string& name, bool administrator) {
  engine::NewAccount wanted;
  wanted.name = name;
  wanted.email = email;
  wanted.password = password;
  wanted.administrator = administrator;
  const auto created = admin().create(wanted);
  if (!created) {
    ADD_FAILURE() << "account: " << created.error().code;
    return AccountId();
  }
  return *created;
}

}  // namespace doorward::test
