#include "records/maintenance.hpp"

#include <stdexcept>

#include "base/errors.hpp"

namespace doorward::records {
namespace {

using State = Maintenance::State;

constexpr Field fields[] = {
    {"id", Type::text}, {"state", Type::text}, {"copy", Type::text}, {"since", Type::time}};
constexpr std::string_view only = "site";

const char* to_text(State state) {
  switch (state) {
    case State::leaving: return "leaving";
    case State::left: return "left";
    case State::arriving: return "arriving";
    case State::arrived: return "arrived";
  }
  return "";
}

State state_of(std::string_view text) {
  for (const State state : {State::leaving, State::left, State::arriving, State::arrived}) {
    if (text == to_text(state)) return state;
  }
  throw std::runtime_error("a store in an unknown state of maintenance: " + std::string(text));
}

}  // namespace

const Table Maintenance::table{"maintenance", fields, {}};

Maintenance Maintenance::read(std::span<const Value> row) {
  return {state_of(row[1].text), std::string(row[2].text), row[3].time()};
}

std::string Maintenance::sentence() const {
  switch (state) {
    case State::leaving: return "the store is read-only: it is being copied into another one";
    case State::left: return "the store is read-only: its installation was moved to another one";
    case State::arriving: return "the store is read-only: another one is being copied into it";
    case State::arrived: break;
  }
  return "the store takes writes";
}

std::optional<Maintenance> Maintenances::get() {
  return find_one<Maintenance>(tx_, {{"id", Test::is, Value::of_text(only)}});
}

void Maintenances::set(const Maintenance& maintenance) {
  remove();
  const Cell cells[] = {
      {"id", Value::of_text(only)},
      {"state", Value::of_text(to_text(maintenance.state))},
      {"copy", Value::of_text(maintenance.copy)},
      {"since", Value::of_time(maintenance.since)},
  };
  if (!tx_.store().insert(Maintenance::table.name, cells))
    throw std::logic_error("a store has two rows of maintenance");
}

void Maintenances::remove() {
  records::remove(tx_, Maintenance::table, {{"id", Test::is, Value::of_text(only)}});
}

void Maintenances::must_take_writes() {
  const auto found = get();
  if (found && !found->takes_writes()) throw ReadOnly(found->sentence());
}

}  // namespace doorward::records
