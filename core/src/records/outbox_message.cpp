#include "records/outbox_message.hpp"

#include <stdexcept>

#include "records/rows.hpp"

namespace doorward::records {
namespace {

constexpr Field fields[] = {
    {"id", Type::text},
    {"kind", Type::text},
    {"subject", Type::text, false},
    {"recipient", Type::text, false},
    {"payload", Type::text, false},
    {"locale", Type::text, false},
    {"created_at", Type::time},
    {"expires_at", Type::time},
    {"attempts", Type::number},
    {"next_at", Type::time},
    {"lease_until", Type::time, false},
    {"lease_holder", Type::text, false},
    {"state", Type::text},
    {"last_error", Type::text, false},
};
constexpr Index indexes[] = {{"state,next_at", false}, {"subject", false}, {"recipient", false}};

const char* to_text(OutboxState state) { return state == OutboxState::waiting ? "waiting" : "dead"; }

OutboxState state_of(std::string_view text) {
  for (const OutboxState state : {OutboxState::waiting, OutboxState::dead}) {
    if (text == to_text(state)) return state;
  }
  throw std::runtime_error("an outbox message of an unknown state: " + std::string(text));
}

Value state_value(OutboxState state) { return Value::of_text(to_text(state)); }

}  // namespace

const Table OutboxMessage::table{"outbox_message", fields, indexes};

OutboxMessage OutboxMessage::read(std::span<const Value> row) {
  OutboxMessage message;
  message.id = OutboxId(std::string(row[0].text));
  message.kind = row[1].text;
  message.subject = row[2].text;
  message.recipient = row[3].text;
  message.payload = row[4].text;
  message.locale = row[5].text;
  message.created_at = row[6].time();
  message.expires_at = row[7].time();
  message.attempts = row[8].number;
  message.next_at = row[9].time();
  message.lease_until = read_optional_time(row[10]);
  message.lease_holder = row[11].text;
  message.state = state_of(row[12].text);
  message.last_error = row[13].text;
  return message;
}

void OutboxMessages::insert(const OutboxMessage& message) {
  const Cell cells[] = {
      {"id", Value::of_text(message.id.str())},
      {"kind", Value::of_text(message.kind)},
      {"subject", optional_text(message.subject)},
      {"recipient", optional_text(message.recipient)},
      {"payload", optional_text(message.payload)},
      {"locale", optional_text(message.locale)},
      {"created_at", Value::of_time(message.created_at)},
      {"expires_at", Value::of_time(message.expires_at)},
      {"attempts", Value::of_number(0)},
      {"next_at", Value::of_time(message.next_at)},
      {"lease_until", Value{}},
      {"lease_holder", Value{}},
      {"state", state_value(OutboxState::waiting)},
      {"last_error", Value{}},
  };
  if (!tx_.store().insert(OutboxMessage::table.name, cells))
    throw std::logic_error("an outbox message's id was made twice");
}

std::optional<OutboxMessage> OutboxMessages::by_id(const OutboxId& id) {
  return find_one<OutboxMessage>(tx_, {{"id", Test::is, Value::of_text(id.str())}});
}

std::vector<OutboxMessage> OutboxMessages::list(OutboxState state, std::uint32_t limit) {
  const Page page{"next_at", false, limit, 0};
  return find_all<OutboxMessage>(tx_, {{"state", Test::is, state_value(state)}}, &page);
}

std::optional<OutboxMessage> OutboxMessages::next_waiting() {
  auto first = list(OutboxState::waiting, 1);
  if (first.empty()) return std::nullopt;
  return std::move(first.front());
}

bool OutboxMessages::lease(const OutboxMessage& message, std::string_view holder, Time until) {
  return update(tx_, OutboxMessage::table,
                {{"id", Test::is, Value::of_text(message.id.str())},
                 {"state", Test::is, state_value(OutboxState::waiting)},
                 {"attempts", Test::is, Value::of_number(message.attempts)}},
                {{"attempts", Value::of_number(1), true},
                 {"next_at", Value::of_time(until)},
                 {"lease_until", Value::of_time(until)},
                 {"lease_holder", Value::of_text(holder)}}) == 1;
}

bool OutboxMessages::reschedule(const OutboxId& id, std::string_view holder, Time next_at,
                                std::string_view error) {
  return update(tx_, OutboxMessage::table,
                {{"id", Test::is, Value::of_text(id.str())},
                 {"state", Test::is, state_value(OutboxState::waiting)},
                 {"lease_holder", Test::is, Value::of_text(holder)}},
                {{"next_at", Value::of_time(next_at)},
                 {"lease_until", Value{}},
                 {"lease_holder", Value{}},
                 {"last_error", optional_text(error)}}) == 1;
}

bool OutboxMessages::bury(const OutboxId& id, std::string_view holder, Time now, std::string_view reason) {
  return update(tx_, OutboxMessage::table,
                {{"id", Test::is, Value::of_text(id.str())},
                 {"state", Test::is, state_value(OutboxState::waiting)},
                 {"lease_holder", Test::is, Value::of_text(holder)}},
                {{"state", state_value(OutboxState::dead)},
                 {"next_at", Value::of_time(now)},
                 {"lease_until", Value{}},
                 {"lease_holder", Value{}},
                 {"last_error", optional_text(reason)}}) == 1;
}

bool OutboxMessages::revive(const OutboxId& id, Time now, Time expires_at) {
  return update(tx_, OutboxMessage::table,
                {{"id", Test::is, Value::of_text(id.str())},
                 {"state", Test::is, state_value(OutboxState::dead)}},
                {{"state", state_value(OutboxState::waiting)},
                 {"attempts", Value::of_number(0)},
                 {"next_at", Value::of_time(now)},
                 {"expires_at", Value::of_time(expires_at)}}) == 1;
}

bool OutboxMessages::replace_payload(const OutboxMessage& message, std::string_view payload,
                                     Time expires_at) {
  if (message.lease_until) return false;
  return update(tx_, OutboxMessage::table,
                {{"id", Test::is, Value::of_text(message.id.str())},
                 {"state", Test::is, state_value(OutboxState::waiting)},
                 {"attempts", Test::is, Value::of_number(message.attempts)}},
                {{"payload", Value::of_text(payload)}, {"expires_at", Value::of_time(expires_at)}}) == 1;
}

std::vector<OutboxMessage> OutboxMessages::waiting_about(std::string_view subject) {
  return find_all<OutboxMessage>(tx_, {{"subject", Test::is, Value::of_text(subject)},
                                       {"state", Test::is, state_value(OutboxState::waiting)}});
}

bool OutboxMessages::remove(const OutboxId& id) {
  return records::remove(tx_, OutboxMessage::table, {{"id", Test::is, Value::of_text(id.str())}}) == 1;
}

std::vector<OutboxMessage> OutboxMessages::about(std::string_view subject) {
  return find_all<OutboxMessage>(tx_, {{"subject", Test::is, Value::of_text(subject)}});
}

std::int64_t OutboxMessages::remove_about(std::string_view subject) {
  return records::remove(tx_, OutboxMessage::table, {{"subject", Test::is, Value::of_text(subject)}});
}

void OutboxMessages::hasten(Time latest, Time now) {
  update(tx_, OutboxMessage::table,
         {{"state", Test::is, state_value(OutboxState::waiting)},
          {"next_at", Test::above, Value::of_time(latest)}},
         {{"next_at", Value::of_time(now)}});
}

std::int64_t OutboxMessages::remove_dead_before(Time time) {
  const Match old[] = {{"state", Test::is, state_value(OutboxState::dead)},
                       {"next_at", Test::below, Value::of_time(time)}};
  return remove_some(tx_, OutboxMessage::table, old, "next_at");
}

}  // namespace doorward::records
