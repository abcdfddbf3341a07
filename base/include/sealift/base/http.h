#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/clock.h>
#include <sealift/base/result.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift {

// Header fields in order of arrival. Names compare without case (RFC 9110, section 5.1).
class HttpHeaders {
 public:
  void add(std::string name, std::string value);
  void set(std::string_view name, std::string value);
  // The first value, or nullopt.
  std::optional<std::string_view> get(std::string_view name) const;
  std::vector<std::string_view> get_all(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// How a server is reached and trusted. Requests with equal settings share connections.
struct HttpServerSettings {
  std::string ca_pem;  // trusted in place of the system's roots, when not empty
  std::string client_certificate_pem;
  std::string client_key_pem;
  std::string proxy;  // URL; empty: HTTPS_PROXY, http_proxy and NO_PROXY decide, as with curl
  bool insecure_skip_tls_verify = false;
  // Without any proxy, whatever the environment says: for servers of the machine itself.
  bool direct = false;
  bool operator==(const HttpServerSettings&) const = default;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // absolute, http or https
  HttpHeaders headers;
  std::optional<Blob> body;
  // Shared, because it is long-lived and compared for each connection; may be null.
  std::shared_ptr<const HttpServerSettings> server;

  // The whole exchange must end in this time; zero: no limit but the idle one (watches).
  std::chrono::milliseconds deadline{60'000};
  // No byte for this long is a broken connection (kUnavailable); zero: no limit. Time in which a
  // slow sink holds the answer up does not count.
  std::chrono::milliseconds idle_timeout{30'000};
  // A longer body is kInvalidInput. It holds for error answers as well.
  std::uint64_t max_body_bytes = 4u << 20;
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::uint64_t body_bytes = 0;
};

// Takes one answer. begin() comes once, before the first write(), with body_bytes 0.
class HttpSink : public ByteSink {
 public:
  virtual Result<> begin(const HttpResponse& head) = 0;
};

// The network. An answer of any status is a success here; deciding by status is the caller's work.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;

  // Sends one request and waits for the end of the answer. Redirects are not followed and nothing
  // is retried: both need rules of the protocol above. The sink and the body's source run on the
  // calling thread, so a slow one slows its own exchange alone; the source is opened anew for each
  // send. May be called from many threads.
  //
  // kUnavailable: no connection, broken connection, idle too long; kCancelled: stop requested or
  // deadline passed; kInvalidInput: body or header limit, malformed URL or answer; kUntrusted: the
  // server's certificate was refused; or the own error of the sink or of the body's source.
  virtual Result<HttpResponse> send(const HttpRequest& request, HttpSink& sink,
                                    std::stop_token stop) = 0;
};

// The rules for requests that each transport applies first: the method is a token, the URL is http
// or https and holds no credentials, header values hold no line break, and the headers that frame a
// message (Content-Length, Transfer-Encoding, Connection, Expect) are left to the transport.
// kInvalidInput.
Result<> check_request(const HttpRequest& request);

// A URL as messages and logs show it: without credentials, query and fragment, which may be secret.
std::string url_for_message(std::string_view url);

struct HttpAnswer {
  HttpResponse head;
  std::string body;
};

// Sends and keeps the body, which max_body_bytes bounds.
Result<HttpAnswer> send_for_bytes(HttpTransport& transport, const HttpRequest& request,
                                  std::stop_token stop);

// One event loop on a thread of its own around libcurl: HTTP/2 where the server has it, kept
// connections. `user_agent` is sent with each request. Destroying it cancels what is under way.
std::unique_ptr<HttpTransport> make_curl_transport(std::string user_agent);

}  // namespace sealift
