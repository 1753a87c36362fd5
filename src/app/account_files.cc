#include "app/account_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>

#include "app/import_file.h"

namespace rookery::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

Status cannot_write(const fs::path& path) {
  return fail(std::string("the file cannot be written: ") + std::strerror(errno), path.string(),
              errno == EEXIST ? "choose another name, or move that file away" : "");
}

/// Where an export goes. Removed again unless it was kept.
class Output {
public:
  static Result<Output> open(const fs::path& path) {
    if (path.empty())
      return Output(STDOUT_FILENO, {});
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0)
      return std::unexpected(cannot_write(path).error());
    return Output(descriptor, path);
  }
  Output(Output&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)),
        path_(std::exchange(other.path_, fs::path())) {}
  Output& operator=(Output&&) = delete;
  ~Output() {
    if (path_.empty())
      return;
    ::close(descriptor_);
    ::unlink(path_.c_str());
  }

  Status write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = ::write(descriptor_, text.data(), text.size());
      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        return cannot_write(path_);
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }

  Status keep() {
    if (path_.empty())
      return {};
    if (::fsync(descriptor_) != 0)
      return cannot_write(path_);
    ::close(descriptor_);
    path_.clear();
    return {};
  }

private:
  Output(int descriptor, fs::path path) : descriptor_(descriptor), path_(std::move(path)) {}
  int descriptor_;
  fs::path path_;
};

/// First look at a file: it is whole, and all of it can be had.
class Survey final : public ImportFile::Visitor {
public:
  explicit Survey(Administration& administration) : administration_(administration) {}

  Status user(const std::string& jid, const std::optional<std::string>&) override {
    if (!offline_.emplace(jid, std::set<std::size_t>()).second)
      return fail("this account is in the file twice", jid);
    current_ = jid;
    const auto checked = administration_.ask({{"do", "user.import.check"}, {"jid", jid}});
    if (!checked && problems_.size() < kProblemsMax)
      problems_.push_back(checked.error());
    return {};
  }
  Status offline(const xml::Element& message) override {
    if (const std::string id = archive_id(message, current_); !id.empty())
      offline_[current_].insert(std::hash<std::string>{}(id));
    return {};
  }

  [[nodiscard]] const std::vector<Error>& problems() const { return problems_; }
  /// Of each account, hashes of the ids by which its archive has its offline messages.
  [[nodiscard]] const OfflineIds& offline_ids() const { return offline_; }

private:
  static constexpr std::size_t kProblemsMax = 20;
  Administration& administration_;
  std::string current_;
  OfflineIds offline_;
  std::vector<Error> problems_;
};

} // namespace

Status export_account(Administration& administration, const std::string& jid,
                      const fs::path& output) {
  json::object request{{"do", "user.export"}, {"jid", jid}};
  auto page = administration.ask(request); // before there is a file
  if (!page)
    return std::unexpected(page.error());
  auto file = Output::open(output);
  if (!file)
    return std::unexpected(file.error());
  if (const json::value* left_out = page->if_contains("left_out"))
    for (const json::value& each : left_out->as_array())
      fmt::print(stderr, "rookery: not in the export: {}\n", std::string(each.as_string()));
  while (true) {
    if (Status written = file->write(page->at("xml").as_string()); !written)
      return written;
    const json::value* cursor = page->if_contains("cursor");
    if (cursor == nullptr)
      return file->keep();
    request["cursor"] = *cursor;
    page = administration.ask(request);
    if (!page)
      return std::unexpected(page.error());
  }
}

Status import_accounts(Administration& administration, const fs::path& file) {
  Survey survey(administration);
  ImportFile document(file);
  if (Status read = document.visit(survey); !read)
    return fail(read.error().what, read.error().where,
                read.error().advice.empty() ? "nothing was imported" : read.error().advice);
  if (survey.offline_ids().empty())
    return fail("there is no account in the file", file.string());
  const std::vector<Error>& problems = survey.problems();
  for (std::size_t i = 1; i < problems.size(); ++i)
    fmt::print(stderr, "rookery: {}\n", problems[i].text());
  if (!problems.empty())
    return std::unexpected(problems.front());
  AccountTransfer transfer(administration, survey.offline_ids());
  return document.visit(transfer);
}

} // namespace rookery::app
