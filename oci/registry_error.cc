#include "registry_error.h"

#include "retry.h"

#include <sealift/base/encoding.h>
#include <sealift/base/http_date.h>
#include <sealift/base/json.h>

#include <algorithm>

namespace sealift::oci {
namespace {

constexpr std::size_t kMaxErrorsShown = 3;
constexpr std::size_t kMaxTextShown = 200;

void append(std::string& text, std::string_view separator, std::string_view more) {
  if (more.empty()) return;
  if (!text.empty()) text += separator;
  text += printable(more, kMaxTextShown);
}

// The `errors` of the body; the body itself where it is short text of another kind.
std::string describe_body(std::string_view body) {
  const auto json = parse_json(body, "error");
  const Json* errors = json ? json->find("errors") : nullptr;
  const Json::Array* array = errors == nullptr ? nullptr : errors->as_array();
  std::string text;
  if (array == nullptr) {
    const bool is_markup = body.find('<') != std::string_view::npos;
    while (body.ends_with('\n')) body.remove_suffix(1);
    if (!is_markup) append(text, "", body);
    return text;
  }
  for (std::size_t i = 0; i < std::min(array->size(), kMaxErrorsShown); ++i) {
    std::string one;
    append(one, "", (*array)[i].string_at({"code"}));
    append(one, ": ", (*array)[i].string_at({"message"}));
    if (!one.empty()) text += (text.empty() ? "" : "; ") + one;
  }
  return text;
}

// Go's, nginx's and Apache's answer to http on an https port.
bool is_http_to_https(int status, std::string_view body) {
  if (status != 400) return false;
  return body.find("HTTP request to an HTTPS server") != std::string_view::npos ||
         body.find("HTTP request was sent to HTTPS port") != std::string_view::npos ||
         body.find("speaking plain HTTP to an SSL-enabled server port") != std::string_view::npos;
}

std::string login_advice(const RegistryTask& task, const Credentials& credentials) {
  if (!task.login_advice.empty()) return task.login_advice;
  std::string advice;
  if (!credentials.skipped_helper.empty()) {
    advice = "docker keeps the login in the helper program docker-credential-" +
             printable(credentials.skipped_helper, 60) + ", which is not started here; ";
  }
  return advice + "log in with \"docker login " + task.registry +
         "\", or name a file that has a login for " + task.registry + " in REGISTRY_AUTH_FILE";
}

Error unauthenticated(const RegistryTask& task, const std::string& answer,
                      const Credentials& credentials) {
  std::string subject = credentials.empty() ? " wants a login" : " refused the credentials";
  if (!task.repository.empty()) subject += " for \"" + task.repository + "\"";
  return Error(ErrorCode::kUnauthenticated, "registry " + task.registry + subject + " (" + answer +
                                                "): " + login_advice(task, credentials));
}

}  // namespace

std::string describe_answer(int status, std::string_view body) {
  std::string text = std::to_string(status);
  const std::string detail = describe_body(body);
  if (!detail.empty()) text += " " + detail;
  return text;
}

Error registry_error(const RegistryTask& task, const HttpResponse& head, std::string_view body,
                     const Credentials& credentials, Timestamp now) {
  const std::string answer = describe_answer(head.status, body);
  const std::string registry = "registry " + task.registry;
  const std::string what = task.action + " (" + answer + ")";
  if (is_http_to_https(head.status, body)) {
    return Error(
        ErrorCode::kInvalidInput,
        registry +
            " speaks https, and was asked over http: omit --plain-http, or insecure of a Delivery");
  }
  switch (head.status) {
    case 401:
      return unauthenticated(task, answer, credentials);
    case 403:
      return Error(ErrorCode::kForbidden,
                   registry + " does not allow this login to " + what +
                       ": ask the registry's owner for the permission, or use another login");
    case 404:
      return Error(ErrorCode::kNotFound, registry + " found nothing when asked to " + what +
                                             ": check the name of the repository and the tag");
    case 412:
      return Error(ErrorCode::kConflict, registry + " refused to " + what +
                                             ": somebody else changed it at the same time");
    default:
      break;
  }
  const auto field = head.headers.get("Retry-After");
  const auto retry_after = field ? parse_retry_after(*field, now) : std::nullopt;
  if (is_retryable({std::nullopt, head.status, retry_after})) {
    Error error(ErrorCode::kUnavailable, registry + " cannot " + what + " now: try again later");
    if (retry_after) return std::move(error).with_retry_after(*retry_after);
    return error;
  }
  std::string refused = registry + " refused to " + what;
  // All that a HEAD request gets to see of the answers above.
  if (head.status == 400 && task.plain_http && body.empty()) {
    refused += "; if the registry speaks https, omit --plain-http, or insecure of a Delivery";
  }
  return Error(ErrorCode::kInvalidInput, std::move(refused));
}

Error explain_transport_error(Error error, bool plain_http) {
  const std::string& message = error.message();
  std::string advice;
  if (!plain_http && message.find("no TLS connection") != std::string::npos) {
    advice =
        "; if the registry speaks plain http, pass --plain-http, or give a Delivery insecure: true";
  } else if (plain_http && message.find("no valid HTTP") != std::string::npos) {
    advice = "; if the registry speaks https, omit --plain-http, or insecure of a Delivery";
  }
  if (advice.empty()) return error;
  Error explained(error.code(), message + advice);
  return explained;
}

}  // namespace sealift::oci
