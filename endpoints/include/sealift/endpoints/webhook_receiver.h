#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>
#include <sealift/base/log.h>
#include <sealift/endpoints/message.h>
#include <sealift/endpoints/webhook_content.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sealift::endpoints {

enum class WebhookOutcome {
  kAccepted,  // pushes were passed on
  kIgnored,   // from a known sender, and of no interest
  kInvalid,   // from a known sender, and not understood
  kRefused,   // without proof of where it comes from
  kLimited,   // from a known sender, too often
};
std::string_view to_string(WebhookOutcome outcome);

struct WebhookSettings {
  // One file for each sender: /hook/KIND/NAME is proven by the file NAME, /hook/KIND by the file
  // KIND. Each line is a secret of at least 16 bytes, so that two are good while one replaces the
  // other. Files are read for each request: a change counts at once.
  std::string secrets_directory;
  // For each sender: so many at once, and one more in each interval.
  unsigned burst = 60;
  std::chrono::milliseconds interval{500};
};

// Answers POST /hook/KIND[/NAME]. A webhook has no authority: all it does is on_push(), which makes
// the puller look sooner. Without a secret that fits, everybody gets the same answer.
class WebhookReceiver {
 public:
  // All references must outlive the receiver. on_push and count run on the server's thread and must
  // not wait for anything; count may be empty.
  WebhookReceiver(WebhookSettings settings, FileSystem& files, Clock& clock, Logger log,
                  std::function<void(const Push&)> on_push,
                  std::function<void(WebhookKind, WebhookOutcome)> count);

  // From one thread at a time.
  Response answer(const Request& request);

 private:
  struct Allowance {
    double tokens = 0;
    SteadyTime counted;
  };

  Response answer_known(WebhookKind kind, const std::string& name, const Request& request);
  Response finish(WebhookKind kind, WebhookOutcome outcome, int status) const;
  // Now and then: strangers must not be able to fill a disk with our log.
  void tell_refusal(WebhookKind kind, const std::string& name, const Request& request);
  bool is_proven(WebhookKind kind, const std::string& name, const Request& request) const;
  bool take_allowance(const std::string& name);

  WebhookSettings settings_;
  FileSystem& files_;
  Clock& clock_;
  Logger log_;
  std::function<void(const Push&)> on_push_;
  std::function<void(WebhookKind, WebhookOutcome)> count_;
  std::optional<SteadyTime> told_refusal_;
  std::uint64_t untold_refusals_ = 0;
  std::map<std::string, Allowance> allowances_;  // of senders with a file: bounded by the directory
};

}  // namespace sealift::endpoints
