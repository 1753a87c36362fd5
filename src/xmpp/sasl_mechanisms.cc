#include "xmpp/sasl_mechanisms.h"

#include <algorithm>

#include "base/assert.h"
#include "base/encoding.h"

namespace rookery::xmpp {
namespace {

enum class Family : std::uint8_t { kScram, kPlain, kToken };

struct Mechanism {
  std::string_view name;
  Family family;
  HashKind hash;
  bool plus;
  std::string_view token_binding;
};

/// In the order of SaslMechanism.
constexpr std::array<Mechanism, kSaslMechanisms> kTable{{
    {"SCRAM-SHA-512-PLUS", Family::kScram, HashKind::kSha512, true, {}},
    {"SCRAM-SHA-256-PLUS", Family::kScram, HashKind::kSha256, true, {}},
    {"SCRAM-SHA-1-PLUS", Family::kScram, HashKind::kSha1, true, {}},
    {"SCRAM-SHA-512", Family::kScram, HashKind::kSha512, false, {}},
    {"SCRAM-SHA-256", Family::kScram, HashKind::kSha256, false, {}},
    {"SCRAM-SHA-1", Family::kScram, HashKind::kSha1, false, {}},
    {"PLAIN", Family::kPlain, HashKind::kSha256, false, {}},
    {"HT-SHA-256-EXPR", Family::kToken, HashKind::kSha256, false, kTlsExporter},
    {"HT-SHA-256-ENDP", Family::kToken, HashKind::kSha256, false, kTlsServerEndPoint},
    {"HT-SHA-256-NONE", Family::kToken, HashKind::kSha256, false, {}},
}};

const Mechanism& row(SaslMechanism mechanism) {
  return kTable[static_cast<std::size_t>(mechanism)];
}

constexpr char kBetweenItems = '\x1E';
constexpr char kBetweenLists = '\x1F';

void append_sorted(std::string& out, std::vector<std::string_view> items) {
  std::ranges::sort(items); // by octet: char_traits<char> compares as unsigned
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i != 0)
      out += kBetweenItems;
    out += items[i];
  }
}

} // namespace

std::string_view to_string(SaslMechanism mechanism) { return row(mechanism).name; }

std::optional<SaslMechanism> parse_sasl_mechanism(std::string_view name) {
  for (std::size_t i = 0; i < kTable.size(); ++i)
    if (kTable[i].name == name)
      return static_cast<SaslMechanism>(i);
  return std::nullopt;
}

bool is_scram(SaslMechanism mechanism) { return row(mechanism).family == Family::kScram; }
bool is_plus(SaslMechanism mechanism) { return row(mechanism).plus; }
bool is_token(SaslMechanism mechanism) { return row(mechanism).family == Family::kToken; }

HashKind hash_of(SaslMechanism mechanism) {
  ROOKERY_ASSERT(row(mechanism).family != Family::kPlain);
  return row(mechanism).hash;
}

std::string_view token_binding_type(SaslMechanism mechanism) {
  ROOKERY_ASSERT(is_token(mechanism));
  return row(mechanism).token_binding;
}

bool SaslOffer::has(SaslMechanism mechanism) const {
  const auto& list = is_token(mechanism) ? tokens : passwords;
  return std::ranges::find(list, mechanism) != list.end();
}

bool SaslOffer::has_plus() const { return std::ranges::any_of(passwords, is_plus); }

std::string SaslOffer::downgrade_hash(HashKind kind) const {
  std::vector<std::string_view> names;
  names.reserve(passwords.size());
  for (const SaslMechanism mechanism : passwords)
    names.push_back(to_string(mechanism));
  return xmpp::downgrade_hash(kind, std::move(names), bindings.empty() ? nullptr : &bindings);
}

SaslOffer offer_mechanisms(const SaslSituation& now) {
  SaslOffer offer;
  if (!now.tls && now.tls_required && !now.loopback)
    return offer;
  const bool clear_allowed = now.loopback && now.clear_loopback_allowed;
  if (now.tls && now.has_tls_exporter)
    offer.bindings.push_back(kTlsExporter);
  if (now.tls && now.has_tls_server_end_point)
    offer.bindings.push_back(kTlsServerEndPoint);

  for (std::size_t i = 0; i < kTable.size(); ++i) {
    const Mechanism& each = kTable[i];
    const auto mechanism = static_cast<SaslMechanism>(i);
    switch (each.family) {
    case Family::kScram:
      if (now.keys.has(each.hash) && (!each.plus || !offer.bindings.empty()))
        offer.passwords.push_back(mechanism);
      break;
    case Family::kPlain:
      if (now.tls ? now.plain_allowed : clear_allowed)
        offer.passwords.push_back(mechanism);
      break;
    case Family::kToken:
      if ((now.tls || clear_allowed) &&
          (each.token_binding.empty() ||
           std::ranges::find(offer.bindings, each.token_binding) != offer.bindings.end()))
        offer.tokens.push_back(mechanism);
      break;
    }
  }
  // Types without a -PLUS to use them with look like an attack (XEP-0440 rule 5).
  if (!offer.has_plus())
    offer.bindings.clear();
  return offer;
}

std::string downgrade_hash(HashKind kind, std::vector<std::string_view> mechanisms,
                           const std::vector<std::string_view>* bindings) {
  std::string offered;
  append_sorted(offered, std::move(mechanisms));
  if (bindings != nullptr) {
    offered += kBetweenLists;
    append_sorted(offered, *bindings);
  }
  return base64_encode(hash(kind, offered).view());
}

} // namespace rookery::xmpp
