// doorward/sdk/mailer.hpp - kind "mailer/1" as a class: hands one finished letter over to somebody who
// delivers it.
//
//   class Folder final : public doorward::sdk::Mailer {
//    public:
//     Folder(const doorward::sdk::Services&, const doorward::sdk::Settings& settings);
//     void send(const doorward::sdk::Mail& mail, std::chrono::milliseconds timeout) override;
//   };
//   DOORWARD_MAILER_PLUGIN(Folder, "folder", "1.0.0", "one .eml file per letter", settings)
#ifndef DOORWARD_SDK_MAILER_HPP
#define DOORWARD_SDK_MAILER_HPP
#include <doorward/mailer.h>
#include <doorward/sdk/plugin.hpp>

#include <chrono>
#include <string_view>

namespace doorward::sdk {

// The words of doorward_mail hold. Borrowed: valid until send() returns.
struct Mail {
  std::string_view message_id;  // "<id@host>": the same at every try of the same letter
  std::chrono::sys_time<std::chrono::microseconds> date;  // when the letter was written
  std::string_view from_name, from_address;  // the name may be empty; addresses have A-label domains
  std::string_view to_name, to_address;
  std::string_view subject;
  std::string_view text;  // complete by itself; lines end in \n
  std::string_view html;  // empty: there is none
  std::string_view language;
};

class Mailer : public Plugin {
 public:
  // [any thread, several at once, blocks for `timeout` at most] Returns once the other side has taken the
  // letter. Throws Failure: refused (it never will), unavailable (not now), invalid (nobody can send this
  // letter).
  virtual void send(const Mail& mail, std::chrono::milliseconds timeout) = 0;
};

inline Mail mail_of(const doorward_mail& mail) {
  return {view(mail.message_id),
          std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(mail.date)),
          view(mail.from_name),
          view(mail.from_address),
          view(mail.to_name),
          view(mail.to_address),
          view(mail.subject),
          view(mail.text),
          view(mail.html),
          view(mail.language)};
}

template <class Class>
inline constexpr doorward_mailer mailer_table = {
    sizeof(doorward_mailer),
    [](void* self, const doorward_mail* mail, std::uint32_t timeout_ms,
       const doorward_sink* why) -> doorward_status {
      return fence(
          why, [&] { Life<Class>::of(self).send(mail_of(*mail), std::chrono::milliseconds(timeout_ms)); });
    }};

}  // namespace doorward::sdk

#define DOORWARD_MAILER_PLUGIN(Class, name, version, summary, settings)    \
  DOORWARD_SDK_PLUGIN(Class, "mailer/1", name, version, summary, settings, \
                      (::doorward::sdk::mailer_table<Class>))
#endif
