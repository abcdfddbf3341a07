#include "timestamp_authority.h"

#include <sealift/crypto/der.h>
#include <sealift/crypto/hash.h>
#include <sealift/crypto/timestamp_token.h>

#include <utility>

#include "service_request.h"

namespace sealift::keyless {
namespace {

using crypto::write_der;

// id-sha256, 2.16.840.1.101.3.4.2.1 (RFC 5754, section 2.2).
constexpr std::string_view kSha256("\x60\x86\x48\x01\x65\x03\x04\x02\x01", 9);

// TimeStampReq of RFC 3161, section 2.4.1. Without a nonce: nobody could have asked for a stamp of
// this signature before. Without the authority's certificate: trusted roots hold it.
std::string timestamp_request(std::string_view bytes) {
  const std::string algorithm =
      write_der(crypto::kDerSequence,
                write_der(crypto::kDerObjectIdentifier, kSha256) + write_der(crypto::kDerNull, ""));
  const std::string imprint =
      write_der(crypto::kDerSequence,
                algorithm + write_der(crypto::kDerOctetString,
                                      crypto::hash(crypto::HashAlgorithm::kSha256, bytes)));
  return write_der(crypto::kDerSequence, write_der(crypto::kDerInteger, "\x01") + imprint);
}

}  // namespace

Result<std::string> request_timestamp(const std::string& url, std::string_view bytes,
                                      const Environment& environment, std::stop_token stop) {
  const std::string what = "the time stamp authority " + url_for_message(url);
  HttpRequest request;
  request.method = "POST";
  request.url = url;
  request.headers.set("Content-Type", "application/timestamp-query");
  request.headers.set("Accept", "application/timestamp-reply");
  request.body = Blob::from_string(timestamp_request(bytes));
  SEALIFT_ASSIGN(auto answer,
                 ask_service(std::move(request), what, {200, 201}, environment, std::move(stop)));
  const auto token = crypto::TimestampToken::from_response(answer.body);
  if (!token) {
    return fail(ErrorCode::kInvalidInput,
                "what " + what + " gave is no time stamp: " + token.error().message);
  }
  return std::move(answer.body);
}

}  // namespace sealift::keyless
