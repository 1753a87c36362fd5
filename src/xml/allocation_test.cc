// A stanza that lies in one piece of input costs no allocation, once what is reused has grown.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "xml/document.h"
#include "xml/framer.h"
#include "xml/writer.h"

namespace {
thread_local std::size_t allocations = 0;
}

[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* block = std::malloc(size))
    return block;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* block) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept { std::free(block); }

namespace rookery::xml {
namespace {

TEST(Allocation, NoneInTheSteadyState) {
  const std::string stanza = "<message to='a@b' xml:lang='en'><body>x &lt; y &#65;</body>"
                             "<stream:x/><x xmlns='u' xmlns:q='v' q:y='1'>z<z/>z</x></message>";
  Framer framer(Framer::Mode::kStream, Caps{});
  std::string_view header =
      "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
  ASSERT_EQ(framer.next(header).kind, Framer::Kind::kStreamOpen);
  Document document;
  std::string out;
  std::size_t before = 0;
  for (int i = 0; i < 10; ++i) {
    if (i == 2)
      before = allocations;
    std::string_view input = stanza;
    const Framer::Frame frame = framer.next(input);
    ASSERT_TRUE(document.parse(frame.bytes, framer.root()));
    out.clear();
    Writer(out).element(document.root());
    document.clear();
  }
  EXPECT_EQ(allocations, before);
  EXPECT_GT(out.size(), stanza.size());
}

} // namespace
} // namespace rookery::xml
