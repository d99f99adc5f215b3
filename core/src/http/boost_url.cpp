// Boost.URL, compiled once, here: so no Boost library is needed where the engine runs.
#include <boost/url/src.hpp>
