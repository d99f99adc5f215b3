#include "engine/engine.hpp"

#include <unistd.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "base/errors.hpp"
#include "base/text.hpp"
#include "crypto/digest.hpp"
#include "crypto/hash_seats.hpp"
#include "crypto/password_hash.hpp"
#include "engine/assemble.hpp"
#include "engine/assertions.hpp"
#include "engine/founding.hpp"
#include "engine/front.hpp"
#include "engine/guard.hpp"
#include "engine/hearing.hpp"
#include "engine/jobs.hpp"
#include "engine/limit_teller.hpp"
#include "engine/refusal.hpp"
#include "pages/renderer.hpp"
#include "plugin_host/mailer_client.hpp"
#include "plugin_host/parts.hpp"
#include "plugin_host/storage_client.hpp"
#include "records/schema.hpp"
#include "settings/read.hpp"
#include "signin/breaches.hpp"

namespace doorward::engine {
namespace {

// Names under which sites and proxies commonly hand identities on. What settings name comes on top.
constexpr const char* common_identity_headers[] = {
    "x-doorward-*",       "remote-user",      "remote-email",      "remote-name",
    "remote-groups",      "x-remote-user",    "x-remote-email",    "x-remote-name",
    "x-remote-group*",    "x-forwarded-user", "x-forwarded-email", "x-forwarded-preferred-username",
    "x-forwarded-groups", "x-auth-request-*", "x-authenticated-*", "x-webauth-user",
};

unsigned seats_of(const settings::Settings::Password& password) {
  const unsigned seats = password.hash_seats != 0 ? password.hash_seats : std::thread::hardware_concurrency();
  return std::clamp(seats, 1U, crypto::HashSeats::max_seats);
}

std::string host_name() {
  std::string name(256, '\0');
  if (::gethostname(name.data(), name.size() - 1) != 0) return "host";
  name.resize(name.find('\0'));
  return name;
}

std::string key_ring_of(const settings::Settings& settings) { return settings.state_dir + "/key_ring"; }

bool is_there(const std::string& path) { return crypto::mark_of(path) != crypto::FileMark(); }

// Where there is none, the first start makes it. A bad one must not come to light only in the worker that a reload starts.
void check_key_ring(const std::string& path, const std::string& place) {
  if (!is_there(path)) return;
  try {
    crypto::read_key_ring(path);
  } catch (const BadSettings& bad) {
    throw BadSettings(place + ": " + bad.what());
  }
}

}  // namespace

// In the order in which they are made; taken down the other way round.
struct Engine::Running {
  explicit Running(Engine& engine, bool with_jobs)
      : keys(open_keys(engine, with_jobs)),
        // Of the key that changes least: workers that start later count with the others.
        limits_key(keys.derive(keys.oldest(), "limits", "")),
        epochs(engine.settings_.state_dir + "/epochs"),
        seats(engine.settings_.state_dir + "/hash_seats", seats_of(engine.settings_.password)),
        limiter(engine.settings_.state_dir + "/limits", limits_key,
                [this](const http::LimitChange& change) {
                  if (teller != nullptr) teller->tell(change);
                }),
        database(*engine.storage_, epochs),
        hasher({engine.settings_.password.hash_memory, engine.settings_.password.hash_passes}, seats,
               engine.settings_.password.hash_wait),
        passwords(hasher, keys, engine.around_.random),
        breaches(engine.settings_.password, *engine.parts_, engine.around_.clock, engine.around_.log),
        password_policy(engine.settings_.password, breaches),
        throttle(limiter, engine.settings_.limits),
        browsers(keys),
        services{engine.settings_,
                 database,
                 keys,
                 passwords,
                 password_policy,
                 throttle,
                 browsers,
                 engine.cookies_,
                 engine.around_.clock,
                 engine.around_.random,
                 engine.around_.log,
                 *engine.parts_},
        cache(epochs, hear(engine)),
        guard(database, cache, engine.around_.clock, engine.around_.log,
              {engine.cookies_.session, engine.settings_.mount + "/avatar?v="}),
        front(services, *engine.renderer_, engine.routes_),
        assertions(engine.settings_, keys),
        refusals(engine.settings_, *engine.renderer_, front.answers(), engine.around_.random,
                 engine.around_.log),
        sender(*engine.mailer_),
        composers(all_letters(services)),
        dispatcher({database, sender, *engine.renderer_, composers, engine.around_.clock,
                    engine.around_.random, engine.around_.log},
                   dispatch_options(engine.settings_)),
        jobs(services, cache, dispatcher, [this, &engine] { prepare(engine); }) {
    try {
      jobs.prepare();
    } catch (const Unavailable& error) {
      // A store across the network may come up after the web server: jobs go on trying.
      if (engine.hearing_ == nullptr || !with_jobs) throw;
      engine.around_.log.error(std::string("the store can't be reached yet: ") + error.what());
    }
    if (!with_jobs) return;
    if (engine.hearing_ != nullptr)
      teller = std::make_unique<LimitTeller>(database, limiter.host(), limits_key, engine.around_.random,
                                             engine.around_.log);
    jobs.start();
  }

  static crypto::KeyRing open_keys(Engine& engine, bool with_jobs) {
    const std::string ring = key_ring_of(engine.settings_);
    if (!is_there(ring)) ask_for_a_first_start(engine, ring, with_jobs);
    return crypto::KeyRing::open(ring, engine.around_.random);
  }

  // A store across the network may come up after the web server; then a folder that was in use has had its key ring.
  static void ask_for_a_first_start(Engine& engine, const std::string& ring, bool with_jobs) {
    const std::string epochs_path = engine.settings_.state_dir + "/epochs";
    const bool may_be_first = !is_there(epochs_path) && engine.storage_->has_feed() && with_jobs;
    try {
      records::Epochs epochs(epochs_path);
      records::Database database(*engine.storage_, epochs);
      database.prepare(records::schema());
      must_be_new(database, ring);
    } catch (const ReadOnly&) {
      throw;
    } catch (const Unavailable& error) {
      if (!may_be_first)
        throw Unavailable(
            ring +
            ": there is no key ring, and the store can't be asked whether it needs one: " + error.what());
    }
  }

  const records::Feed* hear(Engine& engine) const {
    if (!engine.storage_->has_feed()) return nullptr;
    engine.hearing_ = std::make_unique<Hearing>(engine.settings_.state_dir, limits_key, engine.around_.clock);
    return &engine.hearing_->revocations();
  }

  void prepare(Engine& engine) {
    database.prepare(records::schema());
    const std::string ring = key_ring_of(engine.settings_);
    const Founding founding{engine.settings_.site.name, ring, keys, engine.around_.random};
    found(database, founding, engine.around_.clock.now());
    if (engine.hearing_ != nullptr && !std::exchange(listening, true))
      engine.storage_->listen(*engine.hearing_);
  }

  static mail::Dispatcher::Options dispatch_options(const settings::Settings& settings) {
    mail::Dispatcher::Options options;
    options.from_name = settings.mail.from_name;
    options.from_address = settings.mail.from_address;
    options.host = settings.public_host.substr(0, settings.public_host.find(':'));
    options.worker = host_name() + "/" + std::to_string(::getpid());
    // A worker that dies while it sends leaves its letter to the others when the lease is over.
    options.send_timeout = std::chrono::seconds(20);
    options.lease = std::chrono::seconds(40);
    return options;
  }

  crypto::KeyRing keys;
  std::string limits_key;
  records::Epochs epochs;
  crypto::HashSeats seats;
  http::Limiter limiter;
  records::Database database;
  crypto::PasswordHasher hasher;
  signin::Passwords passwords;
  signin::Breaches breaches;
  signin::PasswordPolicy password_policy;
  signin::Throttle throttle;
  signin::Browsers browsers;
  flows::Services services;
  SessionCache cache;
  Guard guard;
  Front front;
  Assertions assertions;
  Refusals refusals;
  plugin_host::MailerClient sender;
  flows::Letters composers;
  mail::Dispatcher dispatcher;
  bool listening = false;
  std::unique_ptr<LimitTeller> teller;  // null: nobody else counts
  Jobs jobs;
};

Engine::Engine(const std::string& yaml_path, const Surroundings& surroundings)
    : around_(surroundings),
      settings_(settings::read(yaml_path)),
      cookies_(settings_.secure),
      routes_(all_routes()) {
  std::string faults;
  const auto collect = [&](const auto& make) {
    try {
      make();
    } catch (const BadSettings& bad) {
      faults += (faults.empty() ? "" : "\n") + std::string(bad.what());
    }
  };
  const auto place_of = [&](const char* key) {
    const auto place = settings_.places.find(key);
    if (place == settings_.places.end()) return settings_.file + ":1:1";
    return place->second.file + ":" + std::to_string(place->second.line) + ":" +
           std::to_string(place->second.column);
  };
  collect([&] {
    renderer_ = pages::Renderer::load(
        {settings_.theme_dir, settings_.theme_overrides, settings_.locales_dir, settings_.locales});
  });
  collect([&] {
    storage_ = plugin_host::make_storage(settings_.storage, settings_.plugin_dir, around_.log, around_.clock);
  });
  collect([&] {
    mailer_ = plugin_host::Plugin::load(plugin_host::mailer_kind, settings_.mailer, settings_.plugin_dir,
                                        around_.log, around_.clock);
    const plugin_host::MailerClient complete(*mailer_);
  });
  if (::access(settings_.state_dir.c_str(), R_OK | W_OK | X_OK) != 0) {
    faults += (faults.empty() ? "" : "\n") + place_of("state_dir") + ": state_dir " + settings_.state_dir +
              " is not a folder that this user may write to";
  }
  collect([&] { check_key_ring(key_ring_of(settings_), place_of("state_dir")); });
  const auto& breaches = settings_.password.breach_list;
  if (signin::look_up_in_list(breaches, "doorward") == signin::Breach::unanswered)
    faults += (faults.empty() ? "" : "\n") + place_of("password.breach_list") + ": password.breach_list " +
              breaches + " can't be read, or is no file of pwqfilter";
  if (!faults.empty()) throw BadSettings(faults);
  parts_ = std::make_unique<plugin_host::OpenedParts>(settings_.plugin_dir);

  for (const flows::Route& route : routes_) {
    if (route.absolute) paths_.push_back(route.path);
    if (route.upload) upload_paths_.push_back(settings_.mount + route.path);
  }
  for (const char* name : common_identity_headers) identity_headers_.emplace_back(name);
  for (const std::string& name : settings_.identity_headers) identity_headers_.push_back(ascii_lower(name));
}

Engine::~Engine() { stop(); }

void Engine::start(bool with_jobs) {
  if (running_) return;
  crypto::initialize();
  storage_->start();
  try {
    mailer_->start();
    running_ = std::make_unique<Running>(*this, with_jobs);
  } catch (...) {
    stop();
    throw;
  }
}

void Engine::stop() noexcept {
  running_.reset();
  if (mailer_) mailer_->stop();
  if (storage_) storage_->stop();
  hearing_.reset();
}

Guard& Engine::guard() { return running_->guard; }
const flows::Services& Engine::services() const { return running_->services; }
Jobs& Engine::jobs() { return running_->jobs; }
mail::Sender& Engine::sender() { return running_->sender; }
std::size_t Engine::send_due() { return running_->dispatcher.run_due().handled; }

http::Response Engine::handle(const http::Request& request) {
  http::Response response = running_->front.handle(request);
  if (!request.is_safe()) running_->jobs.wake();
  return response;
}

std::string Engine::assertion(const Identity& identity) {
  try {
    return running_->assertions.of(identity, around_.clock.now());
  } catch (const std::exception& error) {
    around_.log.error(std::string("who is asking can't be asserted: ") + error.what());
    throw;
  }
}

const http::Response& Engine::refuse(const http::Request& request, Verdict verdict, http::Response& made,
                                     const Identity* identity) const {
  if (verdict != Verdict::forbid || identity == nullptr)
    return running_->refusals.answer(request, verdict, made);
  const std::string id = make_request_id(around_.random);
  running_->jobs.refused_places().note(request, *identity, id);
  return running_->refusals.answer(request, verdict, made, id);
}

}  // namespace doorward::engine
