// A file of the portable format (XEP-0227) on its way in: read in pieces, with the files it
// includes, as often as it is visited.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include <boost/json.hpp>

#include "app/administration.h"
#include "base/result.h"
#include "xml/document.h"

namespace rookery::app {

class ImportFile {
public:
  explicit ImportFile(std::filesystem::path path) : path_(std::move(path)) {}

  class Visitor {
  public:
    virtual ~Visitor() = default;
    /// `jid` is prepared.
    virtual Status user(const std::string& jid, const std::optional<std::string>& password) = 0;
    virtual Status user_ends() { return {}; }
    virtual Status part(const xml::Element&) { return {}; }
    virtual Status archived(const xml::Element&) { return {}; }
    virtual Status offline(const xml::Element&) { return {}; }
    virtual Status unknown(const xml::Element&) { return {}; }
  };
  /// Error::where is the file and the line.
  [[nodiscard]] Status visit(Visitor& visitor);

private:
  std::filesystem::path path_;
};

/// By account: hashes of the ids that its archive gave to its offline messages.
using OfflineIds = std::map<std::string, std::set<std::size_t>>;

/// The id by which the archive of `jid` has this message (XEP-0359); "" where there is none.
[[nodiscard]] std::string archive_id(const xml::Element& message, const std::string& jid);

/// Sends what it visits to the server, and prints what became of each account.
class AccountTransfer final : public ImportFile::Visitor {
public:
  AccountTransfer(Administration& administration, OfflineIds offline)
      : administration_(administration), offline_(std::move(offline)) {}

  Status user(const std::string& jid, const std::optional<std::string>& password) override;
  Status user_ends() override;
  Status part(const xml::Element& element) override;
  Status archived(const xml::Element& result) override;
  Status offline(const xml::Element& message) override;
  Status unknown(const xml::Element& element) override;

private:
  Result<boost::json::object> ask(boost::json::object request);
  Status send_archived();

  Administration& administration_;
  OfflineIds offline_;
  std::string jid_;
  boost::json::array messages_; // not sent yet
  std::size_t messages_bytes_ = 0;
  std::set<std::size_t> found_;                                // of the offline messages
  std::vector<std::pair<std::size_t, std::string>> unclaimed_; // and those that are not
  std::size_t unclaimed_bytes_ = 0;
};

} // namespace rookery::app
