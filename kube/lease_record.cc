#include "lease_record.h"

#include <algorithm>
#include <utility>

namespace sealift::kube {
namespace {

constexpr std::chrono::seconds kLongestWait{300};

bool same_claim(const LeaseRecord& a, const LeaseRecord& b) {
  return a.holder == b.holder && a.renewed == b.renewed && a.acquired == b.acquired &&
         a.transitions == b.transitions && a.duration == b.duration;
}

std::int64_t number_in(const Json& spec, std::string_view name) {
  const auto* value = spec.find(name);
  return value == nullptr ? 0 : value->as_int64().value_or(0);
}

}  // namespace

Result<LeaseRecord> parse_lease(const Json& lease) {
  LeaseRecord record;
  record.resource_version = lease.string_at({"metadata", "resourceVersion"});
  if (record.resource_version.empty()) {
    return fail(ErrorCode::kInvalidInput, "the API server's Lease has no resourceVersion");
  }
  const auto* spec = lease.find("spec");
  if (spec == nullptr) return record;
  record.holder = spec->string_at({"holderIdentity"});
  record.acquired = spec->string_at({"acquireTime"});
  record.renewed = spec->string_at({"renewTime"});
  record.duration = std::chrono::seconds(number_in(*spec, "leaseDurationSeconds"));
  record.transitions = number_in(*spec, "leaseTransitions");
  return record;
}

std::string lease_time(Timestamp now, std::uint32_t counter) {
  constexpr std::uint32_t kMicroseconds = 1'000'000;
  auto digits = std::to_string(counter % kMicroseconds);
  digits.insert(0, 6 - digits.size(), '0');
  auto text = format_timestamp(now);
  text.insert(text.size() - 1, "." + digits);
  return text;
}

LeaseRecord taken_over(const LeaseRecord& seen, std::string_view identity,
                       std::chrono::seconds duration, std::string time) {
  auto record = seen;
  if (record.holder != identity) {
    record.holder = identity;
    record.acquired = time;
    // A lease that is made new has had no holder before.
    if (!seen.resource_version.empty()) ++record.transitions;
  }
  record.duration = duration;
  record.renewed = std::move(time);
  return record;
}

LeaseRecord released(const LeaseRecord& held, std::string time) {
  auto record = held;
  record.holder.clear();
  record.duration = std::chrono::seconds(1);
  record.renewed = std::move(time);
  return record;
}

Json lease_spec(const LeaseRecord& record) {
  Json spec = Json::object();
  spec.set("holderIdentity", record.holder);
  spec.set("leaseDurationSeconds", static_cast<std::int64_t>(record.duration.count()));
  if (!record.acquired.empty()) spec.set("acquireTime", record.acquired);
  spec.set("renewTime", record.renewed);
  spec.set("leaseTransitions", record.transitions);
  return spec;
}

void LeaseSight::see(const LeaseRecord& record, SteadyTime now) {
  if (!last_ || !same_claim(*last_, record)) changed_at_ = now;
  last_ = record;
}

bool LeaseSight::is_free(std::string_view identity, std::chrono::seconds at_least,
                         SteadyTime now) const {
  if (!last_) return false;
  if (last_->holder.empty() || last_->holder == identity) return true;
  const auto wait = std::clamp(last_->duration, at_least, std::max(at_least, kLongestWait));
  return now - changed_at_ >= wait;
}

}  // namespace sealift::kube
