#include "records/factor.hpp"

#include <stdexcept>

namespace doorward::records {
namespace {

constexpr Field fields[] = {
    {"id", Type::text},         {"account", Type::text},     {"kind", Type::text},
    {"secret", Type::bytes},    {"last_step", Type::number}, {"failures", Type::number},
    {"created_at", Type::time}, {"only", Type::text, false},
};
// "only": "<account>/totp", since an account has at most one of that kind; null where it may have several.
constexpr Index indexes[] = {{"account", false}, {"only", true}};

constexpr const char* totp = "totp";

Match of(const AccountId& account) { return {"account", Test::is, Value::of_text(account.str())}; }

}  // namespace

const Table Factor::table{"factor", fields, indexes};

Factor Factor::read(std::span<const Value> row) {
  if (row[2].text != totp)
    throw std::runtime_error("a factor of an unknown kind: " + std::string(row[2].text));
  return {std::string(row[0].text),
          AccountId(std::string(row[1].text)),
          Kind::totp,
          std::string(row[3].text),
          row[4].number,
          row[5].number,
          row[6].time()};
}

bool Factors::insert(const Factor& factor) {
  const std::string only = factor.account.str() + "/" + totp;
  const Cell cells[] = {
      {"id", Value::of_text(factor.id)},
      {"account", Value::of_text(factor.account.str())},
      {"kind", Value::of_text(totp)},
      {"secret", Value::of_bytes(factor.secret)},
      {"last_step", Value::of_number(factor.last_step)},
      {"failures", Value::of_number(factor.failures)},
      {"created_at", Value::of_time(factor.created_at)},
      {"only", Value::of_text(only)},
  };
  tx_.revoke_shard(Epochs::account_shard(factor.account.str()));
  return tx_.store().insert(Factor::table.name, cells);
}

std::optional<Factor> Factors::totp_of(const AccountId& account) {
  return find_one<Factor>(tx_, {of(account)});
}

bool Factors::has_any(const AccountId& account) { return totp_of(account).has_value(); }

bool Factors::accept_step(const Factor& factor, std::int64_t step) {
  return update(tx_, Factor::table,
                {{"id", Test::is, Value::of_text(factor.id)},
                 {"last_step", Test::below, Value::of_number(step)},
                 {"failures", Test::below, Value::of_number(Factor::max_failures)}},
                {{"last_step", Value::of_number(step)}, {"failures", Value::of_number(0)}}) == 1;
}

void Factors::count_failure(const Factor& factor) {
  update(tx_, Factor::table, {{"id", Test::is, Value::of_text(factor.id)}},
         {{"failures", Value::of_number(1), true}});
}

void Factors::forget_failures(const AccountId& account) {
  update(tx_, Factor::table, {of(account)}, {{"failures", Value::of_number(0)}});
}

std::int64_t Factors::remove_of(const AccountId& account) {
  tx_.revoke_shard(Epochs::account_shard(account.str()));
  return remove(tx_, Factor::table, {of(account)});
}

}  // namespace doorward::records
