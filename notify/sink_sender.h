#pragma once

#include "message.h"

#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>
#include <sealift/base/http.h>

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

namespace sealift::notify {

struct SendOutcome {
  enum class Kind {
    kDelivered,
    kNothingToSay,  // the receiver has no words for such an event
    kRefused,       // the receiver will never take it
    kTryAgain,
  };
  Kind kind = Kind::kDelivered;
  std::string error;  // of the last two
  std::optional<std::chrono::seconds> retry_after;
};

// Sends one event to one sink, once. Files of secrets are read anew each time.
class SinkSender {
 public:
  SinkSender(const Sink& sink, FileSystem& files, HttpTransport& transport, Clock& clock)
      : sink_(sink), files_(files), transport_(transport), clock_(clock) {}

  SendOutcome send(const Event& event, std::stop_token stop);

 private:
  SendOutcome try_again(const Error& error, const SinkSecrets& secrets) const;
  Result<SinkSecrets> read_secrets();
  Result<HttpRequest> request_for(const Message& message);

  const Sink& sink_;
  FileSystem& files_;
  HttpTransport& transport_;
  Clock& clock_;
  std::shared_ptr<const HttpServerSettings> server_;
};

}  // namespace sealift::notify
