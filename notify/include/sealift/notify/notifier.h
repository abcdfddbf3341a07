#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>
#include <sealift/base/http.h>
#include <sealift/base/log.h>
#include <sealift/base/random.h>
#include <sealift/base/result.h>
#include <sealift/notify/configuration.h>
#include <sealift/notify/notification.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sealift::notify {

struct SinkStatistics {
  std::string name;
  std::uint64_t delivered = 0;
  std::uint64_t failed = 0;   // refused by the receiver for good
  std::uint64_t dropped = 0;  // lost because the queue was full, since the start
  std::uint64_t queued = 0;
};

struct NotifierSettings {
  Configuration configuration;
  std::string directory;  // for the queue: STATE/notify
  std::size_t max_events = 1000;
  std::size_t max_bytes = 4u << 20;
  // The same of one Delivery is not said again within this time.
  std::chrono::seconds repeat_interval{3600};
};

// All of them outlive the notifier and are safe from many threads.
struct NotifierSurroundings {
  FileSystem& files;
  HttpTransport& transport;
  Clock& clock;
  Random& random;
};

// Passes notifications on to all sinks that want them: at least once, each sink at its own pace, in
// order for the Deliveries of one namespace; namespaces take turns, and one whose notification
// fails waits alone. What waits is kept on disk, so that it outlives the process and a site without
// a network; a queue that is full drops the oldest of the namespace with the most and tells each
// sink how many it lost. Without sinks it does nothing at all. Safe from many threads.
class Notifier {
 public:
  // A queue that cannot be read is said in the log; the notifier then works from memory.
  Notifier(NotifierSettings settings, NotifierSurroundings surroundings, Logger log);
  // Ends what is being sent, and saves what waits.
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  // Returns at once. Repetitions are held back.
  void send(Notification notification);
  // Waits until everything sent so far is on the disk; the error of the disk otherwise. What a
  // sink has had meanwhile needs no saving.
  Result<> flush();
  std::vector<SinkStatistics> statistics() const;

 private:
  class Work;
  std::unique_ptr<Work> work_;  // null without sinks
};

}  // namespace sealift::notify
