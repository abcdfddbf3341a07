#include <sealift/base/encoding.h>
#include <sealift/keyless/signing_services.h>

#include <utility>

namespace sealift::keyless {
namespace {

const std::vector<std::uint32_t> kAuthorityVersions = {1};
const std::vector<std::uint32_t> kLogVersions = {1, 2};

Result<> check_url(std::string_view flag, const std::string& url) {
  if (url.empty() || url.starts_with("https://") || url.starts_with("http://")) return {};
  return fail(ErrorCode::kInvalidInput,
              std::string(flag) + " " + printable(url) + " is no http or https URL");
}

}  // namespace

bool asks_nobody(const SigningServices& services) {
  return services.certificate_authority.empty() && services.logs.empty() &&
         services.timestamp_authorities.empty();
}

Result<SigningServices> choose_services(const sigstore::SigningConfig& config, SignerKind signer,
                                        Timestamp now) {
  SigningServices chosen;
  const bool by_identity = signer == SignerKind::kIdentity;
  if (by_identity) {
    SEALIFT_ASSIGN(auto authority,
                   sigstore::select_service(config.certificate_authorities, kAuthorityVersions, now,
                                            "certificate authority"));
    chosen.certificate_authority = std::move(authority.url);
    if (!config.identity_providers.empty()) {
      SEALIFT_ASSIGN(auto provider,
                     sigstore::select_service(config.identity_providers, kAuthorityVersions, now,
                                              "identity provider"));
      chosen.identity_provider = std::move(provider.url);
    }
  }
  if (by_identity || !config.transparency_logs.empty()) {
    SEALIFT_ASSIGN(chosen.logs,
                   sigstore::select_services(config.transparency_logs, config.log_selection,
                                             kLogVersions, now, "transparency log"));
  }
  if (!config.timestamp_authorities.empty()) {
    SEALIFT_ASSIGN(auto authorities, sigstore::select_services(
                                         config.timestamp_authorities, config.timestamp_selection,
                                         kAuthorityVersions, now, "time stamp authority"));
    for (auto& authority : authorities) {
      chosen.timestamp_authorities.push_back(std::move(authority.url));
    }
  }
  return chosen;
}

Result<SigningServices> services_at(const ServiceUrls& urls, SignerKind signer) {
  SEALIFT_TRY(check_url("--fulcio-url", urls.certificate_authority));
  SEALIFT_TRY(check_url("--rekor-url", urls.log));
  SEALIFT_TRY(check_url("--timestamp-server-url", urls.timestamp_authority));
  SigningServices services;
  if (signer == SignerKind::kIdentity) {
    if (urls.certificate_authority.empty() || urls.log.empty()) {
      return fail(ErrorCode::kInvalidInput,
                  "signing without a key needs a certificate authority and a transparency log: "
                  "give --signing-config, or --fulcio-url and --rekor-url");
    }
    services.certificate_authority = urls.certificate_authority;
  }
  if (!urls.log.empty()) {
    services.logs.push_back(
        {.url = urls.log, .api_version = 1, .validity = {}, .operator_name = {}});
  }
  if (!urls.timestamp_authority.empty()) {
    services.timestamp_authorities.push_back(urls.timestamp_authority);
  }
  return services;
}

}  // namespace sealift::keyless
