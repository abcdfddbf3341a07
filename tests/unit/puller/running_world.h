#pragma once

#include <sealift/puller/puller.h>

#include <vector>

#include "delivery_world.h"

namespace sealift::puller::test {

// The puller has all Deliveries of the world, and is told what its artifacts tell.
inline void put_all(DeliveryWorld& world, Puller& puller) {
  for (const auto& delivery : world.configuration.deliveries) puller.put(delivery);
  world.attach(&puller);
}

inline std::vector<DeliveryOutcome> run_all_once(DeliveryWorld& world, Puller& puller) {
  put_all(world, puller);
  auto outcomes = puller.run_once({});
  world.attach(nullptr);
  return outcomes;
}

}  // namespace sealift::puller::test
