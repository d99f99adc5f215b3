// The part `phone`: libphonenumber, which knows the numbering plan of every country.
#include <parts/part.h>
#include <phonenumbers/phonenumberutil.h>

#include <string>

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

// "ZZ": of no country, so that only a number with "+" can be read.
bool parse(const std::string& text, const std::string& country, PhoneNumber& number) {
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  return util.Parse(text, country.empty() ? "ZZ" : country, &number) == PhoneNumberUtil::NO_PARSING_ERROR &&
         !number.has_extension() && util.IsValidNumber(number);
}

}  // namespace

__attribute__((visibility("default"))) int doorward_phone_v1(const char* text, size_t size,
                                                             const char* country, void* self,
                                                             doorward_part_put put) {
  try {
    PhoneNumber number;
    if (!parse(std::string(text, size), country, number)) return 0;
    std::string e164, shown;
    PhoneNumberUtil::GetInstance()->Format(number, PhoneNumberUtil::E164, &e164);
    PhoneNumberUtil::GetInstance()->Format(number, PhoneNumberUtil::INTERNATIONAL, &shown);
    put(self, e164.data(), e164.size());
    put(self, shown.data(), shown.size());
    return 1;
  } catch (...) {
    return 0;
  }
}
