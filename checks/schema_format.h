#pragma once

#include <string_view>

namespace sealift::checks {

// What a text would have to be for a format of OpenAPI that an API server looks at: "a date and
// time as RFC 3339 writes it". Empty where the text fits, and for other formats.
std::string_view format_problem(std::string_view format, std::string_view text);

}  // namespace sealift::checks
