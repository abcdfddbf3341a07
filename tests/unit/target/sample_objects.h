#pragma once

#include <sealift/delivery/delivery.h>
#include <sealift/objects/object.h>
#include <sealift/target/desired_state.h>

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "unit/delivery/sample_delivery.h"

namespace sealift::target::test {

// Nobody knows any kind that is not built in.
inline Result<std::optional<bool>> unknown_scope(const objects::GroupVersionKind&) {
  return std::nullopt;
}

// Of one file for each text.
inline Result<DesiredState> desired_of(
    const std::vector<std::string>& texts,
    const delivery::Delivery& delivery = delivery::test::make_delivery(),
    const ScopeOf& scope_of = unknown_scope) {
  std::vector<objects::Object> parsed;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    SEALIFT_ASSIGN(auto of_file, objects::parse_objects(texts[i], "f" + std::to_string(i) + ".yaml",
                                                        {}, objects::Placeholders::kAllowed));
    std::move(of_file.begin(), of_file.end(), std::back_inserter(parsed));
  }
  return desired_state_of(delivery, Digest::of("artifact"), parsed, {}, scope_of);
}

}  // namespace sealift::target::test
