#include "webhook_proof.h"

#include <sealift/base/encoding.h>
#include <sealift/base/hmac.h>

#include <array>

namespace sealift::endpoints {
namespace {

struct Means {
  WebhookKind kind;
  std::string_view signature_header;  // "sha256=" and the HMAC of the body; empty: it does not sign
  std::string_view token_header;      // the secret as it is; empty: none
  bool authorization;                 // Authorization, with or without "Bearer "
  bool parameter;                     // ?token=
};

constexpr std::array<Means, 9> kMeans = {{
    {WebhookKind::kDistribution, "", "", true, false},
    {WebhookKind::kDockerHub, "", "", false, true},
    {WebhookKind::kHarbor, "", "", true, false},
    {WebhookKind::kGitLab, "", "X-Gitlab-Token", true, false},
    {WebhookKind::kGitHub, "X-Hub-Signature-256", "", false, false},
    {WebhookKind::kQuay, "", "", false, true},
    {WebhookKind::kAcr, "", "", true, true},
    {WebhookKind::kCloudEvents, "X-Signature", "", true, true},
    {WebhookKind::kGeneric, "X-Signature", "", false, false},
}};

bool signs(std::string_view header, std::string_view body, std::string_view secret) {
  constexpr std::string_view kAlgorithm = "sha256=";
  if (!header.starts_with(kAlgorithm)) return false;
  const auto given = hex_decode(header.substr(kAlgorithm.size()));
  return given && equal_in_constant_time(hmac_sha256(secret, body), *given);
}

bool authorizes(std::string_view header, std::string_view secret) {
  constexpr std::string_view kScheme = "Bearer ";
  if (header.starts_with(kScheme)) header.remove_prefix(kScheme.size());
  return equal_in_constant_time(secret, header);
}

}  // namespace

bool proves(WebhookKind kind, const Request& request, std::string_view secret) {
  for (const auto& means : kMeans) {
    if (means.kind != kind) continue;
    const auto header = [&](std::string_view name) {
      return name.empty() ? std::nullopt : request.headers.get(name);
    };
    if (const auto value = header(means.signature_header)) {
      return signs(*value, request.body, secret);
    }
    if (const auto value = header(means.token_header)) {
      return equal_in_constant_time(secret, *value);
    }
    if (const auto value = means.authorization ? header("Authorization") : std::nullopt) {
      return authorizes(*value, secret);
    }
    const auto token = means.parameter ? request.parameter("token") : std::nullopt;
    return token && equal_in_constant_time(secret, *token);
  }
  return false;
}

}  // namespace sealift::endpoints
