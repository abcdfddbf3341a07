#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/credentials.h>

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::oci {

// Makes logins where none are stored: of a workload's identity in a cloud, say. Asked when a
// registry wants a login, never before. Safe from many threads.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;

  // What to show now, never empty. Asked before each use: a source keeps what it made until shortly
  // before its end. kUnauthenticated and kForbidden where there is no identity or it was refused,
  // kUnavailable, kInvalidInput, kCancelled, and as FileSystem.
  virtual Result<Credentials> find(std::stop_token stop) = 0;
  // A server refused these: the next find() makes others.
  virtual void drop(const Credentials& refused) = 0;
  // Whether they may be shown to this host (lower case, without a port).
  virtual bool may_go_to(std::string_view host) const = 0;
  // What helps where a registry refuses them; read behind ": ".
  virtual std::string advice() const = 0;
};

// Sources by the name of who makes the logins, as RepositoryOptions::provider names it.
class CredentialSources {
 public:
  virtual ~CredentialSources() = default;
  // `registry` is Reference::registry(). kInvalidInput for a provider that there is not, and for a
  // registry that is not the provider's; kForbidden for one that is not to be used here.
  virtual Result<std::shared_ptr<CredentialSource>> open(std::string_view provider,
                                                         const std::string& registry) = 0;
};

}  // namespace sealift::oci
