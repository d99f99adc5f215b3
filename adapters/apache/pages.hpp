#pragma once
#include "apache/apache.hpp"

namespace doorward::apache {

// Doorward's own paths, whatever the configuration maps them to. The site may redirect them (Redirect, RewriteRule), and may
// lead to them, but not take them over.
int recognize_path(request_rec* r);  // translate_name hook, before all others
int claim_path(request_rec* r);      // map_to_storage hook: they are no files, and nobody else's
int serve_page(request_rec* r);      // handler hook

}  // namespace doorward::apache
