// Sending what the engine answered. nginx's error_page has no say in it: an answer is sent as it is, so that a
// refusal can't be turned into something else.
#pragma once
#include "nginx/nginx.hpp"

#include "embedding/answer.hpp"

namespace doorward::nginx {

// Of a request that is refused: what comes of its body is read past. Who waits to be told to go on with it isn't (RFC 9110
// 10.1.1), and the connection ends with the answer. A status other than NGX_OK ends the request.
ngx_int_t discard_body(ngx_http_request_t* r) noexcept;

// Each of these ends the request (it may be gone afterwards); the caller returns NGX_DONE to nginx.

// `answer` lives as long as the request.
void send(ngx_http_request_t* r, const embedding::Answer& answer) noexcept;

// 503 with Retry-After, or any other plain status, in a line of text.
void send_plain(ngx_http_request_t* r, ngx_uint_t status, const char* line) noexcept;

// A sub-request's refusal: a status and nothing to include.
void send_empty(ngx_http_request_t* r, ngx_uint_t status) noexcept;

// Collects an answer that is made on the event loop straight into the request's memory.
class DirectAnswer {
 public:
  explicit DirectAnswer(ngx_http_request_t* r) noexcept;
  doorward_response sink() noexcept;
  bool usable() const noexcept { return !broken_ && status_ != 0; }
  void send() noexcept;

 private:
  ngx_http_request_t* r_;
  ngx_uint_t status_ = 0;
  bool broken_ = false;
  ngx_chain_t* body_ = nullptr;
  ngx_chain_t** end_ = &body_;
};

}  // namespace doorward::nginx
