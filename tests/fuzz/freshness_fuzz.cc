#include <sealift/base/json.h>
#include <sealift/signing/freshness.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "freshness_check.h"

// A statement that is read is written as it was read, and counts for nothing but what it names.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift;
  using namespace sealift::signing;
  const auto predicate =
      parse_json(std::string_view(reinterpret_cast<const char*>(data), size), "input");
  if (!predicate) return 0;
  const auto statement = parse_freshness_statement(*predicate);
  if (!statement) {
    if (statement.error().code() != ErrorCode::kInvalidInput) std::abort();
    return 0;
  }
  const auto again = parse_freshness_statement(to_json(*statement));
  if (!again || again->repository != statement->repository || again->tag != statement->tag ||
      again->digest != statement->digest) {
    std::abort();
  }
  const auto now = parse_timestamp("2026-11-22T15:00:00Z").value();
  const FreshnessRequirement requirement{std::chrono::hours(24), {}, {"origin.example.com/*"}};
  const auto fault =
      fault_of(*statement, requirement, {"r.io/shop", "stable", statement->digest}, now);
  if (fault) {
    if (fault->reason.empty()) std::abort();
    return 0;
  }
  if (statement->tag != "stable" || now - statement->time > requirement.max_age) std::abort();
  return 0;
}
