#include "renewed_login.h"

#include <algorithm>

#include "registry_host.h"

namespace sealift::cloud {
namespace {

using std::chrono::seconds;

constexpr seconds kLongestLife{12 * 60 * 60};
constexpr seconds kMostEarly{5 * 60};
constexpr int kEarlyShare = 5;  // of a short life, so that it is not renewed at once
constexpr seconds kPauseAfterFailure{30};

}  // namespace

Result<oci::Credentials> RenewedLogin::find(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto now = clock_.steady_now();
    const bool good = login_ && now < login_->ends;
    if (good && (renewing_ || now < login_->renew_at)) return login_->credentials;
    if (!renewing_) break;
    const auto seen = attempts_.ended;
    changed_.wait(lock, stop, [&] { return attempts_.ended != seen; });
    if (stop.stop_requested()) {
      return fail(ErrorCode::kCancelled, "stopped while a login was being made");
    }
    if (attempts_.error) return fail(*attempts_.error);
  }
  renewing_ = true;
  lock.unlock();
  auto issued = issue_(stop);
  lock.lock();
  renewing_ = false;
  ++attempts_.ended;
  const auto now = clock_.steady_now();
  if (issued) {
    keep(*std::move(issued), now);
  } else {
    note_failure(issued.error(), stop.stop_requested(), now);
  }
  changed_.notify_all();
  if (login_ && now < login_->ends) return login_->credentials;
  return fail(std::move(issued).error());
}

void RenewedLogin::keep(IssuedLogin issued, SteadyTime now) {
  const auto life = std::clamp(issued.life, seconds(1), kLongestLife);
  const auto early = std::min(kMostEarly, life / kEarlyShare);
  login_ = Login{std::move(issued.credentials), now + life - early, now + life};
  attempts_.error.reset();
}

void RenewedLogin::note_failure(const Error& error, bool stopped, SteadyTime now) {
  // One caller's wish to stop is not the others' error: they try for themselves.
  attempts_.error = stopped ? std::nullopt : std::optional<Error>(error);
  if (login_) login_->renew_at = now + kPauseAfterFailure;
}

void RenewedLogin::drop(const oci::Credentials& refused) {
  const std::lock_guard lock(mutex_);
  if (login_ && login_->credentials == refused) login_.reset();
}

bool RenewedLogin::may_go_to(std::string_view host) const {
  return is_registry_of(provider_, host);
}

}  // namespace sealift::cloud
