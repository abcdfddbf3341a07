#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sealift::objects {

// Where a walk through a document is: a link to the place around it and one step. It becomes a
// pointer only where something is said about it, because a name may be megabytes long and have a
// million elements below it. What it is made of must outlive it.
class FieldPlace {
 public:
  FieldPlace() = default;  // the document's top
  FieldPlace(const FieldPlace& around, std::string_view name) : around_(&around), name_(name) {}
  FieldPlace(const FieldPlace& around, std::size_t index)
      : around_(&around), index_(index), is_element_(true) {}

  bool is_top() const { return around_ == nullptr; }
  // The JSON pointer (RFC 6901), or as much of its beginning as has kMaxBytes.
  std::string pointer() const;

  static constexpr std::size_t kMaxBytes = 4096;

 private:
  const FieldPlace* around_ = nullptr;
  std::string_view name_;
  std::size_t index_ = 0;
  bool is_element_ = false;
};

}  // namespace sealift::objects
