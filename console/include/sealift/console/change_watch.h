#pragma once

#include <sealift/base/result.h>
#include <sealift/console/delivery_members.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/resource_map.h>

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::console {

// Where something may change that a look shows.
struct WatchedPlace {
  kube::Resource resource;
  std::string name_space;      // empty: all
  std::string label_selector;  // empty: whatever its labels
  std::string name;            // empty: whatever its name

  std::string key() const;
};

// The object that says what the Delivery is, and then also what was listed as its members. Pure.
WatchedPlace place_of_parent(const KnownDelivery& delivery);
std::vector<WatchedPlace> places_of_members(const KnownDelivery& delivery, const Members& members);

// Tells that it is worth looking again, by one watch for each place, on threads of its own. Of the
// objects only the metadata is asked for: whoever looks reads them. Not safe from several threads.
class ChangeWatch {
 public:
  explicit ChangeWatch(kube::ApiClient client);
  ~ChangeWatch();

  // These places and no others from now on. A change since a look before is not missed: a new watch
  // counts as a change.
  void follow(const std::vector<WatchedPlace>& places);
  // Returns when something has changed since it returned last, when the time is over, or when
  // stopped.
  void wait(std::chrono::milliseconds at_most, std::stop_token stop);
  // Of places that the server does not let us watch, each once.
  std::vector<std::string> take_refusals();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sealift::console
