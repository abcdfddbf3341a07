#include <sealift/base/backoff.h>
#include <sealift/kube/observed_object.h>
#include <sealift/kube/watch.h>
#include <sealift/kube/watch_event.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "list.h"

namespace sealift::kube {
namespace {

constexpr Backoff kReconnect{std::chrono::milliseconds(500), std::chrono::milliseconds(30'000)};
// The server ends the watch after this long, spread so that not all of them end together.
constexpr std::uint32_t kWatchSeconds = 300;
// A server may ask for any pause; one that lasts for hours would look like a watch that sees
// nothing.
constexpr std::chrono::seconds kLongestPause{120};
// A state that was begun so often and never came to its end is listed, in pages.
constexpr std::uint32_t kStreamAttempts = 3;

// One watch over all its connections.
class Watcher {
 public:
  Watcher(const ApiClient& client, const Resource& resource, const WatchOptions& options,
          const std::function<Result<>(WatchEvent)>& on_event, std::stop_token stop)
      : client_(client),
        resource_(resource),
        options_(options),
        on_event_(on_event),
        stop_(std::move(stop)) {}

  Result<> run();

 private:
  // Reads one connection to its end.
  Result<> connect();
  Result<> list_first();
  ApiClient::Query query_for_watch();
  Result<> take(Json line);
  Result<> emit(WatchEvent::Type type, std::string resource_version, Json object = {});
  bool goes_back(std::string_view resource_version) const;
  void report(const Error* lost) const;
  void accepted();
  // Whether `error` ends the watch; otherwise the state is made ready for the next connection.
  bool is_final(const Error& error);
  void start_over();

  const ApiClient& client_;
  const Resource& resource_;
  const WatchOptions& options_;
  const std::function<Result<>(WatchEvent)>& on_event_;
  std::stop_token stop_;

  std::string resource_version_;  // where to resume; empty: from the start
  bool streams_list_ = true;      // the server can send the list through the watch
  bool synced_ = false;
  bool callback_failed_ = false;
  std::uint32_t failures_ = 0;         // in a row
  std::uint32_t stream_attempts_ = 0;  // of the whole state, since it was last told
};

Result<> Watcher::emit(WatchEvent::Type type, std::string resource_version, Json object) {
  auto taken = on_event_(WatchEvent{type, std::move(object), std::move(resource_version)});
  if (!taken) callback_failed_ = true;
  return taken;
}

void Watcher::report(const Error* lost) const {
  if (options_.on_connection) options_.on_connection(lost);
}

void Watcher::accepted() {
  if (!synced_) ++stream_attempts_;
  report(nullptr);
}

// A server whose data was restored from a backup counts up to our version once more, and would tell
// nothing until it gets there.
bool Watcher::goes_back(std::string_view resource_version) const {
  const auto before = version_number(resource_version_);
  const auto now = version_number(resource_version);
  return synced_ && before && now && *now < *before;
}

void Watcher::start_over() {
  resource_version_.clear();
  synced_ = false;
}

Result<> Watcher::take(Json line) {
  SEALIFT_ASSIGN(auto event, parse_watch_line(std::move(line)));
  failures_ = 0;
  if (goes_back(event.resource_version)) {
    return fail(ErrorCode::kConflict, "the API server's versions went back");
  }
  // Initial events come in no order of versions: only their end is a place to resume from.
  if (synced_ || event.ends_initial_events) resource_version_ = event.resource_version;
  switch (event.type) {
    case WatchLine::Type::kAdded:
      return emit(WatchEvent::Type::kAdded, event.resource_version, std::move(event.object));
    case WatchLine::Type::kModified:
      return emit(WatchEvent::Type::kModified, event.resource_version, std::move(event.object));
    case WatchLine::Type::kDeleted:
      return emit(WatchEvent::Type::kDeleted, event.resource_version, std::move(event.object));
    case WatchLine::Type::kBookmark:
      break;
  }
  if (synced_) return {};
  if (!event.ends_initial_events) {
    // It knows nothing of sendInitialEvents (an aggregated server, built long ago), and the end of
    // the state would never come.
    streams_list_ = false;
    return fail(ErrorCode::kConflict, "the server does not tell its state through a watch");
  }
  synced_ = true;
  stream_attempts_ = 0;
  return emit(WatchEvent::Type::kSynced, resource_version_);
}

ApiClient::Query Watcher::query_for_watch() {
  const auto spread = random_fraction(client_.environment().random) * kWatchSeconds;
  ApiClient::Query query{
      {"watch", "true"},
      {"allowWatchBookmarks", "true"},
      {"timeoutSeconds", std::to_string(kWatchSeconds + static_cast<std::uint32_t>(spread))}};
  if (!options_.label_selector.empty())
    query.emplace_back("labelSelector", options_.label_selector);
  if (!resource_version_.empty()) {
    query.emplace_back("resourceVersion", resource_version_);
  } else {
    query.emplace_back("sendInitialEvents", "true");
    query.emplace_back("resourceVersionMatch", "NotOlderThan");
  }
  return query;
}

Result<> Watcher::list_first() {
  const ListOptions options{options_.name_space, options_.label_selector, options_.metadata_only};
  ListCallbacks callbacks;
  callbacks.on_item = [&](Json item) {
    auto version = std::string(item.string_at({"metadata", "resourceVersion"}));
    return emit(WatchEvent::Type::kAdded, std::move(version), std::move(item));
  };
  callbacks.on_restart = [&] { return emit(WatchEvent::Type::kReset, {}); };
  SEALIFT_ASSIGN(auto version, list_in_pages(client_, resource_, options, callbacks, stop_));
  SEALIFT_TRY(emit(WatchEvent::Type::kSynced, version));
  resource_version_ = std::move(version);
  synced_ = true;
  return {};
}

Result<> Watcher::connect() {
  if (resource_version_.empty()) {
    SEALIFT_TRY(emit(WatchEvent::Type::kReset, {}));
    if (stream_attempts_ >= kStreamAttempts) streams_list_ = false;
    if (!streams_list_) SEALIFT_TRY(list_first());
  }
  return client_.stream_lines(
      resource_.path(options_.name_space, ""), query_for_watch(),
      options_.metadata_only ? kMetadataOnly : "application/json",
      {[this] { accepted(); }, [this](Json line) { return take(std::move(line)); }}, stop_);
}

bool Watcher::is_final(const Error& error) {
  if (callback_failed_) return true;
  switch (error.code()) {
    case ErrorCode::kUnavailable:
      return false;
    case ErrorCode::kConflict:  // 410 Gone: the version that we know is forgotten
      start_over();
      return false;
    case ErrorCode::kInvalidInput:
      // Servers of 1.27 to 1.31 refuse sendInitialEvents, unless told otherwise.
      if (resource_version_.empty() && streams_list_) {
        streams_list_ = false;
        return false;
      }
      return true;
    default:
      return true;
  }
}

Result<> Watcher::run() {
  auto& clock = client_.environment().clock;
  while (!stop_.stop_requested()) {
    auto ended = connect();
    if (stop_.stop_requested() && !callback_failed_) break;
    if (!ended && is_final(ended.error())) {
      auto error = std::move(ended).error();
      if (callback_failed_) return fail(std::move(error));
      return fail(std::move(error).with_context("watch " + resource_.plural));
    }
    if (!ended) report(&ended.error());
    if (!synced_) start_over();
    // After an orderly end as well: a server that ends each watch at once is not hammered.
    std::chrono::milliseconds wait =
        kReconnect.delay(++failures_, random_fraction(client_.environment().random));
    if (!ended && ended.error().retry_after()) {
      wait = std::max<std::chrono::milliseconds>(
          wait, std::min(*ended.error().retry_after(), kLongestPause));
    }
    clock.sleep_until(clock.steady_now() + wait, stop_);
  }
  return fail(ErrorCode::kCancelled, "the watch on " + resource_.plural + " was stopped");
}

}  // namespace

Result<> watch(const ApiClient& client, const Resource& resource, const WatchOptions& options,
               const std::function<Result<>(WatchEvent)>& on_event, std::stop_token stop) {
  return Watcher(client, resource, options, on_event, std::move(stop)).run();
}

}  // namespace sealift::kube
