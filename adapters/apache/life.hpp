// When the settings are checked, and when the engine comes and goes.
//
// Settings are checked in a forked child while Apache reads its configuration (apachectl configtest, start, graceful).
// The engine itself is opened by each child process for itself; the parent never loads it.
#pragma once
#include "apache/apache.hpp"

namespace doorward::apache {

// [the parent, configuration] check_config hook. Apache reads its configuration twice at a start; the faults are told in
// the first reading of a configtest, and else in the second.
int check_settings(apr_pool_t* configuration, apr_pool_t* log, apr_pool_t* temporary, server_rec* server);

// [each child, before its threads] child_init hook. A child whose engine doesn't start goes on without: what is
// protected is answered 503.
void start_engines(apr_pool_t* child, server_rec* server);

// Held while the engine is called: an engine that is in use is not stopped. A child may be ended with its threads still
// running, or, with prefork, from a signal handler in the middle of anything; then the engine just ends with the process, as
// it survives a kill.
class EngineCall {
 public:
  EngineCall() noexcept;
  ~EngineCall();
  EngineCall(const EngineCall&) = delete;
  EngineCall& operator=(const EngineCall&) = delete;
  bool allowed() const noexcept { return allowed_; }  // false: this process is ending

 private:
  bool allowed_;
};

}  // namespace doorward::apache
