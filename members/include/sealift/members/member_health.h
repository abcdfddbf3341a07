#pragma once

#include <sealift/kube/apply_set.h>
#include <sealift/objects/health.h>
#include <sealift/objects/object.h>

#include <cstddef>
#include <string>
#include <vector>

namespace sealift::members {

struct KindCount {
  kube::GroupKind kind;
  std::size_t count = 0;
  std::size_t healthy = 0;
};

struct UnhealthyObject {
  objects::ObjectId id;
  objects::HealthStatus health;
};

// How the wanted objects of one Delivery are.
struct MemberHealth {
  static constexpr std::size_t kMaxNamed = 10;

  std::vector<KindCount> kinds;
  std::vector<UnhealthyObject> unhealthy;  // the first kMaxNamed, those that failed before others
  std::size_t unhealthy_count = 0;
  std::size_t failed_count = 0;

  bool all_current() const { return unhealthy_count == 0; }
  // "Deployment.apps shop/web is InProgress (0 of 2 replicas are available); and 3 more".
  std::string describe() const;
};

// Adds one object after the other.
class HealthCounter {
 public:
  void add(const objects::ObjectId& id, const objects::HealthStatus& health);
  MemberHealth take();

 private:
  MemberHealth sum_;
};

}  // namespace sealift::members
