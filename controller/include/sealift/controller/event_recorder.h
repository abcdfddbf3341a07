#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/base/log.h>
#include <sealift/base/random.h>
#include <sealift/kube/api_client.h>
#include <sealift/objects/object.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

namespace sealift::controller {

// What an event is about.
struct EventSubject {
  objects::GroupVersionKind gvk;
  std::string name_space;  // empty: cluster-scoped; its events are in the namespace "default"
  std::string name;
  std::string uid;
};

struct Event {
  enum class Type { kNormal, kWarning };
  EventSubject subject;
  Type type = Type::kWarning;
  std::string reason;  // "Refused"
  std::string action;  // what was tried: "Deliver"
  std::string note;    // for people; cut at 1 KiB, which is the API's limit
};

// An Event of events.k8s.io/v1 as it is created, and the patch that says that it came again.
Json event_json(const Event& event, const std::string& name, const std::string& instance,
                Timestamp now);
Json series_patch(std::uint32_t count, Timestamp now);

// Writes Kubernetes Events (events.k8s.io/v1) on a thread of its own, so that nobody waits for
// them. The same event again within an hour becomes a series, which is told to the API server when
// its count doubles; one subject makes at most ten events of different words at once and one a
// minute thereafter. Events are for convenience: what cannot be written is dropped and counted.
class EventRecorder {
 public:
  // `instance`: the pod's name. `clock` must outlive the recorder.
  EventRecorder(kube::ApiClient client, std::string instance, Clock& clock, Random& random,
                Logger log);
  ~EventRecorder();

  void record(Event event);
  // Returns when everything that was recorded before is written or dropped.
  void flush();

  struct Counts {
    std::uint64_t written = 0;
    std::uint64_t dropped = 0;     // not written: too many, or refused by the API server
    std::uint64_t aggregated = 0;  // part of a series that needed no request
  };
  Counts counts() const;

 private:
  struct Series {
    std::string name_space;
    std::string name;  // of the Event
    std::uint32_t count = 1;
    SteadyTime seen;
  };
  struct Allowance {
    double tokens = 0;
    SteadyTime filled;
  };
  using SeriesKey = std::pair<std::string, std::string>;  // UID; type, reason and note

  void work(std::stop_token stop);
  void write(const Event& event, std::stop_token stop);
  bool continue_series(const SeriesKey& key, std::stop_token stop);
  bool is_allowed(const std::string& uid);
  void forget_old();
  void count(std::uint64_t Counts::* what);

  kube::ApiClient client_;
  std::string instance_;
  Clock& clock_;
  Random& random_;
  Logger log_;

  // Of the thread alone.
  std::map<SeriesKey, Series> series_;
  std::map<std::string, Allowance> allowances_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Event> queue_;
  bool writing_ = false;
  Counts counts_;
  std::jthread thread_;  // the last member: it uses the others
};

}  // namespace sealift::controller
