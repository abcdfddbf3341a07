#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::oci {

// One way to log in that a server offers (RFC 9110, section 11.6.1).
struct Challenge {
  std::string scheme;                                           // lower case
  std::vector<std::pair<std::string, std::string>> parameters;  // names in lower case

  // The value, or empty.
  std::string_view parameter(std::string_view name) const;
};

// All challenges of one WWW-Authenticate header, which may hold several. What breaks the grammar
// ends the list; challenges before it count. At most 16 challenges with 32 parameters each.
std::vector<Challenge> parse_challenges(std::string_view header);

}  // namespace sealift::oci
