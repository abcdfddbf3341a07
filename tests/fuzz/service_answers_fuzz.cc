// What the services that sign along may answer. An input is a byte that chooses the service, one
// that chooses the status, a line that is where a log's entry is (`Location`), and the body.
#include "certificate_authority.h"
#include "known_logs.h"
#include "timestamp_authority.h"
#include "transparency_log.h"

#include <sealift/base/file_system.h>
#include <sealift/base/random.h>
#include <sealift/crypto/timestamp_token.h>
#include <sealift/keyless/token_source.h>
#include <sealift/sigstore/log_entry_verification.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace sealift;
using namespace sealift::keyless;

constexpr const char* kUrl = "https://service.example.com";
const Timestamp kNow{std::chrono::sys_days(std::chrono::year(2026) / 6 / 1)};
constexpr int kStatuses[] = {200, 201, 409, 400, 503};

// The seeds have certificates for this key.
constexpr const char* kKey = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgSEBKzAXiYKzjM04H
6QbgFqP1qhjTv/Odbcfjd8/FeiOhRANCAAR/4+bYaKiH7g0Ft2fN7rDfQug7F3Nn
B8Z/rwg58BdgWtS99Cy3lh6QlHRRM8Q2QFLvRDSP+79O45PlfYgQmFVO
-----END PRIVATE KEY-----
)";

// Whatever is asked, the same answer.
class OneAnswer : public HttpTransport {
 public:
  OneAnswer(int status, std::string location, std::string body)
      : status_(status), location_(std::move(location)), body_(std::move(body)) {}

  Result<HttpResponse> send(const HttpRequest& request, HttpSink& sink, std::stop_token) override {
    if (!check_request(request)) std::abort();
    HttpResponse response;
    response.status = status_;
    if (!location_.empty()) response.headers.set("Location", location_);
    SEALIFT_TRY(sink.begin(response));
    SEALIFT_TRY(sink.write(body_));
    response.body_bytes = body_.size();
    return response;
  }

 private:
  int status_;
  std::string location_;
  std::string body_;
};

class FixedClock : public Clock {
 public:
  Timestamp now() override { return kNow; }
  SteadyTime steady_now() override { return {}; }
  void sleep_until(SteadyTime, std::stop_token) override {}
};

const crypto::PrivateKey& key() {
  static const auto key = crypto::PrivateKey::from_pem(kKey, "", "key").value();
  return key;
}

// Messages are for terminals, and hold nothing that controls one.
void check_message(const Error& error) {
  const std::string text = error.message();
  if (std::any_of(text.begin(), text.end(),
                  [](unsigned char c) { return c < 0x20 && c != '\n'; })) {
    std::abort();
  }
}

void ask_authority(const Environment& environment) {
  const IdentityToken token{"a.b.c", "https://issuer", "alice@example.com", true, kNow};
  const auto certificate = request_certificate(kUrl, token, key(), environment, {});
  if (!certificate) return check_message(certificate.error());
  if (certificate->subject_public_key_info() != key().public_key().der()) std::abort();
}

void ask_log(std::uint32_t version, const Environment& environment) {
  const LogSubmission submission{
      "signature",
      {crypto::HashAlgorithm::kSha256, crypto::hash(crypto::HashAlgorithm::kSha256, "bytes")},
      key().public_key()};
  const auto entry =
      submit_to_log({.url = kUrl, .api_version = version, .validity = {}, .operator_name = {}},
                    submission, environment, {});
  if (!entry) return check_message(entry.error());
  if (!entry->kind_version) std::abort();
  // No log that is known holds a signature that nobody made.
  const auto own = key().public_key();
  const sigstore::LoggedSignature expected{.signature = "signature",
                                           .key = &own,
                                           .certificate = nullptr,
                                           .envelope = nullptr,
                                           .envelope_json = std::nullopt};
  for (const auto required : {sigstore::LogEvidence::kPromise, sigstore::LogEvidence::kProof}) {
    if (sigstore::verify_log_entry(*entry, expected, known_logs(), required)) std::abort();
  }
}

void ask_for_time(const Environment& environment) {
  const auto stamp = request_timestamp(kUrl, "the signature", environment, {});
  if (!stamp) return check_message(stamp.error());
  if (!crypto::TimestampToken::from_response(*stamp)) std::abort();
}

void ask_for_token(const Environment& environment) {
  const TokenSources sources{
      .given = {}, .ambient = {}, .request_url = kUrl, .request_token = "of the job"};
  const auto token = find_identity_token(sources, "", environment, system_files(), {});
  if (!token) return check_message(token.error());
  if (token->subject.empty() || token->issuer.empty() || token->expires <= kNow) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.size() < 3) return 0;
  const auto service = static_cast<std::uint8_t>(input[0]);
  const int status = kStatuses[static_cast<std::uint8_t>(input[1]) % std::size(kStatuses)];
  input.remove_prefix(2);
  const auto location = input.substr(0, input.find('\n'));
  input.remove_prefix(std::min(location.size() + 1, input.size()));
  OneAnswer transport(status, std::string(location), std::string(input));
  FixedClock clock;
  const Environment environment{transport, clock, system_random()};
  switch (service % 5) {
    case 0:
      ask_authority(environment);
      break;
    case 1:
      ask_log(1, environment);
      break;
    case 2:
      ask_log(2, environment);
      break;
    case 3:
      ask_for_time(environment);
      break;
    default:
      ask_for_token(environment);
      break;
  }
  return 0;
}
