#include <benchmark/benchmark.h>

#include <string>

#include "xmpp/jid.h"
#include "xmpp/messages.h"
#include "xmpp/stanza.h"

namespace rookery::xmpp {
namespace {

constexpr const char* kMessage =
    "<message to='juliet@capulet.example/balcony' id='af3b5c60' type='chat'><body>Neither, fair "
    "saint, if either "
    "thee dislike.</body><request xmlns='urn:xmpp:receipts'/></message>";

void BM_JidParseAscii(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(Jid::parse("juliet@capulet.example/balcony"));
}
BENCHMARK(BM_JidParseAscii);

void BM_JidParseUnicode(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(Jid::parse("\u8FC5\u96F7@\u4F8B\u5B50.example/\u624B\u673A"));
}
BENCHMARK(BM_JidParseUnicode);

/// The dearest address that fits: what a hostile peer can make one attribute cost.
void BM_JidParseWorst(benchmark::State& state) {
  std::string text;
  while (text.size() + 3 <= 1023)
    text += "\u30FB";
  const std::string jid = "\u4E00" + text.substr(3) + "@example.com/" + text.substr(3) + "\u4E00";
  for (auto _ : state)
    benchmark::DoNotOptimize(Jid::parse(jid));
}
BENCHMARK(BM_JidParseWorst);

void BM_ReadHeader(benchmark::State& state) {
  xml::Document document;
  if (!document.parse_trusted(kMessage, kNsClient))
    state.SkipWithError("no stanza");
  for (auto _ : state)
    benchmark::DoNotOptimize(read_header(document.root()));
}
BENCHMARK(BM_ReadHeader);

void BM_Policies(benchmark::State& state) {
  xml::Document document;
  if (!document.parse_trusted(kMessage, kNsClient))
    state.SkipWithError("no stanza");
  for (auto _ : state) {
    benchmark::DoNotOptimize(should_archive(document.root()));
    benchmark::DoNotOptimize(should_carbon(document.root(), Direction::kReceived));
    benchmark::DoNotOptimize(has_forged(document.root(), "juliet@capulet.example"));
  }
}
BENCHMARK(BM_Policies);

void BM_WriteStanza(benchmark::State& state) {
  xml::Document document;
  if (!document.parse_trusted(kMessage, kNsClient))
    state.SkipWithError("no stanza");
  std::string out;
  for (auto _ : state) {
    out.clear();
    write_stanza(out, document.root(),
                 {.from = "romeo@montague.example/orchard",
                  .append = "<stanza-id xmlns='urn:xmpp:sid:0' id='1'/>"});
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(BM_WriteStanza);

} // namespace
} // namespace rookery::xmpp
