#pragma once

#include <sealift/base/clock.h>
#include <sealift/cloud/provider.h>
#include <sealift/oci/credential_source.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace sealift::cloud {

struct IssuedLogin {
  oci::Credentials credentials;
  std::chrono::seconds life;  // from now; positive
};

// A login that a cloud gives for a while. It is renewed before it ends, by one thread at a time:
// others take the old one while it lasts, and wait otherwise. Where renewing fails, the old one
// serves until its end. No lock is held while a login is made.
class RenewedLogin : public oci::CredentialSource {
 public:
  using Issue = std::function<Result<IssuedLogin>(std::stop_token stop)>;

  RenewedLogin(Provider provider, std::string advice, Clock& clock, Issue issue)
      : provider_(provider), advice_(std::move(advice)), clock_(clock), issue_(std::move(issue)) {}

  Result<oci::Credentials> find(std::stop_token stop) override;
  void drop(const oci::Credentials& refused) override;
  bool may_go_to(std::string_view host) const override;
  std::string advice() const override { return advice_; }

 private:
  struct Login {
    oci::Credentials credentials;
    SteadyTime renew_at;
    SteadyTime ends;
  };
  // Of the attempts to make a login: how many ended, and how the last one failed.
  struct Attempts {
    std::uint64_t ended = 0;
    std::optional<Error> error;
  };

  void keep(IssuedLogin issued, SteadyTime now);
  void note_failure(const Error& error, bool stopped, SteadyTime now);

  Provider provider_;
  std::string advice_;
  Clock& clock_;
  Issue issue_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Login> login_;
  Attempts attempts_;
  bool renewing_ = false;
};

}  // namespace sealift::cloud
