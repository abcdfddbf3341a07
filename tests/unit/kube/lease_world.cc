#include "lease_world.h"

#include <algorithm>

namespace sealift::test {

using std::chrono::milliseconds;

Timestamp SteppedClock::now() {
  const std::lock_guard lock(mutex_);
  const auto start = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
  return std::chrono::floor<std::chrono::seconds>(start + wall_offset_ + elapsed_);
}

SteadyTime SteppedClock::steady_now() {
  const std::lock_guard lock(mutex_);
  return SteadyTime(elapsed_);
}

thread_local SteppedClock::Membership SteppedClock::membership;

SteppedClock::Membership::~Membership() {
  if (clock == nullptr) return;
  const std::lock_guard lock(clock->mutex_);
  std::erase(clock->threads_, std::this_thread::get_id());
  clock->changed_.notify_all();
}

void SteppedClock::count_this_thread() {
  if (membership.clock == this) return;
  membership.clock = this;
  threads_.push_back(std::this_thread::get_id());
}

void SteppedClock::expect_thread() {
  const std::lock_guard lock(mutex_);
  ++expected_;
}

void SteppedClock::join() {
  const std::lock_guard lock(mutex_);
  count_this_thread();
  --expected_;
}

void SteppedClock::sleep_until(SteadyTime time, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  count_this_thread();
  const auto place = sleepers_.emplace(std::this_thread::get_id(), Sleeper{time, stop});
  changed_.notify_all();
  changed_.wait(lock, stop, [&] { return SteadyTime(elapsed_) >= time; });
  sleepers_.erase(place);
  changed_.notify_all();
}

bool SteppedClock::all_wait() const {
  const bool none_is_due =
      std::none_of(sleepers_.begin(), sleepers_.end(), [&](const auto& sleeper) {
        return sleeper.second.until <= SteadyTime(elapsed_) || sleeper.second.stop.stop_requested();
      });
  return expected_ == 0 && none_is_due &&
         std::all_of(threads_.begin(), threads_.end(),
                     [&](auto id) { return sleepers_.contains(id); });
}

bool SteppedClock::run_until(const std::function<bool()>& done, milliseconds at_most) {
  const auto end = elapsed() + at_most;
  while (!done()) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return all_wait(); });
    if (elapsed_ >= end) break;
    elapsed_ += milliseconds(50);
    changed_.notify_all();
  }
  return done();
}

void SteppedClock::run_for(milliseconds time) {
  run_until([] { return false; }, time);
}

milliseconds SteppedClock::elapsed() {
  const std::lock_guard lock(mutex_);
  return elapsed_;
}

void SteppedClock::jump_wall(std::chrono::hours by) {
  const std::lock_guard lock(mutex_);
  wall_offset_ += by;
}

void LeaseServer::behave(const std::string& token, Mood mood) {
  const std::lock_guard lock(mutex_);
  moods_[token] = mood;
}

void LeaseServer::store(Json lease) {
  auto* metadata = lease.find("metadata");
  metadata->set("resourceVersion", std::to_string(++version_));
  lease_ = std::move(lease);
}

void LeaseServer::put(Json spec) {
  const std::lock_guard lock(mutex_);
  store(Json(Json::Object{{"metadata", Json::object()}, {"spec", std::move(spec)}}));
}

void LeaseServer::edit(const std::function<void(Json& lease)>& change) {
  const std::lock_guard lock(mutex_);
  auto edited = *lease_;
  change(edited);
  store(std::move(edited));
}

void LeaseServer::remove() {
  const std::lock_guard lock(mutex_);
  lease_.reset();
}

std::optional<Json> LeaseServer::lease() {
  const std::lock_guard lock(mutex_);
  return lease_;
}

std::string LeaseServer::holder() {
  const auto current = lease();
  return current ? std::string(current->string_at({"spec", "holderIdentity"})) : "";
}

std::size_t LeaseServer::writes() {
  const std::lock_guard lock(mutex_);
  return writes_;
}

FakeAnswer LeaseServer::answer(const SeenRequest& request) {
  auto mood = Mood::kServes;
  {
    const std::lock_guard lock(mutex_);
    const auto token = std::string(request.headers.get("Authorization").value_or(""));
    if (const auto found = moods_.find(token); found != moods_.end()) mood = found->second;
  }
  FakeAnswer hanging;
  hanging.stream = [this](ByteSink&, std::stop_token stop) -> Result<> {
    clock_.sleep_until(SteadyTime::max(), stop);
    return fail(ErrorCode::kCancelled, "stopped");
  };
  switch (mood) {
    case Mood::kServes:
      return serve(request);
    case Mood::kFails:
      return FakeAnswer::json(500, "{}");
    case Mood::kHangs:
      return hanging;
    case Mood::kForbids:
      return FakeAnswer::json(403, R"({"message":"leases is forbidden"})");
    case Mood::kLosesAnswers:
      break;
  }
  auto served = serve(request);
  if (request.method == "GET") return served;
  return FakeAnswer::failure(ErrorCode::kUnavailable, "the connection broke");
}

FakeAnswer LeaseServer::serve(const SeenRequest& request) {
  const std::lock_guard lock(mutex_);
  if (request.method == "GET") {
    return lease_ ? FakeAnswer::json(200, dump_json(*lease_)) : FakeAnswer::json(404, "{}");
  }
  auto body = parse_json(request.body, "the request");
  if (request.method == "POST") {
    if (lease_) return FakeAnswer::json(409, R"({"reason":"AlreadyExists"})");
    ++writes_;
    store(*std::move(body));
    return FakeAnswer::json(201, dump_json(*lease_));
  }
  return write(*body);
}

FakeAnswer LeaseServer::write(const Json& body) {
  if (!lease_) return FakeAnswer::json(404, "{}");
  constexpr std::string_view kVersion = "resourceVersion";
  if (body.string_at({"metadata", kVersion}) != lease_->string_at({"metadata", kVersion})) {
    return FakeAnswer::json(409, R"({"reason":"Conflict"})");
  }
  ++writes_;
  auto merged = *lease_;
  for (const auto& [name, value] : *body.find("spec")->as_object()) {
    merged.find("spec")->set(name, value);
  }
  store(std::move(merged));
  return FakeAnswer::json(200, dump_json(*lease_));
}

std::atomic<int>& Candidate::leaders_now() {
  static std::atomic<int> count{0};
  return count;
}

std::atomic<int>& Candidate::most_leaders() {
  static std::atomic<int> count{0};
  return count;
}

namespace {

kube::ApiClient client_of(const std::string& name, HttpTransport& transport, Clock& clock) {
  auto access = FakeCluster::access();
  access.bearer_token = name;
  return kube::ApiClient(std::move(access), {transport, system_files(), clock, system_random()});
}

kube::LeaseOptions options_of(const std::string& name) {
  kube::LeaseOptions options;
  options.name_space = "sealift-system";
  options.name = "sealift-puller";
  options.identity = name;
  return options;
}

// An elector says that it leads right before it starts the thread that does. Its requests do not
// tell: a renewal may still be under way when that thread has ended.
class LeadersThread : public ByteSink {
 public:
  explicit LeadersThread(SteppedClock& clock) : clock_(clock) {}

  Result<> write(std::string_view line) override {
    if (line.find(" leading  lease=") != std::string_view::npos) clock_.expect_thread();
    return {};
  }

 private:
  SteppedClock& clock_;
};

}  // namespace

Candidate::Candidate(std::string name, LeaseServer& server, SteppedClock& clock)
    : clock_(clock),
      transport_([&server](const SeenRequest& request) { return server.answer(request); }),
      elector_(client_of(name, transport_, clock), options_of(name),
               Logger::to_sink(std::make_shared<LeadersThread>(clock), LogFormat::kText,
                               LogLevel::kInfo),
               [this] {
                 ++overruns_;
                 killed_.request_stop();
               }) {}

Candidate::~Candidate() {
  if (!thread_.joinable()) return;
  source_.request_stop();
  clock_.run_until([this] { return has_ended(); }, std::chrono::hours(1));
  thread_.join();
}

void Candidate::start() {
  clock_.expect_thread();
  thread_ = std::jthread([this] {
    clock_.join();
    elector_.run([this](std::stop_token stop) { lead(std::move(stop)); }, source_.get_token());
    ended_ = true;
  });
}

void Candidate::lead(std::stop_token stop) {
  clock_.join();
  const int leaders = ++leaders_now();
  if (leaders > most_leaders()) most_leaders() = leaders;
  led_at_ = clock_.elapsed();
  leads_ = true;
  std::stop_source either;
  const auto wake = [&either] { either.request_stop(); };
  {
    const std::stop_callback on_stop(stop, wake);
    const std::stop_callback on_finish(finished_.get_token(), wake);
    clock_.sleep_until(SteadyTime::max(), either.get_token());
  }
  told_at_ = clock_.elapsed();
  if (linger_.count() > 0) clock_.sleep_until(clock_.steady_now() + linger_, killed_.get_token());
  leads_ = false;
  --leaders_now();
}

}  // namespace sealift::test
