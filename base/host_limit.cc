#include <sealift/base/host_limit.h>

#include <algorithm>
#include <utility>

namespace sealift {
namespace {

// "https://registry.example:5000", and whether it is to store something.
std::string lane_name(const HttpRequest& request) {
  const auto authority = request.url.find("://");
  std::string name = request.url.substr(
      0, authority == std::string::npos ? 0 : request.url.find_first_of("/?#", authority + 3));
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const bool stores = request.method == "PUT" || request.method == "PATCH";
  return (stores ? "store " : "ask ") + name;
}

}  // namespace

void HostLimitedTransport::set_per_host(std::size_t per_host) {
  const std::lock_guard lock(mutex_);
  per_host_ = per_host;
  changed_.notify_all();
}

Result<HttpResponse> HostLimitedTransport::send(const HttpRequest& request, HttpSink& sink,
                                                std::stop_token stop) {
  if (request.deadline.count() == 0) return next_.send(request, sink, std::move(stop));
  SEALIFT_ASSIGN(const auto lane, enter(lane_name(request), stop));
  auto answer = next_.send(request, sink, std::move(stop));
  leave(lane);
  return answer;
}

Result<HostLimitedTransport::Lanes::iterator> HostLimitedTransport::enter(
    const std::string& name, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const auto found = lanes_.try_emplace(name).first;
  Lane& lane = found->second;
  const std::uint64_t ticket = next_ticket_++;
  lane.waiting.push_back(ticket);
  const bool may_go = changed_.wait(
      lock, stop, [&] { return lane.waiting.front() == ticket && lane.under_way < per_host_; });
  lane.waiting.erase(std::find(lane.waiting.begin(), lane.waiting.end(), ticket));
  changed_.notify_all();  // whoever is next now
  if (may_go) {
    ++lane.under_way;
    return found;
  }
  forget_if_empty(found);
  return fail(ErrorCode::kCancelled, "the request was cancelled before it was its turn");
}

void HostLimitedTransport::leave(Lanes::iterator lane) {
  const std::lock_guard lock(mutex_);
  --lane->second.under_way;
  changed_.notify_all();
  forget_if_empty(lane);
}

void HostLimitedTransport::forget_if_empty(Lanes::iterator lane) {
  if (lane->second.under_way == 0 && lane->second.waiting.empty()) lanes_.erase(lane);
}

}  // namespace sealift
