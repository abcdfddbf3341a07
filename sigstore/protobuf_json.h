#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json_reader.h>
#include <sealift/base/result.h>
#include <sealift/sigstore/trusted_root.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace sealift::sigstore {

// Values as protobuf writes them in JSON ("ProtoJSON Format"), in their canonical form alone.
// Errors are kInvalidInput and name the member.

// `bytes`: base64 with padding.
Result<std::string> required_bytes(ObjectReader& reader, std::string_view name);
// `int64`: decimal digits in a string; a plain number is taken as well. Not negative; zero where
// absent, as protobuf leaves zeros out.
Result<std::uint64_t> natural_or_zero(ObjectReader& reader, std::string_view name);
// `TimeRange`; its ends may be absent or null. Fractions of a second are cut off.
Result<ValidityPeriod> validity_or_always(ObjectReader& reader, std::string_view name);

}  // namespace sealift::sigstore
