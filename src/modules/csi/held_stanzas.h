// What waits for an inactive device: in order, and of what only the latest counts, the latest. Pure
// but for its memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "xml/document.h"

namespace rookery::modules::csi {

struct HeldStanza {
  std::string key; // "": every one counts
  std::string xml; // canonical form
  EntryId id = kBeforeAll;
};

/// Belongs to one session. The caller bounds bytes().
class HeldStanzas {
public:
  /// At the end; an earlier one with the same key (not "") is dropped.
  void add(HeldStanza stanza);
  /// All of it, oldest first; nothing is held afterwards, no memory either.
  [[nodiscard]] std::vector<HeldStanza> take();

  [[nodiscard]] bool empty() const { return stanzas_.empty(); }
  [[nodiscard]] std::size_t size() const { return stanzas_.size(); }
  /// Of keys and stanzas.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
  std::vector<HeldStanza> stanzas_;
  std::size_t bytes_ = 0;
};

/// What a later stanza must have in common with `stanza` to stand for both: the kind and the
/// sender (the conversation, for a chat state). "" where it must not be dropped.
///
/// Presence of type unavailable takes the place of available presence and the other way round.
/// Of messages only those that carry a chat state and nothing else worth having are replaced:
/// a receipt or a marker says something of its own.
[[nodiscard]] std::string replaced_by(const xml::Element& stanza, std::string_view from,
                                      std::string_view to);

} // namespace rookery::modules::csi
