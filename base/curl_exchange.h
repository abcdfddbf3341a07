#pragma once

#include "curl_sockets.h"
#include "local_address_rule.h"

#include <sealift/base/http.h>

#include <curl/curl.h>

#include <array>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace sealift {

// One request and its answer between two threads: the loop thread, where curl's callbacks run, and
// the thread that called send(), where the body's source and the sink run. Both bodies pass through
// bounded buffers; where one is full or empty, curl pauses the transfer until resume.
class CurlExchange {
 public:
  // Null rule: it may connect to anything. kInvalidInput where curl does not take the URL or the
  // settings; kForbidden where the rule refuses the URL.
  static Result<std::shared_ptr<CurlExchange>> make(const HttpRequest& request,
                                                    const std::string& user_agent,
                                                    std::shared_ptr<const LocalAddressRule> rule);
  ~CurlExchange();
  CurlExchange(const CurlExchange&) = delete;
  CurlExchange& operator=(const CurlExchange&) = delete;

  // On the calling thread: feeds the body and the sink until the end. `resume` asks the loop to
  // call resume_transfer(). Afterwards the loop may still hold the exchange, but nothing of the
  // caller's.
  Result<HttpResponse> pump(HttpSink& sink, const std::function<void()>& resume);

  // From any thread: pump() returns this error without waiting for the loop.
  void interrupt(Error error);

  // The rest belongs to the loop thread.
  // Before it is started: its connection's socket is one of these, which outlive the connection.
  void use(CurlSockets& sockets);
  CURL* easy() const { return easy_; }
  // Its callbacks may run inside; an error ends the transfer.
  CURLcode resume_transfer();
  // The next moment at which expire() must be called.
  std::optional<SteadyTime> next_expiry() const;
  // True where the deadline or the idle time passed; the exchange has then failed.
  bool expire(SteadyTime now);
  // Called when it is given up: its connection is cut where nothing came through it for anybody.
  void blame_connection(const CurlSockets& sockets) const;
  // The transfer is out of the loop; nothing else will come.
  void finish(CURLcode code);

 private:
  enum class Step { kInterrupted, kHead, kReceived, kFeed, kDone };

  CurlExchange(const HttpRequest& request, CURL* easy);
  Result<> set_options(const HttpRequest& request, const std::string& user_agent);
  Result<> set_headers(const HttpRequest& request);

  // On the calling thread.
  Result<HttpResponse> pump_to_end(HttpSink& sink, const std::function<void()>& resume);
  Step wait();
  Result<> deliver_head(HttpSink& sink);
  Result<> deliver_received(HttpSink& sink, const std::function<void()>& resume);
  Result<> feed(const std::function<void()>& resume);
  bool has_room_to_feed() const;

  // curl's callbacks, on the loop thread.
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_upload(char* buffer, std::size_t size, std::size_t count, void* self);
  static CURLcode on_tls(CURL* easy, void* tls_context, void* self);
  static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_connected(void* self, char* peer, char* local, int peer_port, int local_port);
  bool take_header_line(std::string_view line);
  bool end_of_head();
  void add_field(std::string_view line);
  std::size_t take_body(std::string_view bytes);
  std::size_t give_upload(char* buffer, std::size_t size);
  bool has_expired(SteadyTime now);
  bool refuse(Error error);
  void touch() { last_activity_ = std::chrono::steady_clock::now(); }

  // Fixed once made.
  const std::string name_;  // "GET https://host/path", for messages
  const std::shared_ptr<const HttpServerSettings> server_;
  const std::uint64_t max_body_bytes_;
  const std::chrono::milliseconds deadline_;
  const std::chrono::milliseconds idle_timeout_;
  const SteadyTime start_;
  const bool head_only_;
  CURL* const easy_;
  std::shared_ptr<const LocalAddressRule> rule_;
  curl_slist* header_list_ = nullptr;
  std::string host_;
  std::string port_;

  // The loop thread's own.
  std::array<char, CURL_ERROR_SIZE> detail_{};
  std::string certificate_problem_;
  CurlSockets* sockets_ = nullptr;
  std::optional<Error> refused_address_;  // where no other address was tried
  bool opened_ = false;
  HttpResponse building_;
  std::size_t header_bytes_ = 0;
  bool head_complete_ = false;
  bool expired_ = false;
  CurlConnection connection_;
  std::uint64_t body_bytes_ = 0;
  SteadyTime last_activity_;

  // The calling thread's own.
  std::optional<Blob> body_;
  std::unique_ptr<ByteSource> source_;
  std::uint64_t fed_ = 0;
  std::string delivering_;
  HttpResponse answer_;

  // Between the two.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<HttpResponse> head_;
  std::string received_;
  bool receive_paused_ = false;
  std::string upload_;
  std::size_t upload_taken_ = 0;
  bool upload_paused_ = false;
  bool upload_complete_ = false;
  std::optional<Error> interrupted_;
  std::optional<Error> failure_;
  bool done_ = false;
};

}  // namespace sealift
