// What this module knows of one request: the cookies that it took out, and who is asking.
//
// nginx clears a module's pointer at every internal redirect (error_page, try_files, index, X-Accel-Redirect),
// but not the request's pool; so a Visitor lives in a pool cleanup and is found there again. Sub-requests share
// the visitor of the request they belong to.
#pragma once
#include "nginx/settings.hpp"

namespace doorward::nginx {

struct TakenCookie {
  const ngx_table_elt_t* header;  // the header as it goes on; null: it was taken out whole
  doorward_text value;            // as the client sent it
  TakenCookie* next;
};

struct HeldIdentity {
  const doorward_identity* identity;
  HeldIdentity* next;
};

struct Visitor {
  const doorward_host* host;   // null until there is something to give back
  doorward_decision decision;  // to `asked`
  const doorward_rule* asked;  // null: no decision yet
  HeldIdentity* earlier;       // identities that variables may still point into
  TakenCookie* cookies;        // Cookie headers that hold one of Doorward's
  TakenCookie first_cookie;    // room for the usual single one
  ngx_uint_t cookie_count;
  bool asking;  // a thread is finding out
};

// The request's visitor; null: there is none yet.
Visitor* find_visitor(ngx_http_request_t* r) noexcept;
// The same, made where there is none. Null: no memory.
Visitor* visitor_of(ngx_http_request_t* r) noexcept;

// May this visitor pass by this rule? Never blocks; DOORWARD_ASK says that a thread has to find out.
doorward_verdict decide(ngx_http_request_t* r, Visitor& visitor, const Site& site,
                        const doorward_rule& rule) noexcept;

// Takes over a decision, and its identity, until the request ends.
void keep(ngx_http_request_t* r, Visitor& visitor, const Site& site, const doorward_rule& rule,
          const doorward_decision& decision) noexcept;

// The values of the visitor's Cookie headers for a call of the engine: `one` is room for the usual single one.
// Null with `count` above 0: no memory.
const doorward_text* cookie_values(ngx_pool_t* pool, const Visitor& visitor, doorward_text& one) noexcept;

}  // namespace doorward::nginx
