#include <sealift/base/encoding.h>
#include <sealift/keyless/token_source.h>

#include <utility>

#include "private_address.h"
#include "service_request.h"

namespace sealift::keyless {
namespace {

constexpr std::string_view kWhere =
    "give one with --identity-token, set SIGSTORE_ID_TOKEN (GitLab: `id_tokens`), or let the job "
    "have one (GitHub: `permissions: id-token: write`); a person at a terminal can log in with "
    "--fulcio-auth-flow normal or device";

// What has the form of a token is not asked for as a file: the error would show it.
Result<IdentityToken> read_given(const std::string& given, FileSystem& files) {
  if (has_token_form(given)) return parse_identity_token(given, "--identity-token");
  SEALIFT_ASSIGN_CONTEXT(const auto text, read_file(files, given, kMaxTokenBytes),
                         "reading the identity token");
  return parse_identity_token(text, "the content of the file with the identity token");
}

// GitHub, "OpenID Connect reference": GET with the job's own token; {"value": TOKEN}.
Result<IdentityToken> request_token(const TokenSources& sources, const Environment& environment,
                                    std::stop_token stop) {
  SEALIFT_TRY(check_private_address("ACTIONS_ID_TOKEN_REQUEST_URL", sources.request_url));
  HttpRequest request;
  request.url = sources.request_url +
                (sources.request_url.find('?') == std::string::npos ? "?" : "&") +
                "audience=" + std::string(kTokenAudience);
  request.headers.set("Accept", "application/json");
  request.headers.set("Authorization", "Bearer " + sources.request_token);
  const std::string what = "the job's token service (ACTIONS_ID_TOKEN_REQUEST_URL)";
  SEALIFT_ASSIGN(const auto answer,
                 ask_service(std::move(request), what, {200}, environment, stop));
  SEALIFT_ASSIGN(const auto json, parse_answer(answer, what));
  return parse_identity_token(json.string_at({"value"}), "what the job's token service gave");
}

Result<IdentityToken> first_token(const TokenSources& sources, const Environment& environment,
                                  FileSystem& files, std::stop_token stop) {
  if (!sources.given.empty()) return read_given(sources.given, files);
  if (!sources.ambient.empty()) return parse_identity_token(sources.ambient, "SIGSTORE_ID_TOKEN");
  if (!sources.request_url.empty() && !sources.request_token.empty()) {
    return request_token(sources, environment, stop);
  }
  return fail(ErrorCode::kUnauthenticated,
              "there is no identity token to sign with: " + std::string(kWhere));
}

}  // namespace

Result<IdentityToken> find_identity_token(const TokenSources& sources, const std::string& issuer,
                                          const Environment& environment, FileSystem& files,
                                          std::stop_token stop) {
  SEALIFT_ASSIGN(auto token, first_token(sources, environment, files, std::move(stop)));
  if (token.expires <= environment.clock.now()) {
    return fail(
        ErrorCode::kUnauthenticated,
        "the identity token expired at " + format_timestamp(token.expires) + ": ask for a new one");
  }
  if (!issuer.empty() && token.issuer != issuer) {
    return fail(ErrorCode::kInvalidInput, "the identity token is of the issuer " +
                                              printable(token.issuer) + ", and asked for is " +
                                              issuer);
  }
  return token;
}

}  // namespace sealift::keyless
