#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sealift::delivery {

// What is held against parse_delivery() and, in tests/contract, against the API server with our
// CustomResourceDefinition: both must give one answer.

// The spec of a Delivery named edge/shop, as YAML.
struct GoodSpec {
  std::string field;
  std::string spec;
};

struct BadSpec {
  std::string field;  // that the parser names: "spec.interval"
  std::string spec;
  std::string parser;  // what the parser says of it
  // What the API server says of it; kSame: the parser's words; kAccepts: it cannot tell.
  std::string server;
};

inline constexpr std::string_view kSame = "=";
inline constexpr std::string_view kAccepts = "";

std::vector<GoodSpec> good_specs();
std::vector<BadSpec> bad_specs();

// The Delivery edge/shop with that spec.
std::string delivery_with(std::string_view spec);

}  // namespace sealift::delivery
