#include "protobuf_json.h"

#include <sealift/base/encoding.h>

#include "decimal.h"

namespace sealift::sigstore {
namespace {

constexpr std::string_view kNotNatural = "must be a whole number from 0 to 2^63-1, in a string";

Result<std::optional<Timestamp>> optional_timestamp(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(const auto text, reader.optional_string(name));
  if (!text) return std::nullopt;
  const auto time = parse_timestamp(*text);
  if (!time) return fail(reader.error_at(name, time.error().message()));
  return std::optional<Timestamp>(*time);
}

}  // namespace

Result<std::string> required_bytes(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(const auto text, reader.required_string(name));
  auto bytes = base64_decode(text);
  if (!bytes) return fail(reader.error_at(name, bytes.error().message()));
  if (bytes->empty()) return fail(reader.error_at(name, "is empty"));
  return *std::move(bytes);
}

Result<std::uint64_t> natural_or_zero(ObjectReader& reader, std::string_view name) {
  const Json* value = reader.any(name);
  if (value == nullptr) return std::uint64_t{0};
  if (const auto number = value->as_int64(); number && *number >= 0) {
    return static_cast<std::uint64_t>(*number);
  }
  const std::string* text = value->as_string();
  if (text == nullptr) return fail(reader.error_at(name, kNotNatural));
  const auto number = parse_decimal(*text);
  if (!number) return fail(reader.error_at(name, kNotNatural));
  return *number;
}

Result<ValidityPeriod> validity_or_always(ObjectReader& reader, std::string_view name) {
  ValidityPeriod period;
  SEALIFT_ASSIGN(auto range, reader.optional_object(name));
  if (!range) return period;
  SEALIFT_ASSIGN(period.start, optional_timestamp(*range, "start"));
  SEALIFT_ASSIGN(period.end, optional_timestamp(*range, "end"));
  SEALIFT_TRY(range->finish());
  if (period.start && period.end && *period.end < *period.start) {
    return fail(range->error_at("end", "is before the start"));
  }
  return period;
}

}  // namespace sealift::sigstore
