#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sealift::kube {

// What a Lease (coordination.k8s.io/v1) says.
struct LeaseRecord {
  std::string holder;  // empty: nobody's
  std::chrono::seconds duration{0};
  std::int64_t transitions = 0;
  std::string acquired;  // times as they were written; nobody's clock is read from them
  std::string renewed;
  std::string resource_version;
};

// A Lease of the API server. Members that are missing are empty. kInvalidInput without metadata.
Result<LeaseRecord> parse_lease(const Json& lease);

// RFC 3339 with six digits of fraction, as MicroTime is written. The fraction is a counter: the
// record changes with each renewal, whatever the wall clock does meanwhile.
std::string lease_time(Timestamp now, std::uint32_t counter);

// The record of whoever takes `seen` over; a new holder is one more transition.
LeaseRecord taken_over(const LeaseRecord& seen, std::string_view identity,
                       std::chrono::seconds duration, std::string time);
// The holder gives it away. The API server wants a duration of at least a second.
LeaseRecord released(const LeaseRecord& held, std::string time);

// spec of a Lease, or of a merge patch of one.
Json lease_spec(const LeaseRecord& record);

// A follower's view of a lease: when did this process last see it change?
class LeaseSight {
 public:
  void see(const LeaseRecord& record, SteadyTime now);
  // Nobody's, our own, or unchanged for as long as the holder asked to be waited for. That is at
  // least `at_least`, so that a broken record is not taken at once, and at most five minutes, so
  // that nobody can hold a lease for ever.
  bool is_free(std::string_view identity, std::chrono::seconds at_least, SteadyTime now) const;

 private:
  std::optional<LeaseRecord> last_;
  SteadyTime changed_at_{};
};

}  // namespace sealift::kube
