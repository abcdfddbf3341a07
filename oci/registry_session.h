#pragma once

#include "authenticator.h"
#include "registry_error.h"
#include "retry.h"
#include "turns.h"
#include "url.h"

#include <sealift/oci/open_repository.h>

#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

namespace sealift::oci {

// What a login must allow.
enum class RegistryAccess { kPull, kPush, kDelete };

// One request to a registry, before login, redirects and retries.
struct RegistryRequest {
  std::string method = "GET";
  Url url;
  HttpHeaders headers;
  std::optional<Blob> body;
  RegistryAccess access = RegistryAccess::kPull;  // the scope of the token
  std::string also_pull;                          // another repository that it must allow to read
  std::string action;                             // for messages, see RegistryTask
  std::chrono::milliseconds deadline{60'000};
  std::uint64_t max_body_bytes = 4u << 20;
};

// Where the registry's API is. kInvalidInput for what is no name of a host.
Result<Url> registry_origin(const std::string& registry, bool plain_http);

// The conversation with one repository of a registry, or with the registry itself where
// `repository` is empty. Safe from many threads.
class RegistrySession {
 public:
  // `origin` is where the registry's API is; the names are those that the user wrote. `source` may
  // be null.
  RegistrySession(Url origin, std::string registry, std::string repository,
                  const RepositoryOptions& options, const RepositoryEnvironment& environment,
                  std::shared_ptr<CredentialSource> source);

  // "/v2/<repository>/<rest>" at the registry.
  Url url(std::string_view rest) const;

  // One attempt: logs in when asked to, and follows at most 10 redirects, never from https to http,
  // and with the login for the registry alone. The body of an answer with status 2xx goes to the
  // sink; that of another is kept, cut to 64 KiB.
  Result<HttpAnswer> attempt(const RegistryRequest& request, HttpSink& sink, std::stop_token stop);
  // The same where the body of a success says nothing.
  Result<HttpAnswer> attempt(const RegistryRequest& request, std::stop_token stop);

  // attempt() with retries, for answers that fit into memory. Other answers than 2xx are returned
  // as they are, but for those that say "later" until the end: kUnavailable.
  Result<HttpAnswer> send(const RegistryRequest& request, std::stop_token stop);

  // Registries without a referrers API answer each question for it in vain. That it is missing
  // holds for ten minutes: a registry may be replaced while a puller runs.
  bool lacks_referrers_api();
  void note_missing_referrers_api();

  // For what is read, changed and written back under one tag.
  Turns& turns() { return turns_; }

  RetryTimer retry_timer(int max_attempts);
  AttemptOutcome outcome_of(const Result<HttpAnswer>& result);
  Error error_of(const RegistryRequest& request, const HttpAnswer& answer);

  Clock& clock() { return clock_; }
  Authenticator& authenticator() { return authenticator_; }
  const std::string& registry() const { return registry_; }
  const std::string& repository() const { return repository_; }

 private:
  Result<HttpAnswer> follow_redirects(const RegistryRequest& request,
                                      const std::optional<std::string>& authorization,
                                      HttpSink& sink, bool& at_registry, std::stop_token stop);
  Result<HttpAnswer> send_once(const HttpRequest& request, HttpSink& sink, std::stop_token stop);
  Result<Url> next_hop(const RegistryRequest& request, const Url& at, const HttpAnswer& answer);
  void pass_warnings(const HttpHeaders& headers);

  Url origin_;
  std::string registry_;
  std::string repository_;
  std::shared_ptr<const HttpServerSettings> server_;
  std::shared_ptr<const HttpServerSettings> others_;  // for servers that the registry sends us to
  std::function<void(std::string_view)> on_warning_;
  std::string login_advice_;
  HttpTransport& transport_;
  Clock& clock_;
  Random& random_;
  Authenticator authenticator_;
  Turns turns_;
  std::mutex mutex_;
  std::set<std::string> warnings_;  // that were passed on
  std::optional<SteadyTime> without_referrers_api_until_;
};

inline bool is_success(const HttpAnswer& answer) {
  return answer.head.status >= 200 && answer.head.status <= 299;
}

}  // namespace sealift::oci
