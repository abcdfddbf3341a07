#pragma once

#include "curl_exchange.h"

#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

namespace sealift {

// The one thread that touches curl's multi handle. Other threads leave orders and wake it.
class CurlLoop {
 public:
  CurlLoop();
  ~CurlLoop();
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;

  void start(std::shared_ptr<CurlExchange> exchange);
  void resume(std::shared_ptr<CurlExchange> exchange);
  // Takes the exchange out without telling anybody.
  void drop(std::shared_ptr<CurlExchange> exchange);

  // Ends the thread and interrupts (kCancelled) what is under way and what comes later.
  void stop();

 private:
  enum class Action { kStart, kResume, kDrop };
  struct Order {
    Action action;
    std::shared_ptr<CurlExchange> exchange;
  };

  void post(Action action, std::shared_ptr<CurlExchange> exchange);
  void run();
  // False once stop() was called.
  bool carry_out_orders();
  void carry_out(const Order& order);
  void collect_finished();
  void expire();
  int milliseconds_to_next_expiry() const;
  void remove(CURL* easy, CURLcode code);

  CurlSockets sockets_;  // before multi_, whose end closes them
  CURLM* const multi_;
  std::unordered_map<CURL*, std::shared_ptr<CurlExchange>> active_;

  std::mutex mutex_;
  std::vector<Order> orders_;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace sealift
