#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>
#include <sealift/base/random.h>
#include <sealift/controller/event_recorder.h>
#include <sealift/kube/resource_map.h>

#include <algorithm>
#include <bit>
#include <chrono>

namespace sealift::controller {
namespace {

constexpr std::size_t kMaxQueue = 1000;
constexpr std::size_t kMaxRemembered = 5000;
// The API server forgets events after an hour.
constexpr std::chrono::minutes kMemory{60};
constexpr double kBurst = 10;
constexpr std::chrono::seconds kRefill{60};

std::string path_of(const std::string& name_space, const std::string& name) {
  static const kube::Resource kEvents{{"events.k8s.io", "v1", "Event"}, "events", true};
  return kEvents.path(name_space, name);
}

// Room for the rest, and no end that may not stand before a dot (RFC 1123).
std::string event_name(std::string_view subject, std::string_view rest) {
  subject = subject.substr(0, 200);
  subject = subject.substr(0, subject.find_last_not_of("-.") + 1);
  return std::string(subject) + "." + std::string(rest);
}

}  // namespace

EventRecorder::EventRecorder(kube::ApiClient client, std::string instance, Clock& clock,
                             Random& random, Logger log)
    : client_(std::move(client)),
      instance_(std::move(instance)),
      clock_(clock),
      random_(random),
      log_(std::move(log)),
      thread_([this](std::stop_token stop) { work(std::move(stop)); }) {}

EventRecorder::~EventRecorder() = default;

void EventRecorder::record(Event event) {
  std::scoped_lock lock(mutex_);
  if (queue_.size() == kMaxQueue) {
    ++counts_.dropped;
    return;
  }
  queue_.push_back(std::move(event));
  changed_.notify_all();
}

void EventRecorder::flush() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return queue_.empty() && !writing_; });
}

EventRecorder::Counts EventRecorder::counts() const {
  std::scoped_lock lock(mutex_);
  return counts_;
}

void EventRecorder::count(std::uint64_t Counts::* what) {
  std::scoped_lock lock(mutex_);
  ++(counts_.*what);
}

void EventRecorder::work(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !queue_.empty(); })) {
    const auto event = std::move(queue_.front());
    queue_.pop_front();
    writing_ = true;
    lock.unlock();
    write(event, stop);
    lock.lock();
    writing_ = false;
    changed_.notify_all();
  }
}

bool EventRecorder::is_allowed(const std::string& uid) {
  const auto now = clock_.steady_now();
  auto& allowance = allowances_.try_emplace(uid, Allowance{kBurst, now}).first->second;
  const std::chrono::duration<double> passed = now - allowance.filled;
  allowance.tokens = std::min(kBurst, allowance.tokens + passed / kRefill);
  allowance.filled = now;
  if (allowance.tokens < 1) return false;
  allowance.tokens -= 1;
  return true;
}

void EventRecorder::forget_old() {
  if (series_.size() < kMaxRemembered && allowances_.size() < kMaxRemembered) return;
  const auto now = clock_.steady_now();
  std::erase_if(series_, [&](const auto& entry) { return now - entry.second.seen > kMemory; });
  std::erase_if(allowances_,
                [&](const auto& entry) { return now - entry.second.filled > kMemory; });
  // Still too many: forgetting costs a request more, remembering has no end.
  if (series_.size() >= kMaxRemembered) series_.clear();
  if (allowances_.size() >= kMaxRemembered) allowances_.clear();
}

// True where the event is told by one that is there.
bool EventRecorder::continue_series(const SeriesKey& key, std::stop_token stop) {
  const auto found = series_.find(key);
  if (found == series_.end()) return false;
  auto& series = found->second;
  if (clock_.steady_now() - series.seen > kMemory) {
    series_.erase(found);
    return false;
  }
  series.seen = clock_.steady_now();
  ++series.count;
  if (!std::has_single_bit(series.count)) {
    count(&Counts::aggregated);
    return true;
  }
  auto patched =
      client_.patch(path_of(series.name_space, series.name), {}, "application/merge-patch+json",
                    series_patch(series.count, clock_.now()), std::move(stop));
  if (!patched && patched.error().code() == ErrorCode::kNotFound) {
    series_.erase(found);
    return false;
  }
  count(patched ? &Counts::written : &Counts::dropped);
  return true;
}

void EventRecorder::write(const Event& event, std::stop_token stop) {
  forget_old();
  const SeriesKey key{event.subject.uid, (event.type == Event::Type::kWarning ? "!" : "") +
                                             event.reason + "/" +
                                             Digest::of(event.note).short_hex()};
  if (continue_series(key, stop)) return;
  if (!is_allowed(event.subject.uid)) return count(&Counts::dropped);
  const auto name = event_name(event.subject.name, hex_encode(random_.bytes(8)));
  const std::string name_space =
      event.subject.name_space.empty() ? "default" : event.subject.name_space;
  auto created = client_.create(path_of(name_space, ""), {},
                                event_json(event, name, instance_, clock_.now()), std::move(stop));
  if (!created) {
    log_.debug("an event could not be written", {{"reason", created.error().message()}});
    return count(&Counts::dropped);
  }
  series_.insert_or_assign(key, Series{name_space, name, 1, clock_.steady_now()});
  count(&Counts::written);
}

}  // namespace sealift::controller
