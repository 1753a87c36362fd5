// What a stanza costs to frame, to parse and to write. Run: xml_bench
// --benchmark_counters_tabular=true
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "base/assert.h"
#include "xml/document.h"
#include "xml/framer.h"
#include "xml/writer.h"

namespace rookery::xml {
namespace {

constexpr std::string_view kHeader =
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
    "to='localhost' version='1.0'>";

std::string message(std::string_view body) {
  return "<message to='juliet@localhost' type='chat' id='m1234567'><body>" + std::string(body) +
         "</body></message>";
}

std::string roster() {
  std::string text = "<iq type='result' id='r1' to='romeo@localhost/orchard'>"
                     "<query xmlns='jabber:iq:roster' ver='42'>";
  for (int i = 0; i < 100; ++i) {
    const std::string n = std::to_string(i);
    text += "<item jid='contact" + n + "@example.org' name='Contact number " + n +
            "' subscription='both'><group>Friends</group></item>";
  }
  return text + "</query></iq>";
}

// Traffic of many users: no two alike, so that branches cannot be learnt by heart.
std::vector<std::string> mixed() {
  std::mt19937 random(1);
  const auto letters = [&random](std::size_t from, std::size_t to) {
    std::string out(from + random() % (to - from), 'a');
    for (char& c : out)
      c = static_cast<char>('a' + random() % 26);
    return out;
  };
  std::vector<std::string> stanzas;
  for (int i = 0; i < 1000; ++i) {
    const std::string to = " to='" + letters(3, 12) + "@example.org/" + letters(4, 20) + "'";
    const std::string id = " id='" + letters(6, 36) + "'";
    const std::string body = "<body>" + letters(1, 60) + "</body>";
    switch (random() % 6) {
    case 0:
      stanzas.push_back("<presence" + to + "><show>away</show></presence>");
      break;
    case 1:
      stanzas.push_back("<iq type='get'" + id + "><ping xmlns='urn:xmpp:ping'/></iq>");
      break;
    case 2:
      stanzas.push_back("<message" + id + to + " type='chat'>" + body +
                        "<active xmlns='http://jabber.org/protocol/chatstates'/>"
                        "<origin-id xmlns='urn:xmpp:sid:0'" +
                        id + "/></message>");
      break;
    default:
      stanzas.push_back("<message type='chat'" + to + id + ">" + body + "</message>");
    }
  }
  return stanzas;
}

std::string stanza_of(std::int64_t kind) {
  std::string chinese;
  for (int i = 0; i < 110; ++i)
    chinese += "\xE4\xBD\xA0\xE5\xA5\xBD\xE5\x90\x97";
  switch (kind) {
  case 0:
    return message("Wherefore art thou, Romeo?"); // 100 bytes
  case 1:
    return message(std::string(920, 'x')); // 1 kB
  case 2:
    return message(chinese); // 1 kB of three-byte characters
  default:
    return roster(); // 9 kB of small elements
  }
}

void finish(benchmark::State& state, std::size_t stanza_bytes) {
  static constexpr const char* kLabels[] = {"message 100 B", "message 1 kB", "message 1 kB Chinese",
                                            "roster of 100"};
  state.SetLabel(kLabels[state.range(0)]);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(stanza_bytes));
}

void BM_FrameMixed(benchmark::State& state) {
  const std::vector<std::string> stanzas = mixed();
  Framer framer(Framer::Mode::kStream, Caps{});
  std::string_view header = kHeader;
  ROOKERY_ASSERT(framer.next(header).kind == Framer::Kind::kStreamOpen);
  std::size_t i = 0;
  for (auto _ : state) {
    const std::string& stanza = stanzas[i++ % stanzas.size()];
    std::string_view input = stanza;
    const Framer::Frame frame = framer.next(input);
    ROOKERY_ASSERT(frame.bytes.size() == stanza.size());
  }
}

void BM_ParseMixed(benchmark::State& state) {
  const std::vector<std::string> stanzas = mixed();
  const RootNamespaces root{"jabber:client", {{"stream", "http://etherx.jabber.org/streams"}}};
  Document document;
  std::size_t i = 0;
  for (auto _ : state)
    ROOKERY_ASSERT(document.parse(stanzas[i++ % stanzas.size()], &root));
}

void BM_Frame(benchmark::State& state) {
  const std::string stanza = stanza_of(state.range(0));
  Framer framer(Framer::Mode::kStream, Caps{});
  std::string_view header = kHeader;
  ROOKERY_ASSERT(framer.next(header).kind == Framer::Kind::kStreamOpen);
  for (auto _ : state) {
    std::string_view input = stanza;
    const Framer::Frame frame = framer.next(input);
    ROOKERY_ASSERT(frame.bytes.size() == stanza.size());
  }
  finish(state, stanza.size());
}

// In two pieces: what a stanza costs that does not end where the read does.
void BM_FrameInTwo(benchmark::State& state) {
  const std::string stanza = stanza_of(state.range(0));
  Framer framer(Framer::Mode::kStream, Caps{});
  std::string_view header = kHeader;
  ROOKERY_ASSERT(framer.next(header).kind == Framer::Kind::kStreamOpen);
  for (auto _ : state) {
    std::string_view first = std::string_view(stanza).substr(0, stanza.size() / 2);
    std::string_view second = std::string_view(stanza).substr(stanza.size() / 2);
    ROOKERY_ASSERT(framer.next(first).kind == Framer::Kind::kNeedMore);
    const Framer::Frame frame = framer.next(second);
    ROOKERY_ASSERT(frame.bytes.size() == stanza.size());
    benchmark::DoNotOptimize(framer.next(second));
  }
  finish(state, stanza.size());
}

void BM_Parse(benchmark::State& state) {
  const std::string stanza = stanza_of(state.range(0));
  const RootNamespaces root{"jabber:client", {{"stream", "http://etherx.jabber.org/streams"}}};
  Document document;
  for (auto _ : state)
    ROOKERY_ASSERT(document.parse(stanza, &root));
  finish(state, stanza.size());
}

void BM_Copy(benchmark::State& state) {
  const std::string stanza = stanza_of(state.range(0));
  Document document;
  ROOKERY_ASSERT(document.parse_trusted(stanza, "jabber:client"));
  std::string out;
  for (auto _ : state) {
    out.clear();
    Writer(out).element(document.root());
    benchmark::DoNotOptimize(out.data());
  }
  finish(state, stanza.size());
}

void BM_WriteMessage(benchmark::State& state) {
  std::string out;
  for (auto _ : state) {
    out.clear();
    Writer writer(out);
    writer.open("message").attribute("to", "juliet@localhost").attribute("type", "chat");
    writer.attribute("id", "m1234567").leaf("body", "Wherefore art thou, Romeo?").close();
    benchmark::DoNotOptimize(out.data());
  }
}

BENCHMARK(BM_FrameMixed);
BENCHMARK(BM_ParseMixed);
BENCHMARK(BM_Frame)->DenseRange(0, 3);
BENCHMARK(BM_FrameInTwo)->DenseRange(0, 3);
BENCHMARK(BM_Parse)->DenseRange(0, 3);
BENCHMARK(BM_Copy)->DenseRange(0, 3);
BENCHMARK(BM_WriteMessage);

} // namespace
} // namespace rookery::xml
