#pragma once
#include "apache/apache.hpp"

namespace doorward::apache {

// Doorward's own paths, whatever the configuration maps them to. mod_rewrite may redirect them, and may lead to them.
int recognize_path(request_rec* r);    // translate_name hook, before mod_rewrite
int claim_path(request_rec* r);        // translate_name hook, after it
int skip_directories(request_rec* r);  // map_to_storage hook: they are no files
int serve_page(request_rec* r);        // handler hook

}  // namespace doorward::apache
