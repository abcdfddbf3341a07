#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>
#include <sealift/base/http.h>
#include <sealift/base/random.h>
#include <sealift/oci/credential_source.h>
#include <sealift/oci/credentials.h>
#include <sealift/oci/repository.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::oci {

// What a program lends to its repositories. All references must outlive them.
struct RepositoryEnvironment {
  HttpTransport& transport;
  FileSystem& files;
  Clock& clock;
  Random& random;
  // For RepositoryOptions::provider, asked while a repository is opened. May be null.
  CredentialSources* credential_sources = nullptr;
};

// Another registry that has copies of this one's content, for reading alone.
struct Mirror {
  // "host[:port][/prefix]": "team/shop" of the registry is "prefix/team/shop" there.
  std::string address;
  bool plain_http = false;
  // It is asked for tags and referrers too, which it may hold in an older state. Otherwise it gives
  // what is named by a digest, which is checked whoever gives it.
  bool resolves_tags = false;
  std::shared_ptr<const HttpServerSettings> server = nullptr;  // may be null
  Credentials credentials = {};                                // for the mirror; may be empty
};

// How a registry is reached. A layout ignores all of it.
struct RepositoryOptions {
  bool plain_http = false;  // http:// instead of https://; never by default, not even for localhost
  std::shared_ptr<const HttpServerSettings> server;  // may be null
  Credentials credentials;                           // for this registry; may be empty
  // Who makes the login at the moment the registry wants one, in place of `credentials`, by a name
  // that RepositoryEnvironment::credential_sources knows. Empty: nobody. Such a login goes over
  // verified https alone.
  std::string provider = {};
  // What a message advises where the registry wants a login or refuses this one, read behind ": ".
  // Empty: docker's ways to log in, which a person at a terminal has.
  std::string login_advice = {};
  // Takes what a registry wants people to read (distribution-spec 1.1, "Warnings"), each text once;
  // called from the thread that made the request. May be empty.
  std::function<void(std::string_view)> on_warning = {};
  // Asked in this order before the registry, which keeps what is above for itself. One that fails
  // is left out for a minute.
  std::vector<Mirror> mirrors = {};
};

// The repository that a reference names. kInvalidInput, also where a provider is named beside
// credentials, plain http or unverified certificates; kIo; and as CredentialSources::open().
Result<std::unique_ptr<Repository>> open_repository(const Reference& reference,
                                                    const RepositoryOptions& options,
                                                    const RepositoryEnvironment& environment);

}  // namespace sealift::oci
