#pragma once

#include <sealift/base/clock.h>
#include <sealift/endpoints/puller_metrics.h>
#include <sealift/notify/notifier.h>
#include <sealift/puller/delivery_report.h>

#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace sealift::program {

// Counts what runs come to, for the metrics, and passes on what people have asked to hear of.
class PullerReports : public puller::DeliveryListener {
 public:
  // Both may be null, and must outlive this.
  void attach(endpoints::PullerMetrics* metrics, notify::Notifier* notifier);

  // From now on the Delivery is one of those that are shown; until it was reported, as one that is
  // not ready. Of others a report changes no state, since the last word of a run may come after the
  // word that its Delivery is gone.
  void expect(const std::string& id);
  // Nothing of it is shown any more.
  void forget(const std::string& id);
  // Of none: somebody else leads.
  void forget_all();
  void reported(const delivery::Delivery& delivery, const puller::DeliveryReport& report) override;

  // The Deliveries' part of a snapshot; with `each` a sample of each of them.
  void add_to(endpoints::PullerSnapshot& snapshot, bool each) const;

 private:
  struct State {
    bool ready = false;
    bool suspended = false;
    bool stalled = false;
    std::size_t objects = 0;
    std::size_t unhealthy = 0;
    std::size_t drifted = 0;
    std::optional<Timestamp> last_success;
    std::optional<Timestamp> artifact_created;
  };
  void take(State& state, const delivery::Delivery& delivery, const puller::DeliveryReport& report);
  void count(const puller::DeliveryReport& report);
  void notify(const delivery::Delivery& delivery, const puller::DeliveryReport& report);

  endpoints::PullerMetrics* metrics_ = nullptr;
  notify::Notifier* notifier_ = nullptr;
  mutable std::mutex mutex_;
  std::map<std::string, State> states_;
};

}  // namespace sealift::program
