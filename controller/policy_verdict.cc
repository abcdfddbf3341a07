#include <sealift/base/encoding.h>
#include <sealift/controller/policy_verdict.h>
#include <sealift/controller/verdict.h>

#include <string_view>
#include <utility>

#include "conditions.h"

namespace sealift::controller {
namespace {

std::string_view reason_of(PolicyVerdict::Standing standing) {
  switch (standing) {
    case PolicyVerdict::Standing::kInForce:
      return "InForce";
    case PolicyVerdict::Standing::kAmbiguous:
      return "Ambiguous";
    case PolicyVerdict::Standing::kRootMissing:
      return "RootMissing";
    case PolicyVerdict::Standing::kRootExpired:
      return "RootExpired";
    case PolicyVerdict::Standing::kHeldBack:
      return "HeldBack";
    case PolicyVerdict::Standing::kInvalid:
      break;
  }
  return "InvalidPolicy";
}

}  // namespace

std::optional<Json> status_of(const Json& previous, const PolicyVerdict& verdict, Timestamp now) {
  using Standing = PolicyVerdict::Standing;
  Json next = previous;
  const auto reason = reason_of(verdict.standing);
  const auto message = printable(verdict.message, kMaxMessageBytes - 3);
  const auto* ready = verdict.standing == Standing::kInForce ? "True" : "False";
  set_condition(next, {"Ready", ready, reason, message}, verdict.generation, now);
  // One that is held back comes into force by itself, once another one is mended.
  if (verdict.standing != Standing::kInForce && verdict.standing != Standing::kHeldBack) {
    set_condition(next, {"Stalled", "True", reason, message}, verdict.generation, now);
  } else {
    remove_condition(next, "Stalled");
  }
  next.set("observedGeneration", verdict.generation);
  if (next == previous) return std::nullopt;
  return next;
}

}  // namespace sealift::controller
