#pragma once

#include <optional>
#include <string>

struct asn1_object_st;

namespace sealift::crypto {

// An object identifier in dotted form: "2.5.29.17". Nullopt where it has more than 127 characters.
std::optional<std::string> dotted(const asn1_object_st* object);

}  // namespace sealift::crypto
