#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::checks {

// A finding before its severity and its place in the file are looked up.
struct Remark {
  std::string_view rule;
  std::string field;  // JSON pointer from the object's top
  std::string message;
  std::string advice;
};

// What the rules say of one object: at most kMaxFindingsPerRule of each.
class Remarks {
 public:
  void add(std::string_view rule, std::string field, std::string message, std::string advice = {});
  const std::vector<Remark>& all() const { return all_; }

 private:
  std::vector<Remark> all_;
  std::map<std::string_view, std::size_t> counts_;
};

}  // namespace sealift::checks
