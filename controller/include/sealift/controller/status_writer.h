#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/log.h>
#include <sealift/base/random.h>
#include <sealift/controller/delivery_api.h>
#include <sealift/controller/delivery_status.h>
#include <sealift/puller/delivery_report.h>
#include <sealift/target/inventory.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

namespace sealift::controller {

// Writes what runs come to into the status of their Deliveries, on threads of its own. What lasts
// less than some seconds is not written, what was not said by a request is said by the next, and a
// write that failed is tried again with back-off: so a Delivery's status is right in the end, with
// one request where it changed and none where it did not.
class StatusWriter : public puller::DeliveryListener {
 public:
  struct Options {
    std::size_t threads = 4;
    // How long a run is in progress before that is worth a request.
    std::chrono::milliseconds patience{5'000};
    // Between two requests that tell of progress alone.
    std::chrono::milliseconds pause{15'000};
  };

  // All references must outlive the writer.
  StatusWriter(const DeliveryApi& api, DeliveryRecords& records, Clock& clock, Random& random,
               Logger log, Options options);
  StatusWriter(const DeliveryApi& api, DeliveryRecords& records, Clock& clock, Random& random,
               Logger log)
      : StatusWriter(api, records, clock, random, std::move(log), Options()) {}
  ~StatusWriter() override;

  void reported(const delivery::Delivery& delivery, const puller::DeliveryReport& report) override;
  void not_run(const std::string& id, const NotRun& why);

  // What was accepted, durable when this returns, together with anything that waits to be written.
  // No request where the cluster knows it.
  Result<> accept(const delivery::Delivery& delivery, const target::Acceptance& acceptance,
                  std::stop_token stop);

  void forget(const std::string& id);
  // Returns when nothing waits that is due now, or when stopped: for an orderly end.
  void drain(std::stop_token stop);

  struct Counts {
    std::uint64_t written = 0;
    std::uint64_t failed = 0;
    std::size_t waiting = 0;  // Deliveries whose status is not what it should be
  };
  Counts counts() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sealift::controller
