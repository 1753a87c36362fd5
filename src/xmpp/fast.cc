#include "xmpp/fast.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/assert.h"

namespace rookery::xmpp {
namespace {

constexpr std::string_view kVersion = "1";
constexpr std::string_view kNoCount = "-";
constexpr std::size_t kTokenBytes = 32;

void append_fields(std::string& out, std::initializer_list<std::string_view> fields) {
  bool first = true;
  for (const std::string_view field : fields) {
    if (!first)
      out += ' ';
    out += field;
    first = false;
  }
  out += '\n';
}

std::string micros(WallTime time) { return std::to_string(time.time_since_epoch().count()); }

template <class Number> std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end)
    return std::nullopt;
  return value;
}

std::optional<WallTime> parse_micros(std::string_view text) {
  const auto value = parse_number<std::int64_t>(text);
  if (!value)
    return std::nullopt;
  return WallTime(Microseconds(*value));
}

/// Cuts the piece before `mark` off `rest`; nullopt where there is no mark.
std::optional<std::string_view> cut(std::string_view& rest, char mark) {
  const std::size_t at = rest.find(mark);
  if (at == std::string_view::npos)
    return std::nullopt;
  const std::string_view piece = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  return piece;
}

/// The fields of a slot's line after its name.
std::optional<FastToken> parse_token(std::string_view line) {
  std::array<std::string_view, 5> fields;
  for (auto& field : fields) {
    const auto piece = cut(line, ' ');
    if (!piece)
      return std::nullopt;
    field = *piece;
  }
  const auto mechanism = parse_sasl_mechanism(fields[0]);
  const auto created = parse_micros(fields[1]);
  const auto expires = parse_micros(fields[2]);
  const auto last_used = parse_micros(fields[3]);
  if (!mechanism || !is_token(*mechanism) || !created || !expires || !last_used)
    return std::nullopt;
  if (line.empty() || line.find(' ') != std::string_view::npos)
    return std::nullopt;
  FastToken token{std::string(line), *mechanism, *created, *expires, *last_used, std::nullopt};
  if (fields[4] != kNoCount) {
    token.count = parse_number<std::uint64_t>(fields[4]);
    if (!token.count)
      return std::nullopt;
  }
  return token;
}

/// HMACs are taken with this where there is no token, so that absence takes as long as presence.
constexpr std::string_view kAbsent = "0123456789012345678901234567890123456789012";

bool matches(const std::optional<FastToken>& token, const FastLogin& login) {
  const bool equal = ht_verify(login.mechanism, token ? std::string_view(token->secret) : kAbsent,
                               login.binding_data, login.hashed_token);
  return token && equal;
}

std::optional<SaslFailure> refuse(const FastToken& token, const FastLogin& login, WallTime now) {
  const auto not_authorized = [](std::string_view reason) {
    return SaslFailure{SaslCondition::kNotAuthorized, reason};
  };
  if (token.mechanism != login.mechanism)
    return not_authorized("token-mechanism");
  if (login.early_data && !login.count)
    return not_authorized("token-count-missing");
  if (login.count && token.count && *login.count <= *token.count)
    return not_authorized("token-replayed");
  if (now >= token.expires)
    return SaslFailure{SaslCondition::kCredentialsExpired, "token-expired"};
  return std::nullopt;
}

} // namespace

std::string FastTokens::serialise() const {
  ROOKERY_ASSERT(user_agent_id.find('\n') == std::string::npos);
  std::string out;
  append_fields(out, {kVersion, user_agent_id});
  const auto slot = [&out](std::string_view name, const std::optional<FastToken>& token) {
    if (!token)
      return;
    append_fields(out, {name, to_string(token->mechanism), micros(token->created),
                        micros(token->expires), micros(token->last_used),
                        token->count ? std::to_string(*token->count) : std::string(kNoCount),
                        token->secret});
  };
  slot("current", current);
  slot("fresh", fresh);
  return out;
}

std::optional<FastTokens> FastTokens::parse(std::string_view text) {
  const auto version = cut(text, ' ');
  const auto user_agent_id = cut(text, '\n');
  if (!version || *version != kVersion || !user_agent_id)
    return std::nullopt;
  FastTokens out;
  out.user_agent_id = *user_agent_id;
  while (!text.empty()) {
    auto line = cut(text, '\n');
    const auto name = line ? cut(*line, ' ') : std::nullopt;
    if (!name || (*name != "current" && *name != "fresh"))
      return std::nullopt;
    auto& slot = *name == "current" ? out.current : out.fresh;
    if (slot)
      return std::nullopt;
    slot = parse_token(*line);
    if (!slot)
      return std::nullopt;
  }
  return out;
}

std::expected<FastAccepted, SaslFailure> use_token(FastTokens& tokens, const FastLogin& login,
                                                   WallTime now, const FastPolicy& policy) {
  const bool is_fresh = matches(tokens.fresh, login);
  const bool is_current = matches(tokens.current, login);
  if (!is_fresh && !is_current)
    return std::unexpected(
        SaslFailure{SaslCondition::kNotAuthorized, tokens.empty() ? "no-token" : "wrong-token"});
  if (const auto failure = refuse(is_fresh ? *tokens.fresh : *tokens.current, login, now))
    return std::unexpected(*failure);

  FastAccepted accepted;
  accepted.ended_any = login.invalidate || (is_fresh && tokens.current.has_value());
  if (is_fresh) {
    tokens.current = std::move(tokens.fresh);
    tokens.fresh.reset();
  }
  FastToken& token = *tokens.current;
  accepted.responder = ht_responder(login.mechanism, token.secret, login.binding_data);
  if (login.invalidate) { // signing out: one given out and not used yet must not outlive it
    tokens.current.reset();
    tokens.fresh.reset();
    return accepted;
  }
  token.last_used = now;
  accepted.only_used = !is_fresh && !login.count;
  if (login.count)
    token.count = login.count;
  accepted.rotation_due = now - token.created >= std::min(policy.rotate_after, policy.lifetime / 2);
  return accepted;
}

const FastToken& issue_token(FastTokens& tokens, SaslMechanism mechanism, WallTime now,
                             const FastPolicy& policy, Random& random) {
  ROOKERY_ASSERT(is_token(mechanism));
  tokens.fresh = FastToken{random.token(kTokenBytes), mechanism, now,
                           now + policy.lifetime,     now,       std::nullopt};
  return *tokens.fresh;
}

} // namespace rookery::xmpp
