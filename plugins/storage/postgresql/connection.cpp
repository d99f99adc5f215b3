#include "connection.hpp"

#include <poll.h>

namespace postgresql_store {

namespace {

constexpr std::size_t most_statements = 256;  // far more shapes than the engine has

}  // namespace

void wait_for_socket(int socket, bool write, const Limit& limit) {
  pollfd watched[2] = {{socket, static_cast<short>(write ? POLLIN | POLLOUT : POLLIN), 0},
                       {limit.wake, POLLIN, 0}};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(limit.deadline - Deadline::clock::now());
    if (left.count() <= 0) throw Late();
    const int found = ::poll(watched, limit.wake < 0 ? 1 : 2,
                             static_cast<int>(std::min<std::int64_t>(left.count(), 60000)));
    if (found > 0 && limit.wake >= 0 && watched[1].revents != 0) throw Woken();
    if (found > 0) return;
    if (found < 0 && errno != EINTR) throw Lost("poll failed with errno " + std::to_string(errno));
  }
}

void Connection::fail() { throw Lost(one_line(PQerrorMessage(raw_))); }

void Connection::note(int sent, Kind kind, const std::string& shape) {
  if (sent == 0) fail();
  sent_.push_back({kind, shape});
  if (kind == Kind::end) ++ends_;
}

void Connection::queue(const std::string& sql) {
  note(PQsendQueryParams(raw_, sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1), Kind::plain);
}

void Connection::queue_rows(const std::string& sql) {
  note(PQsendQueryParams(raw_, sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1), Kind::wanted);
}

void Connection::send(const std::string& name, const Parameters& parameters) {
  const Parameters::Raw raw = parameters.raw();
  note(PQsendQueryPrepared(raw_, name.c_str(), raw.count, raw.values, raw.lengths, raw.formats, 1),
       Kind::wanted);
}

void Connection::queue_new(const std::string& shape, const Parameters& parameters, const std::string& sql) {
  if (statements_.size() >= most_statements) drop_one_unused();
  const std::string name = "d" + std::to_string(++names_);
  const Parameters::Raw raw = parameters.raw();
  note(PQsendPrepare(raw_, name.c_str(), sql.c_str(), raw.count, raw.types), Kind::prepare, shape);
  preparing_[shape] = name;
  send(name, parameters);
}

void Connection::queue_known(Kept& kept, const Parameters& parameters) {
  used_.splice(used_.begin(), used_, kept.place);
  send(kept.name, parameters);
}

void Connection::drop_one_unused() {
  const auto last = statements_.find(used_.back());
  queue("DEALLOCATE " + last->second.name);
  used_.pop_back();
  statements_.erase(last);
}

void Connection::use_statements_of(unsigned schema) {
  if (std::exchange(statements_schema_, schema) == schema) return;
  if (!statements_.empty()) queue("DEALLOCATE ALL");
  statements_.clear();
  used_.clear();
}

void Connection::end_queue() { note(PQpipelineSync(raw_), Kind::end); }

void Connection::flush(const Limit& limit) {
  for (int left = PQflush(raw_); left != 0; left = PQflush(raw_)) {
    if (left < 0) fail();
    wait_for_socket(PQsocket(raw_), true, limit);
    if (PQconsumeInput(raw_) == 0) fail();  // a server that can't get rid of its answers takes no questions
  }
}

Result Connection::next(const Limit& limit) {
  while (PQisBusy(raw_) != 0) {
    wait_for_socket(PQsocket(raw_), false, limit);
    if (PQconsumeInput(raw_) == 0) fail();
  }
  return Result(PQgetResult(raw_));
}

// An answer. Each statement has one result and then none; the end of a queue has one.
void Connection::settle(const Sent& sent, Result result, bool of_interest) {
  const ExecStatusType status = PQresultStatus(result.get());
  if (result == nullptr) throw Lost("the server's answers don't fit the questions");
  if (sent.kind == Kind::prepare) {
    const auto found = preparing_.find(sent.shape);
    if (status == PGRES_COMMAND_OK) {
      used_.push_front(sent.shape);
      statements_[sent.shape] = {found->second, used_.begin()};
    }
    preparing_.erase(found);
  }
  if (status == PGRES_FATAL_ERROR) {
    const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    const char* text = PQresultErrorField(result.get(), PG_DIAG_MESSAGE_PRIMARY);
    if (state == nullptr) throw Lost(one_line(PQresultErrorMessage(result.get())));
    if (of_interest && refused_ == nullptr)
      refused_ = std::make_unique<ServerError>(state, text == nullptr ? "" : text);
  }
  if (sent.kind == Kind::plain && of_interest) tag_ = PQcmdStatus(result.get());
  if (sent.kind == Kind::wanted && of_interest) wanted_ = std::move(result);
}

Result Connection::finish(const Limit& limit) {
  end_queue();
  flush(limit);
  wanted_.reset();
  refused_.reset();
  warned_ = false;
  while (!sent_.empty()) {
    const bool of_interest = ends_ == 1;
    Result result = next(limit);
    if (sent_.front().kind == Kind::end) {
      if (PQresultStatus(result.get()) != PGRES_PIPELINE_SYNC) fail();
      if (--ends_ > 0) warned_ = false;  // about what leave() left
    } else {
      settle(sent_.front(), std::move(result), of_interest);
      if (next(limit) != nullptr) throw Lost("the server's answers don't fit the questions");
    }
    sent_.pop_front();
  }
  if (refused_ != nullptr) throw ServerError(*refused_);
  return std::move(wanted_);
}

void Connection::leave() {
  end_queue();
  if (PQflush(raw_) < 0) fail();
}

bool Connection::is_alive() {
  pollfd watched{PQsocket(raw_), POLLIN, 0};
  while (::poll(&watched, 1, 0) > 0) {
    if ((watched.revents & (POLLERR | POLLNVAL)) != 0 || PQconsumeInput(raw_) == 0) return false;
    if (PQflush(raw_) < 0 || PQstatus(raw_) == CONNECTION_BAD) return false;
  }
  PQisBusy(raw_);  // reads what the server may have said of its end, which goes to receive_notice
  return PQstatus(raw_) != CONNECTION_BAD && !ending_;
}

void Connection::wait(const Limit& limit) {
  wait_for_socket(PQsocket(raw_), false, limit);
  if (PQconsumeInput(raw_) == 0) fail();
}

std::unique_ptr<PGnotify, void (*)(PGnotify*)> Connection::notification() {
  return {PQnotifies(raw_), [](PGnotify* one) { PQfreemem(one); }};
}

}  // namespace postgresql_store
