// One device of an account that is signed in: its presence, what is sent to it, and what it has
// sent that is not done yet.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "runtime/loop.h"
#include "server/devices.h"
#include "server/packet.h"
#include "server/slots.h"
#include "server/stream_management.h"
#include "xmpp/jid.h"

namespace rookery::server {

class Account;
class ClientStream;
class Homes;

/// A stanza of the client that has not been processed, because what it sent before is on its way to
/// the disk, or because its receiver has not been asked yet. They are processed in order; see
/// Homes::pump().
struct Pending {
  enum class Stage : std::uint8_t {
    kAsking,     // the packet is at its receiver's home, to be admitted
    kReady,      // here, may be processed when its turn comes
    kCommitting, // in a batch given to the store
    kWaiting, // its module waits for the store: done with by commit_stanza(), and nothing behind it
              // is begun
  };
  std::uint32_t number = 0; // of the stanza among those received on this session
  Stage stage = Stage::kReady;
  bool keep_sent = false; // goes to the sender's own log
  std::uint32_t bytes = 0;
  PacketPtr packet;
};

/// Owned by its Account, lives on its home's thread. Without a stream it waits to be resumed.
class Session final : public runtime::Timer {
public:
  Session(Account& account, xmpp::FullJid jid, std::uint64_t serial);
  ~Session();

  [[nodiscard]] Account& account() const { return account_; }
  [[nodiscard]] Homes& homes() const;
  [[nodiscard]] const xmpp::FullJid& jid() const { return jid_; }
  /// Unlike the JID, never used again while the server runs.
  [[nodiscard]] std::uint64_t serial() const { return serial_; }
  [[nodiscard]] Slots& slots() { return slots_; }
  [[nodiscard]] const Slots& slots() const { return slots_; }

  // --- presence: set by the presence module, read by delivery ---
  /// It gets what is sent to the account (RFC 6121 §8).
  [[nodiscard]] bool available() const { return available_; }
  /// Others may know that it is available. What tells of presence asks this.
  [[nodiscard]] bool visible() const { return available_ && !invisible_; }
  /// It asked for invisibility (XEP-0186), available or not.
  [[nodiscard]] bool invisible() const { return invisible_; }
  [[nodiscard]] std::int8_t priority() const { return priority_; }
  /// The last available presence it broadcast, in canonical form, without `to`; "" where there is
  /// none.
  [[nodiscard]] const std::string& presence() const { return presence_; }
  /// The same as who asks for it later is told (RFC 6121 §4.3.2): with the time when it was sent
  /// (XEP-0203), unless it says one itself. Null where there is none.
  [[nodiscard]] PacketPtr last_presence() const;
  [[nodiscard]] WallTime presence_since() const { return presence_since_; }
  /// It was broadcast now; set_presence_since(): or then. `presence` is "" where it is invisible.
  void set_available(std::int8_t priority, std::string presence);
  void set_presence_since(WallTime time) { presence_since_ = time; }
  void set_unavailable();
  /// What it broadcast before is forgotten; it stays as available as it is.
  void set_invisible(bool invisible);

  // --- sending ---
  /// Sends a stanza in canonical form, unless a module holds it back (Binder::hold). `packet` is
  /// what it was made from, if it is another's stanza; `id` its entry in this account's log.
  void send(std::string_view xml, const Packet* packet = nullptr, EntryId id = kBeforeAll);
  /// The same for what was read from the log for this device, and is in its place already.
  void send_in_place(std::string_view xml, const Packet* packet, EntryId id);
  /// The same past all modules: for the module that held it.
  void send_now(std::string_view xml, EntryId id = kBeforeAll);
  /// This device reads its history itself (XEP-0313): it gets no offline messages.
  void set_reads_history() { reads_history_ = true; }
  [[nodiscard]] bool reads_history() const { return reads_history_; }

  /// Null while it waits to be resumed.
  [[nodiscard]] ClientStream* stream() const { return stream_; }
  void set_stream(ClientStream* stream) { stream_ = stream; }
  [[nodiscard]] StreamManagement* sm() const { return sm_.get(); }
  void set_sm(std::unique_ptr<StreamManagement> sm) { sm_ = std::move(sm); }

  // --- the pipeline of what it has sent (Homes) ---
  /// Numbers the next stanza received (XEP-0198 §4: messages, presences and IQs count).
  [[nodiscard]] std::uint32_t next_number() {
    if (pending.empty())
      early_pending_ = false;
    return ++received_;
  }
  /// XEP-0198 counts from <enable/> on.
  void start_counting() {
    counted_from_ = received_;
    early_pending_ = !pending.empty();
  }
  void set_received(std::uint32_t count) { received_ = count; }
  /// `h` where the stanza of this number and all before it are done with; 0 before counting began.
  [[nodiscard]] std::uint32_t count_through(std::uint32_t number) const;
  /// `h` now: how many are done with, durably where they are kept.
  [[nodiscard]] std::uint32_t handled() const {
    return count_through(pending.empty() ? received_ : pending.front().number - 1);
  }
  /// The same once all is durable that is in a batch now: what the session's record in that batch
  /// may say.
  [[nodiscard]] std::uint32_t committed_through() const;
  /// What may be promised: where the session can outlive this process, a count is as good as its
  /// record.
  [[nodiscard]] std::uint32_t acknowledgeable() const;
  /// Nothing received waits for anything, and what was handled is in the record.
  [[nodiscard]] bool settled() const { return pending.empty() && acknowledgeable() == handled(); }
  std::vector<Pending> pending; // by number
  std::size_t pending_bytes = 0;
  bool left = false; // by its client, in order: ends when all that is finished
  std::optional<std::uint32_t> processing; // number of the stanza that a module is looking at
  bool processing_waits = false;           // and that module has called Homes::commit_stanza()

  // --- log entries still to be sent from the log (offline messages, resumption after a restart)
  // ---
  struct Replay final : runtime::Timer {
    explicit Replay(Session& s) : session(s) {}
    void on_timer() override;

    Session& session;
    bool waits = false;                 // until the device has taken more of what it was sent
    EntryId after;                      // done up to here
    std::vector<EntryId> also;          // single entries to be sent first, by id
    std::size_t also_read = 0;          // of those
    EntryId first_skipped = kBeforeAll; // of those not sent live
    EntryId skipped =
        kBeforeAll;         // the newest entry not sent live because the replay will come to it
    std::uint32_t left = 0; // entries it may still send
    bool transient_only = false; // the device reads the history itself
    bool after_restart =
        false; // everything this device would have got, not only what no device got
    std::vector<std::move_only_function<void()>> then; // once it is done
    /// What came behind an entry that is still to be read, and must not overtake it
    /// (RFC 6120 §10.1), or behind others that wait here.
    struct Behind {
      EntryId after; // the newest such entry
      std::string xml;
      EntryId id;
    };
    std::deque<Behind> behind;
    std::size_t behind_bytes = 0;
  };
  std::unique_ptr<Replay> replay;
  /// Sent from the log before the store announced them: not to be sent again then.
  std::vector<EntryId> ahead;
  /// Arrived here while older ones waited for another kind of device, so that the log will be read
  /// from before them (Homes::counts_for_all()). Those that find no room may come twice.
  std::vector<EntryId> early;
  static constexpr std::size_t kEarlyMax = 1'000;
  void note_early(EntryId id) {
    if (early.size() < kEarlyMax)
      early.push_back(id);
  }

  /// Called once the session is settled (Homes::settle()).
  std::vector<std::move_only_function<void()>> when_settled;

  std::string user_agent;  // id of the device (XEP-0388), "" where unknown
  WallTime since{};        // bound
  PasswordId password = 0; // presented for this session; 0: it came by token
  /// Made from its record after a restart of the server, and not resumed since: what it was sent is
  /// known from the log only.
  bool restored = false;
  bool position_moved = false; // Homes::position_changed(): waits to be written

private:
  /// False: nothing that is older waits for the log to be read.
  [[nodiscard]] bool wait_behind_replay(std::string_view xml, EntryId id);
  void on_timer() override; // waited long enough to be resumed

  Account& account_;
  ClientStream* stream_ = nullptr;
  std::unique_ptr<StreamManagement> sm_;
  xmpp::FullJid jid_;
  std::uint64_t serial_;
  std::string presence_;
  WallTime presence_since_{};
  Slots slots_;
  std::uint32_t received_ = 0;
  std::uint32_t counted_from_ = 0;
  bool early_pending_ = false; // some of `pending` may have been received before counting began
  std::int8_t priority_ = 0;
  bool available_ = false;
  bool invisible_ = false;
  bool reads_history_ = false;
};

} // namespace rookery::server
