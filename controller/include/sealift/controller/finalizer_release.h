#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/log.h>
#include <sealift/base/random.h>
#include <sealift/controller/delivery_api.h>
#include <sealift/puller/delivery_report.h>

#include <memory>
#include <string>

namespace sealift::controller {

// Lets a deleted Delivery go, on a thread of its own and until it succeeds: when its objects have
// gone (kRemoved), and when nobody will ever be able to remove them. The latter is so when the
// whole namespace is being deleted, the service account's power with it: what it delivered there
// goes with the namespace, and what it delivered elsewhere is left, which the log says.
class FinalizerRelease : public puller::DeliveryListener {
 public:
  // All references must outlive it.
  FinalizerRelease(const DeliveryApi& api, DeliveryRecords& records, Clock& clock, Random& random,
                   Logger log);
  ~FinalizerRelease() override;

  void reported(const delivery::Delivery& delivery, const puller::DeliveryReport& report) override;
  // Nothing was ever delivered, so nothing has to be removed.
  void let_go(const std::string& id, const std::string& uid);
  // It is not run, so that nobody removes its objects and no report will come: the namespace is
  // looked at until one of the two has gone.
  void not_run(const std::string& id, const std::string& uid, std::string why);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sealift::controller
