#include "app/import_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "xml/writer.h"
#include "xmpp/jid.h"
#include "xmpp/namespaces.h"
#include "xmpp/portable_reader.h"

namespace rookery::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t kReadBytes = 256 * 1024;
/// Messages of an archive are sent when they have this many bytes together.
constexpr std::size_t kSendBytes = 256 * 1024;
/// Offline messages held until the archive behind them has been read.
constexpr std::size_t kUnclaimedBytesMax = 64 * 1024 * 1024;

/// Gives a visitor what the reader finds, and reads the files that are included.
class Walk final : public xmpp::PortableHandler {
public:
  explicit Walk(ImportFile::Visitor& visitor) : visitor_(visitor) {}

  Status read(const fs::path& path, xmpp::PortablePlace place, std::string host) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
      return fail(std::string("the file cannot be read: ") + std::strerror(errno), path.string());
    const fs::path outer = std::exchange(path_, path);
    xmpp::PortableReader reader(*this, place, std::move(host));
    std::string bytes(kReadBytes, '\0');
    Status done;
    while (done && file) {
      file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      done =
          reader.feed(std::string_view(bytes).substr(0, static_cast<std::size_t>(file.gcount())));
    }
    if (done && file.bad())
      done = fail("the file cannot be read to its end");
    if (done)
      done = reader.finish();
    path_ = outer;
    if (done || !(done.error().where.empty() || done.error().where.starts_with("line ")))
      return done;
    const std::string where =
        path.string() + (done.error().where.empty() ? "" : ", " + done.error().where);
    return fail(done.error().what, where, done.error().advice);
  }

  Status user_begins(std::string_view host, std::string_view name,
                     std::optional<std::string_view> password) override {
    const auto jid = xmpp::Jid::from_parts(name, host);
    if (!jid || !jid->has_local())
      return fail("'" + std::string(name) + "@" + std::string(host) +
                  "' is no address of an account");
    return visitor_.user(std::string(jid->str()),
                         password ? std::optional(std::string(*password)) : std::nullopt);
  }
  Status user_ends() override { return visitor_.user_ends(); }
  Status part(const xml::Element& element) override { return visitor_.part(element); }
  Status archived(const xml::Element& result) override { return visitor_.archived(result); }
  Status offline(const xml::Element& message) override { return visitor_.offline(message); }
  Status unknown(const xml::Element& element) override { return visitor_.unknown(element); }

  // §6: relative, and here also never out of the folder of the file that says it.
  Status include(std::string_view href, xmpp::PortablePlace place, std::string_view host) override {
    const fs::path relative(href);
    bool inside = !relative.empty() && relative.is_relative() &&
                  href.find(':') == std::string_view::npos && href.find('%') == std::string::npos;
    for (const fs::path& step : relative)
      inside = inside && step != "..";
    if (!inside)
      return fail("'" + std::string(href) + "' is included, which is not a file beside this one");
    return read(path_.parent_path() / relative, place, std::string(host));
  }

private:
  ImportFile::Visitor& visitor_;
  fs::path path_;
};

std::string text_of(const xml::Element& element) {
  std::string out;
  xml::Writer(out, xmpp::kNsClient).element(element);
  return out;
}

} // namespace

Status ImportFile::visit(Visitor& visitor) {
  return Walk(visitor).read(path_, xmpp::PortablePlace::kDocument, {});
}

std::string archive_id(const xml::Element& message, const std::string& jid) {
  for (const xml::Element child : message.children())
    if (child.is("stanza-id", xmpp::kNsSid) && child.attribute_or_empty("by") == jid)
      return std::string(child.attribute_or_empty("id"));
  return {};
}

Result<json::object> AccountTransfer::ask(json::object request) {
  auto answer = administration_.ask(request);
  if (!answer && answer.error().where.empty())
    return fail(answer.error().what, jid_, answer.error().advice);
  return answer;
}

Status AccountTransfer::user(const std::string& jid, const std::optional<std::string>& password) {
  jid_ = jid;
  found_.clear();
  unclaimed_.clear();
  unclaimed_bytes_ = 0;
  json::object request{{"do", "user.import.begin"}, {"jid", jid}};
  if (password)
    request["password"] = *password;
  const auto begun = ask(std::move(request));
  return begun ? Status{} : std::unexpected(begun.error());
}

Status AccountTransfer::part(const xml::Element& element) {
  const auto kept = ask({{"do", "user.import.part"}, {"xml", text_of(element)}});
  return kept ? Status{} : std::unexpected(kept.error());
}

// XEP-0313 §4.2: what an archive gives for one message.
Status AccountTransfer::archived(const xml::Element& result) {
  const xml::Element forwarded = result.child("forwarded", xmpp::kNsForward);
  const xml::Element message = forwarded.child("message", xmpp::kNsClient);
  if (!message)
    return unknown(result);
  const std::string id(result.attribute_or_empty("id"));
  json::object entry{
      {"message", text_of(message)},
      {"id", id},
      {"stamp", std::string(forwarded.child("delay", xmpp::kNsDelay).attribute_or_empty("stamp"))}};
  const std::size_t hash = std::hash<std::string>{}(id);
  if (!id.empty() && offline_[jid_].contains(hash)) {
    found_.insert(hash);
    entry["undelivered"] = true;
  }
  messages_bytes_ += entry["message"].as_string().size();
  messages_.push_back(std::move(entry));
  return messages_bytes_ < kSendBytes ? Status{} : send_archived();
}

Status AccountTransfer::send_archived() {
  if (messages_.empty())
    return {};
  const auto kept =
      ask({{"do", "user.import.archived"}, {"messages", std::exchange(messages_, {})}});
  messages_bytes_ = 0;
  return kept ? Status{} : std::unexpected(kept.error());
}

Status AccountTransfer::offline(const xml::Element& message) {
  const std::string id = archive_id(message, jid_);
  const std::size_t hash = id.empty() ? 0 : std::hash<std::string>{}(id);
  if (!id.empty() && found_.contains(hash))
    return {};
  unclaimed_.emplace_back(hash, text_of(message));
  unclaimed_bytes_ += unclaimed_.back().second.size();
  if (unclaimed_bytes_ > kUnclaimedBytesMax)
    return fail("there are too many offline messages that no archive before them has", jid_,
                "put the archive before them in the file");
  return {};
}

Status AccountTransfer::unknown(const xml::Element& element) {
  fmt::print("not taken: <{} xmlns='{}'/>\n", element.name(), element.ns());
  return {};
}

Status AccountTransfer::user_ends() {
  if (Status sent = send_archived(); !sent)
    return sent;
  for (const auto& [hash, message] : unclaimed_) {
    if (hash != 0 && found_.contains(hash))
      continue;
    if (const auto kept = ask({{"do", "user.import.offline"}, {"message", message}}); !kept)
      return std::unexpected(kept.error());
  }
  const auto summary = ask({{"do", "user.import.end"}});
  if (!summary)
    return std::unexpected(summary.error());
  const auto number = [&](std::string_view name) {
    return summary->at(name).to_number<std::uint64_t>();
  };
  fmt::print("{}: {} messages, {} of them not delivered yet; {} other records\n", jid_,
             number("messages"), number("offline"), number("records"));
  for (const json::value& note : summary->at("notes").as_array())
    fmt::print("  not taken as it was: {}\n", std::string(note.as_string()));
  return {};
}

} // namespace rookery::app
