#include <sealift/base/encoding.h>
#include <sealift/cloud/workload_logins.h>

#include <array>
#include <utility>

#include "aws_login.h"
#include "azure_login.h"
#include "google_login.h"
#include "registry_host.h"
#include "renewed_login.h"

namespace sealift::cloud {
namespace {

constexpr auto kNames = std::to_array<std::pair<Provider, std::string_view>>(
    {{Provider::kAzure, "azure"}, {Provider::kAws, "aws"}, {Provider::kGcp, "gcp"}});

std::string advice_for(Provider provider, const std::string& registry) {
  switch (provider) {
    case Provider::kAzure:
      return "give the workload's identity the role AcrPull, or AcrPush to publish, at " + registry;
    case Provider::kAws:
      return "allow the workload's role ecr:BatchGetImage and ecr:GetDownloadUrlForLayer, and to "
             "publish what a push needs, at " +
             registry;
    case Provider::kGcp:
      return "give the workload's service account the role Artifact Registry Reader, or Writer to "
             "publish, at " +
             registry;
  }
  return "";
}

// `registry` is one of the provider's.
RenewedLogin::Issue issue_for(Provider provider, const std::string& registry,
                              const Workload& workload) {
  switch (provider) {
    case Provider::kAzure:
      return [=](std::stop_token stop) {
        return azure_login(registry, *azure_cloud_of(registry), workload, std::move(stop));
      };
    case Provider::kAws:
      return [=](std::stop_token stop) {
        return aws_login(*ecr_registry_of(registry), workload, std::move(stop));
      };
    case Provider::kGcp:
      return [=](std::stop_token stop) { return google_login(workload, std::move(stop)); };
  }
  return {};
}

// Says which login failed, whatever step of it.
RenewedLogin::Issue with_context(RenewedLogin::Issue issue, std::string context) {
  return [issue = std::move(issue), context = std::move(context)](std::stop_token stop) {
    auto issued = issue(std::move(stop));
    if (issued) return issued;
    return Result<IssuedLogin>(fail(std::move(issued).error().with_context(context)));
  };
}

}  // namespace

std::optional<Provider> parse_provider(std::string_view name) {
  for (const auto& [provider, known] : kNames) {
    if (name == known) return provider;
  }
  return std::nullopt;
}

std::string_view to_string(Provider provider) {
  for (const auto& [known, name] : kNames) {
    if (provider == known) return name;
  }
  return "";
}

Result<std::shared_ptr<oci::CredentialSource>> WorkloadLogins::open(std::string_view provider,
                                                                    const std::string& registry) {
  const auto known = parse_provider(provider);
  if (!known) {
    return fail(
        ErrorCode::kInvalidInput,
        "\"" + printable(provider, 40) + "\" is no provider of logins: azure, aws and gcp are");
  }
  const std::string name(provider);
  if (!allowed_.contains(*known)) {
    return fail(ErrorCode::kForbidden,
                "Deliveries may not use the identity that this puller has at " + name +
                    ": have its operator permit it with --allow-provider " + name +
                    ", or name a Secret with a login in artifact.secretRef");
  }
  if (!is_registry_of(*known, registry)) {
    return fail(ErrorCode::kInvalidInput,
                "the login of provider " + name + " is not for " + printable(registry) +
                    ": it goes to " + std::string(registries_of(*known)) +
                    " alone; without a provider, a stored login is taken");
  }
  const std::lock_guard lock(mutex_);
  std::erase_if(open_, [](const auto& item) { return item.second.expired(); });
  auto& open = open_[name + " " + registry];
  if (auto shared = open.lock()) return shared;
  auto issue = with_context(issue_for(*known, registry, workload_),
                            "log in to " + registry + " as this workload (" + name + ")");
  auto login = std::make_shared<RenewedLogin>(*known, advice_for(*known, registry), workload_.clock,
                                              std::move(issue));
  open = login;
  return login;
}

}  // namespace sealift::cloud
