// XEP-0198 for one session: what was sent and not acknowledged yet, and the counts. Pure but for
// its memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace rookery::server {

/// Counts are modulo 2^32 (XEP-0198 §4). Belongs to its session's thread.
class StreamManagement {
public:
  struct Unacked {
    EntryId id;      // kBeforeAll: not in the log
    std::string xml; // canonical form
  };

  StreamManagement(std::string id, bool resumable, Seconds timeout)
      : id_(std::move(id)), timeout_(timeout), resumable_(resumable) {}

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] bool resumable() const { return resumable_; }
  [[nodiscard]] Seconds timeout() const { return timeout_; }

  void sent(std::string_view xml, EntryId id);
  /// The client has handled `h` stanzas. False where that is more than was sent (stream error
  /// undefined-condition, <handled-count-too-high/>): nothing is changed then.
  [[nodiscard]] bool acknowledge(std::uint32_t h);

  [[nodiscard]] std::uint32_t sent_count() const { return sent_; }
  [[nodiscard]] std::uint32_t acked_count() const {
    return sent_ - static_cast<std::uint32_t>(unacked_.size());
  }
  [[nodiscard]] const std::deque<Unacked>& unacked() const { return unacked_; }
  [[nodiscard]] std::size_t unacked_bytes() const { return unacked_bytes_; }
  /// This entry was sent and is not acknowledged.
  [[nodiscard]] bool awaits(EntryId entry) const;
  /// The client has acknowledged all entries up to here that it was sent.
  [[nodiscard]] EntryId acked_entry() const;
  /// After a restart: `sent` stanzas were sent and acknowledged, up to and including `entry`.
  void restore(std::uint32_t sent, EntryId entry);
  /// Entries up to `entry` need not be sent again after a restart.
  void skip_to(EntryId entry) {
    if (entry > acked_entry_)
      acked_entry_ = entry;
  }
  /// After a restart: the client says it has handled `h`, and nobody knows which; all that is
  /// unacknowledged counts as sent after that.
  void rebase(std::uint32_t h) { sent_ = h + static_cast<std::uint32_t>(unacked_.size()); }

  std::uint32_t durable_handled =
      0; // of what the client sent: the count in the session's record, on disk
  bool request_outstanding = false; // an <r/> waits for its <a/>
  bool ack_owed =
      false; // an <r/> was answered with less than was received: <a/> when the log has caught up

private:
  std::string id_;
  std::deque<Unacked> unacked_;
  std::size_t unacked_bytes_ = 0;
  Seconds timeout_;
  EntryId acked_entry_{}; // the newest that is acknowledged
  EntryId newest_sent_{};
  bool disordered_ = false; // one in `unacked_` may be older than others that were sent before it
  std::uint32_t sent_ = 0;
  bool resumable_;
};

} // namespace rookery::server
