// Boost.JSON is compiled here, once: Debian's headers without its library package.
#include <boost/json/src.hpp>
