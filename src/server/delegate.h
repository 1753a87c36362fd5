// A member function bound to its object: two words, no allocation. How modules' handlers stand in
// the tables.
#pragma once

#include <utility>

namespace rookery::server {

template <class Signature> class Delegate;

template <class R, class... Args> class Delegate<R(Args...)> {
public:
  template <auto Method, class T> [[nodiscard]] static Delegate of(T& object) {
    return Delegate(&object, [](void* self, Args... args) -> R {
      return (static_cast<T*>(self)->*Method)(std::forward<Args>(args)...);
    });
  }
  R operator()(Args... args) const { return call_(self_, std::forward<Args>(args)...); }

private:
  using Call = R (*)(void*, Args...);
  Delegate(void* self, Call call) : self_(self), call_(call) {}
  void* self_;
  Call call_;
};

} // namespace rookery::server
