#pragma once

#include <sealift/base/json.h>
#include <sealift/delivery/delivery.h>

#include <functional>
#include <string>
#include <string_view>

namespace sealift::controller {

// A Delivery is about to deliver into another cluster than before, and what it brought into that
// one stays there. May be told more than once of one change; from the thread of a run.
using LeftBehind = std::function<void(const delivery::Delivery& delivery, const std::string& note)>;

// What there is to say: `cluster` is the one before, `applyset_id` that of the objects there,
// `status` the Delivery's. Pure.
std::string left_behind_note(std::string_view cluster, std::string_view applyset_id,
                             const Json& status);

}  // namespace sealift::controller
