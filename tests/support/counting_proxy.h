#pragma once

#include <sealift/base/http.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::test {

// A request that passed, in the words that tests compare.
struct ProxiedRequest {
  std::string method;
  std::string path;   // without the query
  std::string query;  // as sent, without "?"
  HttpHeaders headers;
  std::string body;

  bool has(std::string_view parameter) const;  // "watch=true", "dryRun=All"
  bool is_watch() const { return has("watch=true"); }
  bool is_dry_run() const { return has("dryRun=All"); }
  // A request that changes what the server stores.
  bool is_write() const { return method != "GET" && method != "HEAD" && !is_dry_run(); }
  std::string line() const { return method + " " + path; }
};

// What becomes of a request.
struct ProxyAction {
  enum class Kind {
    kForward,
    kAnswer,  // this status and body, without asking the server
    kCut,     // the connection ends before the server hears of it
    kLose     // the server acts, and the connection ends before its answer arrives
  };
  Kind kind = Kind::kForward;
  int status = 0;
  std::string body;
  HttpHeaders headers;
  // Runs after the server's answer has arrived and before the client gets it (kForward, kLose).
  std::function<void()> after;

  static ProxyAction forward() { return {}; }
  static ProxyAction cut() { return {Kind::kCut, 0, {}, {}, {}}; }
  static ProxyAction lose() { return {Kind::kLose, 0, {}, {}, {}}; }
  static ProxyAction answer(int status, std::string body = "{}");
};

// Stands between a client and an HTTP server (the API server): plain HTTP on a free port of
// 127.0.0.1 in front, the server's URL and TLS behind. It records each request before it passes it
// on and sends answers through as they come, watches as well. Clients may go at any time.
class CountingProxy {
 public:
  // `upstream`: "https://127.0.0.1:6443", without a slash at the end.
  CountingProxy(std::string upstream, std::shared_ptr<const HttpServerSettings> settings);
  ~CountingProxy();
  CountingProxy(const CountingProxy&) = delete;
  CountingProxy& operator=(const CountingProxy&) = delete;

  // "http://127.0.0.1:PORT".
  std::string url() const;
  // A kubeconfig in YAML that goes through the proxy with a bearer token.
  std::string kubeconfig(std::string_view token) const;

  // Asked for each request, on the thread of its connection, before it goes on: the place to
  // refuse, to wait for an event, or to kill the client. `ordinal` counts from 1 since the last
  // forget_requests(). Null: everything passes.
  using Rule = std::function<ProxyAction(const ProxiedRequest&, std::size_t ordinal)>;
  void set_rule(Rule rule);

  std::vector<ProxiedRequest> requests() const;
  // "METHOD PATH" of those that change something: no reads, no watches, no dry runs.
  std::vector<std::string> writes() const;
  std::size_t count(const std::function<bool(const ProxiedRequest&)>& wanted) const;
  // Returns when a request that has passed so far, or will pass, is wanted.
  void wait_for(const std::function<bool(const ProxiedRequest&)>& wanted) const;
  void forget_requests();
  // Ends every exchange that is under way, watches as well; new ones pass.
  void cut_all();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sealift::test
