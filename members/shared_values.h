#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <set>

namespace sealift::members {

// Keeps equal values once, for as long as anybody holds them: thousands of sets want the same few
// kinds. Not safe from several threads, nor may what it gave be let go of by another one meanwhile.
template <class T>
class SharedValues {
 public:
  using Shared = std::shared_ptr<const T>;

  // Never null.
  Shared share(const T& value) {
    const auto found = values_.find(value);
    if (found != values_.end()) return *found;
    if (values_.size() >= swept_at_) sweep();
    return *values_.insert(std::make_shared<const T>(value)).first;
  }
  // Those that nobody holds any more and were not swept yet included: at most as many again as are
  // held, and kFewest.
  std::size_t size() const { return values_.size(); }

  static constexpr std::size_t kFewest = 16;

 private:
  struct ByValue {
    using is_transparent = void;
    bool operator()(const Shared& a, const Shared& b) const { return *a < *b; }
    bool operator()(const Shared& a, const T& b) const { return *a < b; }
    bool operator()(const T& a, const Shared& b) const { return a < *b; }
  };

  // Rarely enough that each value pays for a few looks.
  void sweep() {
    std::erase_if(values_, [](const Shared& value) { return value.use_count() == 1; });
    swept_at_ = std::max(kFewest, 2 * values_.size());
  }

  std::set<Shared, ByValue> values_;
  std::size_t swept_at_ = kFewest;
};

}  // namespace sealift::members
