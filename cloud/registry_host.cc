#include "registry_host.h"

#include <algorithm>
#include <array>

namespace sealift::cloud {
namespace {

constexpr std::size_t kMaxRegion = 32;
constexpr std::size_t kAccountDigits = 12;

// In the public cloud a registry may be told to refuse tokens that are for the management of Azure;
// those for registries alone are taken always. The other clouds know the first kind alone.
constexpr auto kAzureClouds = std::to_array<AzureCloud>({
    {".azurecr.io", "https://login.microsoftonline.com", "https://containerregistry.azure.net"},
    {".azurecr.cn", "https://login.chinacloudapi.cn", "https://management.chinacloudapi.cn"},
    {".azurecr.us", "https://login.microsoftonline.us", "https://management.usgovcloudapi.net"},
});

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_label_letter(char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; }

// One label of a name in DNS.
bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), is_label_letter);
}

bool is_name(std::string_view text) {
  while (true) {
    const auto dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

// Whether a name of DNS ends so, with more before it.
bool is_below(std::string_view host, std::string_view suffix) {
  return host.size() > suffix.size() && host.ends_with(suffix) &&
         is_name(host.substr(0, host.size() - suffix.size()));
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

bool take_account(std::string_view& host) {
  if (host.size() < kAccountDigits) return false;
  const auto account = host.substr(0, kAccountDigits);
  host.remove_prefix(kAccountDigits);
  return std::all_of(account.begin(), account.end(), is_digit);
}

bool is_google_registry(std::string_view host) {
  return host == "gcr.io" || is_below(host, ".gcr.io") || is_below(host, ".pkg.dev");
}

}  // namespace

bool is_region(std::string_view text) { return is_label(text) && text.size() <= kMaxRegion; }

std::optional<AzureCloud> azure_cloud_of(std::string_view host) {
  for (const auto& cloud : kAzureClouds) {
    if (is_below(host, cloud.suffix)) return cloud;
  }
  return std::nullopt;
}

// Amazon ECR, User Guide, "Making requests": <account>.dkr.ecr[-fips].<region>.amazonaws.com[.cn],
// and over IPv6 too <account>.dkr-ecr[-fips].<region>.on.aws.
std::optional<EcrRegistry> ecr_registry_of(std::string_view host) {
  if (!take_account(host)) return std::nullopt;
  const bool dual_stack = take_prefix(host, ".dkr-ecr");
  if (!dual_stack && !take_prefix(host, ".dkr.ecr")) return std::nullopt;
  const bool fips = take_prefix(host, "-fips");
  const bool china = !dual_stack && take_suffix(host, ".amazonaws.com.cn");
  if (dual_stack ? !take_suffix(host, ".on.aws") : !china && !take_suffix(host, ".amazonaws.com")) {
    return std::nullopt;
  }
  if (!take_prefix(host, ".") || !is_region(host)) return std::nullopt;
  const std::string region(host);
  const std::string service = fips ? "ecr-fips." : dual_stack ? "ecr." : "api.ecr.";
  const std::string_view domain = dual_stack ? ".api.aws"
                                  : china    ? ".amazonaws.com.cn"
                                             : ".amazonaws.com";
  return EcrRegistry{region, service + region + std::string(domain)};
}

std::string sts_host(std::string_view region) {
  return "sts." + std::string(region) +
         (region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com");
}

bool is_registry_of(Provider provider, std::string_view host) {
  switch (provider) {
    case Provider::kAzure:
      return azure_cloud_of(host).has_value();
    case Provider::kAws:
      return ecr_registry_of(host).has_value();
    case Provider::kGcp:
      return is_google_registry(host);
  }
  return false;
}

std::string_view registries_of(Provider provider) {
  switch (provider) {
    case Provider::kAzure:
      return "*.azurecr.io, *.azurecr.cn or *.azurecr.us";
    case Provider::kAws:
      return "ACCOUNT.dkr.ecr.REGION.amazonaws.com, the same with .cn, or "
             "ACCOUNT.dkr-ecr.REGION.on.aws";
    case Provider::kGcp:
      return "gcr.io, *.gcr.io or *.pkg.dev";
  }
  return "";
}

}  // namespace sealift::cloud
