#include <sealift/artifacts/artifact_library.h>
#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>
#include <sealift/base/percent_encoding.h>
#include <sealift/oci/credentials.h>

#include <utility>

namespace sealift::artifacts {
namespace {

tl::unexpected<Error> unfit(const delivery::NamedData& secret, const std::string& why) {
  return fail(ErrorCode::kInvalidInput,
              "the Secret " + secret.name_space + "/" + secret.name + " has " + why);
}

Result<std::string> member(const delivery::NamedData& secret, const std::string& key) {
  const auto it = secret.data.find(key);
  if (it != secret.data.end()) return it->second;
  return unfit(secret, "no entry " + key);
}

std::string member_or_empty(const delivery::NamedData& secret, std::string_view key) {
  const auto it = secret.data.find(key);
  return it == secret.data.end() ? std::string() : it->second;
}

Result<> read_certificates(const delivery::NamedData& secret, HttpServerSettings& server) {
  server.ca_pem = member_or_empty(secret, "ca.crt");
  server.client_certificate_pem = member_or_empty(secret, "tls.crt");
  server.client_key_pem = member_or_empty(secret, "tls.key");
  if (server.client_certificate_pem.empty() != server.client_key_pem.empty()) {
    return unfit(secret, "only one of tls.crt and tls.key");
  }
  if (server.ca_pem.empty() && server.client_key_pem.empty()) {
    return unfit(secret, "neither ca.crt nor tls.crt and tls.key");
  }
  return {};
}

// With the login in it, which is how a proxy is told (RFC 3986, section 3.2.1).
Result<std::string> proxy_url(const delivery::NamedData& secret) {
  SEALIFT_ASSIGN(auto address, member(secret, "address"));
  const auto host = address.starts_with("http://")    ? std::string_view("http://").size()
                    : address.starts_with("https://") ? std::string_view("https://").size()
                                                      : 0;
  const bool is_clean = address.find_first_of(" \t\r\n") == std::string::npos;
  if (host == 0 || host == address.size() || !is_clean) {
    return unfit(secret, "an entry address that is no http:// or https:// URL of a proxy");
  }
  const auto user = member_or_empty(secret, "username");
  const auto password = member_or_empty(secret, "password");
  if (user.empty() && !password.empty()) return unfit(secret, "a password without username");
  if (user.empty()) return address;
  if (address.find('@') != std::string::npos) {
    return unfit(secret, "two logins: in address, and in username and password");
  }
  return address.insert(host, percent_encode(user) + ":" + percent_encode(password) + "@");
}

// Where a Secret is named.
std::string login_advice(const std::string& registry, const oci::Credentials& found) {
  const std::string secret = "the Secret that the Delivery's artifact.secretRef names";
  if (!found.empty() || found.skipped_helper.empty()) {
    return "check the login for " + registry + " in " + secret;
  }
  return secret + " leaves the login to the helper program docker-credential-" +
         printable(found.skipped_helper, 60) +
         ", and the puller starts no programs: put the login itself into it, as \"kubectl create "
         "secret docker-registry\" does";
}

Result<oci::RepositoryOptions> repository_options(const delivery::Delivery& delivery,
                                                  delivery::SecretSource& secrets,
                                                  const std::stop_token& stop) {
  const auto& artifact = delivery.artifact;
  const auto& registry = artifact.repository.registry();
  oci::RepositoryOptions options;
  options.plain_http = artifact.insecure;
  auto server = std::make_shared<HttpServerSettings>();
  options.login_advice =
      "name a Secret with a login for " + registry + " in the Delivery's artifact.secretRef";
  options.provider = artifact.provider;
  if (!artifact.secret_name.empty()) {
    SEALIFT_ASSIGN(auto secret, secrets.secret(delivery, artifact.secret_name, stop));
    SEALIFT_ASSIGN(auto config, member(secret, ".dockerconfigjson"));
    SEALIFT_ASSIGN(options.credentials,
                   oci::credentials_from_docker_config(config, artifact.repository.name()));
    options.login_advice = login_advice(registry, options.credentials);
  }
  if (!artifact.cert_secret_name.empty()) {
    SEALIFT_ASSIGN(auto secret, secrets.secret(delivery, artifact.cert_secret_name, stop));
    SEALIFT_TRY(read_certificates(secret, *server));
  }
  if (!artifact.proxy_secret_name.empty()) {
    SEALIFT_ASSIGN(auto secret, secrets.secret(delivery, artifact.proxy_secret_name, stop));
    SEALIFT_ASSIGN(server->proxy, proxy_url(secret));
  }
  options.server = std::move(server);
  return options;
}

// Hashes fields so that no two lists of fields look the same.
class FieldHash {
 public:
  FieldHash& add(std::string_view field) {
    hasher_.update(std::to_string(field.size()) + ":");
    hasher_.update(field);
    return *this;
  }
  std::string hex() { return hasher_.finish().hex(); }

 private:
  Hasher hasher_;
};

std::string way_of(const ArtifactAccess& access) {
  const auto& server = *access.options.server;
  return FieldHash()
      .add(access.repository.name())
      .add(access.options.plain_http ? "http" : "https")
      .add(server.ca_pem)
      .add(server.proxy)
      .hex();
}

std::string place_of(const ArtifactAccess& access) {
  const auto& server = *access.options.server;
  const auto& login = access.options.credentials;
  return FieldHash()
      .add(access.way)
      .add(login.username)
      .add(login.password)
      .add(login.identity_token)
      .add(login.skipped_helper)
      .add(access.options.provider)
      .add(server.client_certificate_pem)
      .add(server.client_key_pem)
      .add(access.options.login_advice)
      .hex();
}

}  // namespace

Result<ArtifactAccess> artifact_access(const delivery::Delivery& delivery,
                                       delivery::SecretSource& secrets, std::stop_token stop) {
  SEALIFT_ASSIGN(auto options, repository_options(delivery, secrets, stop));
  const auto& select = delivery.artifact.select;
  ArtifactAccess access{delivery.artifact.repository, select, std::move(options), "", "", ""};
  access.way = way_of(access);
  access.place = place_of(access);
  access.key = FieldHash()
                   .add(access.place)
                   .add(select.tag)
                   .add(select.semver)
                   .add(select.digest ? select.digest->to_string() : "")
                   .hex();
  return access;
}

}  // namespace sealift::artifacts
