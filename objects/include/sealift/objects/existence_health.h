#pragma once

#include <string_view>

namespace sealift::objects {

// True for the built-in kinds whose objects have nothing to become: they are healthy as soon as
// they exist, so their metadata alone says how they are. False where that is not known.
bool is_healthy_by_existing(std::string_view group, std::string_view kind);

}  // namespace sealift::objects
