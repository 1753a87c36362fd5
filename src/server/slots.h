// Typed state that a module keeps per session or per account, without the host knowing the type.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace rookery::server {

/// The values of one session or account. Made on first use, gone with their owner; belongs to its
/// home's thread.
class Slots {
public:
  struct Base {
    virtual ~Base() = default;
  };
  template <class T> struct Held final : Base { T value{}; };

  template <class T> T& get(std::uint16_t index) {
    if (index >= values_.size())
      values_.resize(index + 1U);
    if (!values_[index])
      values_[index] = std::make_unique<Held<T>>();
    return static_cast<Held<T>&>(*values_[index]).value;
  }
  template <class T> [[nodiscard]] T* find(std::uint16_t index) const {
    if (index >= values_.size() || !values_[index])
      return nullptr;
    return &static_cast<Held<T>&>(*values_[index]).value;
  }
  void clear(std::uint16_t index) {
    if (index < values_.size())
      values_[index].reset();
  }

private:
  std::vector<std::unique_ptr<Base>> values_;
};

/// Handle of a slot, given out by Binder at start. `Holder` is Session or Account: anything with
/// slots().
template <class Holder, class T> class Slot {
public:
  Slot() = default;
  explicit Slot(std::uint16_t index) : index_(index) {}
  [[nodiscard]] T& get(Holder& holder) const { return holder.slots().template get<T>(index_); }
  /// Null where nothing was ever put there: reading costs no memory.
  [[nodiscard]] T* find(const Holder& holder) const {
    return holder.slots().template find<T>(index_);
  }
  void clear(Holder& holder) const { holder.slots().clear(index_); }

private:
  std::uint16_t index_ = 0;
};

} // namespace rookery::server
