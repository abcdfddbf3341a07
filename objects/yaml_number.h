#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace sealift::objects {

// Numbers as Go's strconv reads and prints them: what kubectl sends is what Go makes of a number.

// Go's ParseInt and ParseUint with base 0 and 64 bits: decimal, 0x, 0b, 0o, and a leading 0 for
// octal. Monostate where it is no such number or does not fit.
using Integer = std::variant<std::monostate, std::int64_t, std::uint64_t>;
Integer parse_integer(std::string_view text);

// A decimal number with fraction or exponent, as in "-1.", ".5", "1e3"; nullopt for anything else
// and for what overflows a double. What is too small becomes 0.
std::optional<double> parse_float(std::string_view text);

// As Go's encoding/json writes a double: the shortest digits that read back the same, an exponent
// below 1e-6 and from 1e21 on.
std::string format_json_double(double value);

// As sigs.k8s.io/yaml writes a double that is a key: Go's %g of the nearest 32-bit float.
std::string format_key_double(double value);

// A JSON number as kubectl sends it on: integers of 64 bits keep their digits, all else is a
// double. Nullopt where it overflows one.
std::optional<std::string> canonical_number(std::string_view digits);

}  // namespace sealift::objects
