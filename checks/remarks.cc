#include "remarks.h"

#include <sealift/checks/check.h>

#include <utility>

namespace sealift::checks {

void Remarks::add(std::string_view rule, std::string field, std::string message,
                  std::string advice) {
  if (++counts_[rule] > kMaxFindingsPerRule) return;
  all_.push_back({rule, std::move(field), std::move(message), std::move(advice)});
}

}  // namespace sealift::checks
