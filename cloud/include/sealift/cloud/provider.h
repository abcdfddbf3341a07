#pragma once

#include <optional>
#include <string_view>

namespace sealift::cloud {

// Whose identity a workload has.
enum class Provider { kAzure, kAws, kGcp };

// "azure", "aws" or "gcp", as Flux names them; nullopt otherwise.
std::optional<Provider> parse_provider(std::string_view name);
std::string_view to_string(Provider provider);

}  // namespace sealift::cloud
