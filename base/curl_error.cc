#include "curl_error.h"

#include "curl_library.h"

#include <sealift/base/encoding.h>

#include <string>
#include <system_error>

namespace sealift {
namespace {

std::string connection_detail(const CurlFailure& failure, const std::string& detail) {
  // After a timeout errno is left over from a call that was only asked to go on later.
  if (failure.os_error == 0 || failure.code == CURLE_OPERATION_TIMEDOUT) return detail;
  std::string text = std::generic_category().message(failure.os_error);
  // curl names whom it could not reach: where that is not the server, it is a proxy.
  if (detail.find(failure.host) == std::string::npos) text += " (" + detail + ")";
  return text;
}

}  // namespace

Error curl_error(const CurlFailure& failure) {
  const std::string server = std::string(failure.host) + ":" + std::string(failure.port);
  const std::string detail =
      printable(failure.detail.empty() ? curl().easy_strerror(failure.code) : failure.detail);
  switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return Error(ErrorCode::kUnavailable, "cannot find the address of " + server + ": " + detail);
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PROXY:
      return Error(ErrorCode::kUnavailable,
                   "cannot connect to " + server + ": " + connection_detail(failure, detail));
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      return Error(ErrorCode::kUntrusted,
                   "the certificate of " + server + " is refused: " + detail +
                       "; give the CA that issued it, or the name that it is issued for");
    case CURLE_SSL_CACERT_BADFILE:
      return Error(ErrorCode::kInvalidInput,
                   "the CA certificates for " + server + " cannot be read: " + detail);
    case CURLE_SSL_CERTPROBLEM:
      return Error(ErrorCode::kInvalidInput,
                   "the client certificate for " + server + " cannot be used: " + detail);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
      return Error(ErrorCode::kUnavailable, "no TLS connection to " + server + ": " + detail);
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return Error(ErrorCode::kInvalidInput,
                   "the answer of " + server + " is no valid HTTP: " + detail);
    case CURLE_OUT_OF_MEMORY:  // how curl reports a line above its own limit
      return Error(ErrorCode::kInvalidInput,
                   "the answer of " + server + " has a header line above the limit of 100 KB");
    default:
      return Error(ErrorCode::kUnavailable,
                   "the connection to " + server + " broke " +
                       (failure.answered ? "in the middle of the answer: " : "before an answer: ") +
                       detail);
  }
}

}  // namespace sealift
