#pragma once

#include <sealift/endpoints/puller_metrics.h>
#include <sealift/notify/notifier.h>
#include <sealift/puller/delivery_report.h>

#include <map>
#include <mutex>
#include <string>

namespace sealift::program {

// Counts what runs come to, for the metrics, and passes on what people have asked to hear of.
class PullerReports : public puller::DeliveryListener {
 public:
  // Both may be null, and must outlive this.
  void attach(endpoints::PullerMetrics* metrics, notify::Notifier* notifier);
  void reported(const puller::Delivery& delivery, const puller::DeliveryReport& report) override;
  // Nothing of it counts any more.
  void forget(const std::string& id);
  // The Deliveries' part of a snapshot.
  void add_to(endpoints::PullerSnapshot& snapshot) const;

 private:
  struct State {
    bool ready = false;
    bool suspended = false;
    bool stalled = false;
    std::size_t objects = 0;
    std::size_t unhealthy = 0;
    std::size_t drifted = 0;
  };
  void count(const puller::RunOutcome& outcome);
  void notify(const puller::Delivery& delivery, const puller::DeliveryReport& report);

  endpoints::PullerMetrics* metrics_ = nullptr;
  notify::Notifier* notifier_ = nullptr;
  mutable std::mutex mutex_;
  std::map<std::string, State> states_;
};

}  // namespace sealift::program
