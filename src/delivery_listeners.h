#pragma once

#include <sealift/puller/delivery_report.h>

#include <initializer_list>
#include <vector>

namespace sealift::program {

// Passes reports on to several listeners, in their order.
class DeliveryListeners : public puller::DeliveryListener {
 public:
  DeliveryListeners(std::initializer_list<puller::DeliveryListener*> listeners)
      : listeners_(listeners) {}
  void add(puller::DeliveryListener& listener) { listeners_.push_back(&listener); }
  void reported(const delivery::Delivery& delivery, const puller::DeliveryReport& report) override {
    for (auto* listener : listeners_) listener->reported(delivery, report);
  }

 private:
  std::vector<puller::DeliveryListener*> listeners_;
};

}  // namespace sealift::program
