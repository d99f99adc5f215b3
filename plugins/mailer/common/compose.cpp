#include "common/compose.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "common/header.hpp"
#include "common/quoted_printable.hpp"

namespace doorward::mailer {
namespace {

std::string date_time(std::chrono::sys_time<std::chrono::microseconds> when) {  // RFC 5322 3.3
  using namespace std::chrono;
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<std::chrono::days>(when);
  const year_month_day date(day);
  const hh_mm_ss time(floor<seconds>(when - day));
  std::array<char, 48> out;
  const int size = std::snprintf(
      out.data(), out.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000", days[weekday(day).c_encoding()],
      static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), static_cast<int>(time.hours().count()),
      static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return std::string(out.data(), static_cast<std::size_t>(size));
}

// RFC 5322 3.6.4, without comments, quotes and white space.
void require_message_id(std::string_view id) {
  const bool good = id.size() > 4 && id.size() <= 250 && id.front() == '<' && id.back() == '>' &&
                    std::count(id.begin(), id.end(), '@') == 1 && id[1] != '@' && id[id.size() - 2] != '@' &&
                    std::all_of(id.begin() + 1, id.end() - 1,
                                [](char c) { return c > ' ' && c < 0x7f && c != '<' && c != '>'; });
  if (!good) throw sdk::Failure(sdk::Status::invalid, "the Message-ID is not of the form <id@host>");
}

bool is_language(std::string_view tag) {
  return !tag.empty() && tag.size() <= 35 && std::all_of(tag.begin(), tag.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// "=_" can't occur in quoted-printable text (RFC 2045 6.7), so no part can hold its own end.
std::string boundary_of(std::string_view message_id) {
  std::string out = "=_";
  for (const char c : message_id) {
    if (out.size() == 60) break;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) out += c;
  }
  return out;
}

std::string part(std::string_view type, const std::string& body) {
  return "Content-Type: " + std::string(type) +
         "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + body;
}

}  // namespace

std::string compose(const sdk::Mail& mail) {
  require_message_id(mail.message_id);
  require_line(mail.from_name, "the sender's name");
  require_line(mail.to_name, "the recipient's name");
  require_line(mail.subject, "the subject");
  const auto text = quoted_printable(mail.text, "the text");
  const auto html = quoted_printable(mail.html, "the HTML part");

  std::string out;
  out += Field("Date").token(date_time(mail.date)).line();
  out += Field("From").mailbox(mail.from_name, addr_spec(mail.from_address, "the sender's address")).line();
  out += Field("To").mailbox(mail.to_name, addr_spec(mail.to_address, "the recipient's address")).line();
  out += Field("Subject").text(mail.subject).line();
  out += Field("Message-ID").token(mail.message_id).line();
  out += "Auto-Submitted: auto-generated\r\n";  // RFC 3834: no holiday notice answers it
  if (is_language(mail.language)) out += Field("Content-Language").token(mail.language).line();
  out += "MIME-Version: 1.0\r\n";
  if (html.empty()) return out + part("text/plain", text);

  const auto boundary = boundary_of(mail.message_id);
  out += "Content-Type: multipart/alternative;\r\n boundary=\"" + boundary + "\"\r\n\r\n";
  out += "--" + boundary + "\r\n" + part("text/plain", text);
  out += "\r\n--" + boundary + "\r\n" + part("text/html", html);  // the last is the best (RFC 2046 5.1.4)
  out += "\r\n--" + boundary + "--\r\n";
  return out;
}

std::string readable(const sdk::Mail& mail) {
  std::string out = "---------------------------------------- mail\n";
  const auto address = "<" + std::string(mail.to_address) + ">";
  out += "To:      " + (mail.to_name.empty() ? address : std::string(mail.to_name) + " " + address) + "\n";
  out += "Subject: " + std::string(mail.subject) + "\n\n";
  for (const char c : mail.text) {
    if (c != '\r') out += c;
  }
  if (!out.ends_with('\n')) out += '\n';
  return out + "----------------------------------------------\n\n";
}

}  // namespace doorward::mailer
