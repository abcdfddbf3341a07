#pragma once

#include <string>

namespace sealift::program {

// For CLI11's check(): empty for a tag, otherwise what is wrong with it.
std::string check_tag(const std::string& tag);

}  // namespace sealift::program
