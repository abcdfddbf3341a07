#include <sealift/members/member_health.h>

#include <algorithm>
#include <utility>

namespace sealift::members {
namespace {

constexpr std::size_t kMaxDescribed = 5;

using objects::Health;

}  // namespace

std::string MemberHealth::describe() const {
  std::string text;
  for (std::size_t i = 0; i < std::min(unhealthy.size(), kMaxDescribed); ++i) {
    const auto& [id, health] = unhealthy[i];
    text += (i == 0 ? "" : "; ") + id.to_string() + " is " + std::string(to_string(health.health)) +
            (health.reason.empty() ? "" : " (" + health.reason + ")");
  }
  if (unhealthy_count > kMaxDescribed) {
    text += "; and " + std::to_string(unhealthy_count - kMaxDescribed) + " more";
  }
  return text;
}

void HealthCounter::add(const objects::ObjectId& id, const objects::HealthStatus& health) {
  const kube::GroupKind kind{id.group, id.kind};
  // In the order of kinds, whatever the order of objects: the same health is told in the same
  // words.
  auto known =
      std::lower_bound(sum_.kinds.begin(), sum_.kinds.end(), kind,
                       [](const auto& entry, const auto& wanted) { return entry.kind < wanted; });
  if (known == sum_.kinds.end() || known->kind != kind) {
    known = sum_.kinds.insert(known, KindCount{kind});
  }
  ++known->count;
  if (health.health == Health::kCurrent) {
    ++known->healthy;
    return;
  }
  ++sum_.unhealthy_count;
  auto& named = sum_.unhealthy;
  if (health.health == Health::kFailed) {
    // In front of those that may still come round.
    named.insert(named.begin() + static_cast<std::ptrdiff_t>(
                                     std::min(sum_.failed_count, MemberHealth::kMaxNamed)),
                 {id, health});
    ++sum_.failed_count;
    if (named.size() > MemberHealth::kMaxNamed) named.pop_back();
  } else if (named.size() < MemberHealth::kMaxNamed) {
    named.push_back({id, health});
  }
}

MemberHealth HealthCounter::take() { return std::move(sum_); }

}  // namespace sealift::members
