#include "support/counting_proxy.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "support/raw_server.h"

namespace sealift::test {
namespace {

constexpr std::string_view kHopByHop[] = {"connection",        "host",   "content-length",
                                          "transfer-encoding", "expect", "keep-alive"};

bool is_hop_by_hop(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return std::find(std::begin(kHopByHop), std::end(kHopByHop), lower) != std::end(kHopByHop);
}

std::string_view next_line(std::string_view& text) {
  const auto end = text.find("\r\n");
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  return line;
}

std::optional<ProxiedRequest> read_request(RawConnection& connection) {
  const auto head = connection.read_head();
  std::string_view rest = head;
  const auto first = next_line(rest);
  const auto method_end = first.find(' ');
  const auto target_end = first.rfind(' ');
  if (method_end == std::string_view::npos || target_end <= method_end) return std::nullopt;
  const auto target = first.substr(method_end + 1, target_end - method_end - 1);
  const auto mark = target.find('?');
  ProxiedRequest request;
  request.method = first.substr(0, method_end);
  request.path = target.substr(0, mark);
  if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
  for (auto line = next_line(rest); !line.empty(); line = next_line(rest)) {
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) return std::nullopt;
    request.headers.add(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
  }
  if (const auto length = request.headers.get("Content-Length")) {
    std::size_t size = 0;
    std::from_chars(length->data(), length->data() + length->size(), size);
    if (request.headers.get("Expect")) connection.write("HTTP/1.1 100 Continue\r\n\r\n");
    request.body = connection.read(size);
    if (request.body.size() != size) return std::nullopt;
  }
  return request;
}

std::string head_of(int status, const HttpHeaders& headers) {
  std::string head = "HTTP/1.1 " + std::to_string(status) + " Proxied\r\n";
  for (const auto& [name, value] : headers.fields()) {
    if (!is_hop_by_hop(name)) head += name + ": " + value + "\r\n";
  }
  return head;
}

// Passes the answer on as it comes, in chunks; or keeps it from the client.
class ForwardingSink : public HttpSink {
 public:
  ForwardingSink(RawConnection& client, const ProxiedRequest& request, const ProxyAction& action)
      : client_(client), is_head_(request.method == "HEAD"), action_(action) {}

  Result<> begin(const HttpResponse& head) override {
    if (action_.after) action_.after();
    if (action_.kind == ProxyAction::Kind::kLose) return fail(ErrorCode::kCancelled, "lost");
    const auto size = head.headers.get("Content-Length");
    // The answer to HEAD has no body, whatever its size says (RFC 9110, section 9.3.2).
    const auto framing = !is_head_ ? std::string("Transfer-Encoding: chunked\r\n")
                         : size    ? "Content-Length: " + std::string(*size) + "\r\n"
                                   : std::string();
    client_.write(head_of(head.status, head.headers) + framing + "\r\n");
    return {};
  }
  Result<> write(std::string_view bytes) override {
    char size[16];
    const auto end = std::to_chars(size, size + sizeof size, bytes.size(), 16).ptr;
    client_.write(std::string(size, end) + "\r\n" + std::string(bytes) + "\r\n");
    return {};
  }

 private:
  RawConnection& client_;
  bool is_head_;
  const ProxyAction& action_;
};

}  // namespace

bool ProxiedRequest::has(std::string_view parameter) const {
  std::string_view rest = query;
  while (!rest.empty()) {
    const auto end = rest.find('&');
    if (rest.substr(0, end) == parameter) return true;
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return false;
}

ProxyAction ProxyAction::answer(int status, std::string body) {
  ProxyAction action{Kind::kAnswer, status, std::move(body), {}, {}};
  action.headers.add("Content-Type", "application/json");
  return action;
}

struct CountingProxy::State {
  std::string upstream;
  std::shared_ptr<const HttpServerSettings> settings;
  std::unique_ptr<HttpTransport> transport = make_curl_transport("counting-proxy");

  mutable std::mutex mutex;
  mutable std::condition_variable recorded;
  Rule rule;
  std::vector<ProxiedRequest> requests;
  std::stop_source under_way;
  bool closing = false;
  std::unique_ptr<RawServer> server;  // last, so first to go: its threads use the rest

  void serve(RawConnection& connection);
  ProxyAction record(const ProxiedRequest& request);
  // Whether the connection is good for another request.
  bool forward(const ProxiedRequest& request, const ProxyAction& action, RawConnection& connection);
};

ProxyAction CountingProxy::State::record(const ProxiedRequest& request) {
  Rule decide;
  std::size_t ordinal = 0;
  {
    const std::lock_guard lock(mutex);
    requests.push_back(request);
    ordinal = requests.size();
    decide = rule;
  }
  recorded.notify_all();
  return decide ? decide(request, ordinal) : ProxyAction::forward();
}

bool CountingProxy::State::forward(const ProxiedRequest& request, const ProxyAction& action,
                                   RawConnection& connection) {
  HttpRequest sent;
  sent.method = request.method;
  sent.url = upstream + request.path + (request.query.empty() ? "" : "?" + request.query);
  sent.server = settings;
  sent.deadline = std::chrono::milliseconds(0);
  sent.idle_timeout = std::chrono::minutes(10);
  sent.max_body_bytes = std::numeric_limits<std::uint64_t>::max();
  for (const auto& [name, value] : request.headers.fields()) {
    if (!is_hop_by_hop(name)) sent.headers.add(name, value);
  }
  if (!request.body.empty()) sent.body = Blob::from_string(request.body);
  std::stop_token stop;
  {
    const std::lock_guard lock(mutex);
    if (closing) return false;
    stop = under_way.get_token();
  }
  ForwardingSink sink(connection, request, action);
  if (!transport->send(sent, sink, stop)) return false;
  if (request.method != "HEAD") connection.write("0\r\n\r\n");
  return true;
}

void CountingProxy::State::serve(RawConnection& connection) {
  while (const auto request = read_request(connection)) {
    const auto action = record(*request);
    switch (action.kind) {
      case ProxyAction::Kind::kCut:
        return;
      case ProxyAction::Kind::kAnswer:
        connection.write(head_of(action.status, action.headers) + "Content-Length: " +
                         std::to_string(action.body.size()) + "\r\n\r\n" + action.body);
        break;
      case ProxyAction::Kind::kForward:
      case ProxyAction::Kind::kLose:
        if (!forward(*request, action, connection)) return;
        break;
    }
  }
}

CountingProxy::CountingProxy(std::string upstream,
                             std::shared_ptr<const HttpServerSettings> settings)
    : state_(std::make_unique<State>()) {
  state_->upstream = std::move(upstream);
  state_->settings = std::move(settings);
  state_->server = std::make_unique<RawServer>(
      [state = state_.get()](RawConnection& connection) { state->serve(connection); });
}

CountingProxy::~CountingProxy() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->closing = true;
  }
  cut_all();
}

std::string CountingProxy::url() const {
  return "http://127.0.0.1:" + std::to_string(state_->server->port());
}

std::string CountingProxy::kubeconfig(std::string_view token) const {
  return "apiVersion: v1\nkind: Config\ncurrent-context: proxy\n"
         "clusters: [{name: proxy, cluster: {server: \"" +
         url() + "\"}}]\nusers: [{name: proxy, user: {token: \"" + std::string(token) +
         "\"}}]\ncontexts: [{name: proxy, context: {cluster: proxy, user: proxy}}]\n";
}

void CountingProxy::set_rule(Rule rule) {
  const std::lock_guard lock(state_->mutex);
  state_->rule = std::move(rule);
}

std::vector<ProxiedRequest> CountingProxy::requests() const {
  const std::lock_guard lock(state_->mutex);
  return state_->requests;
}

std::vector<std::string> CountingProxy::writes() const {
  std::vector<std::string> lines;
  for (const auto& request : requests()) {
    if (request.is_write()) lines.push_back(request.line());
  }
  return lines;
}

std::size_t CountingProxy::count(const std::function<bool(const ProxiedRequest&)>& wanted) const {
  const auto all = requests();
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), wanted));
}

void CountingProxy::wait_for(const std::function<bool(const ProxiedRequest&)>& wanted) const {
  std::unique_lock lock(state_->mutex);
  state_->recorded.wait(
      lock, [&] { return std::any_of(state_->requests.begin(), state_->requests.end(), wanted); });
}

void CountingProxy::forget_requests() {
  const std::lock_guard lock(state_->mutex);
  state_->requests.clear();
}

void CountingProxy::cut_all() {
  std::stop_source ending;
  {
    const std::lock_guard lock(state_->mutex);
    ending = std::exchange(state_->under_way, std::stop_source());
  }
  ending.request_stop();
}

}  // namespace sealift::test
