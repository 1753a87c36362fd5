// How accounts leave memory: those that nobody uses any more, and those that are deleted.
#include <algorithm>
#include <string>
#include <vector>

#include "server/homes.h"
#include "server/turn_commit.h"

namespace rookery::server {
bool Homes::is_idle(const Account& account) const {
  return account.sessions_.empty() && account.pins_ == 0 &&
         account.last_used_ < loop_.now() - limits().idle_account_life &&
         !loading_.contains(account.jid().str());
}

// A part of the table each time, so that a million accounts are no pause. The next who asks for one
// of them reads the store: what is on its way there is waited for, and where that fails memory is
// all there is.
void Homes::unload_idle() {
  const auto ticks = static_cast<std::size_t>(limits().idle_account_life / kTick / 2);
  const std::size_t part = accounts_.bucket_count() / std::max<std::size_t>(ticks, 1) + 1;
  std::vector<std::string> idle;
  for (std::size_t i = 0; i < part; ++i) {
    next_idle_bucket_ = next_idle_bucket_ < accounts_.bucket_count() ? next_idle_bucket_ : 0;
    for (auto at = accounts_.begin(next_idle_bucket_); at != accounts_.end(next_idle_bucket_); ++at)
      if (is_idle(*at->second))
        idle.push_back(at->first);
    ++next_idle_bucket_;
  }
  if (idle.empty())
    return;
  commit({}, [this, idle = std::move(idle)](const Status& status) {
    if (!status)
      return;
    for (const std::string& jid : idle)
      if (const auto at = accounts_.find(jid); at != accounts_.end() && is_idle(*at->second))
        accounts_.erase(at);
    if (accounts_.size() < accounts_.bucket_count() / kSparse)
      accounts_.rehash(0);
  });
}

void Homes::unload(Account& account) {
  account.retired_ = true;
  sign_out(account, [](const Session&) { return true; });
  // Now, not at the end of the turn: where the account is deleted, that follows in the same batch
  // and takes it along.
  if (account.mailbox_moved_)
    keep_mailbox(turn_commit().batch, account);
  retired_.push_back(std::move(accounts_.extract(std::string(account.jid().str())).mapped()));
}

} // namespace rookery::server
