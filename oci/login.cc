#include "registry_session.h"

#include <sealift/oci/login.h>

#include <utility>

namespace sealift::oci {

Result<LoginAnswer> try_login(const std::string& registry, const RepositoryOptions& options,
                              const RepositoryEnvironment& environment, std::stop_token stop) {
  SEALIFT_ASSIGN(Url origin, registry_origin(registry, options.plain_http));
  RegistryRequest request;
  request.url = origin;
  request.url.target = "/v2/";
  request.action = "log in";
  RegistrySession session(std::move(origin), registry, "", options, environment, nullptr);
  session.authenticator().ask_for_identity_token();
  SEALIFT_ASSIGN(const HttpAnswer answer, session.send(request, std::move(stop)));
  if (!is_success(answer)) return fail(session.error_of(request, answer));
  return LoginAnswer{session.authenticator().was_challenged(),
                     session.authenticator().identity_token()};
}

}  // namespace sealift::oci
