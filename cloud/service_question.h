#pragma once

#include <sealift/base/http.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/cloud/workload.h>

#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::cloud {

inline constexpr std::uint64_t kMaxAnswerBytes = 128u << 10;
inline constexpr JsonLimits kAnswerLimits{
    .max_bytes = kMaxAnswerBytes, .max_depth = 16, .max_values = 4'096};

// One step of a login: what a service of a cloud is asked, and how that is told where it fails.
struct ServiceQuestion {
  std::string step;    // "trade the federated token for one of Microsoft Entra": behind "cannot"
  std::string advice;  // what to set or grant, read behind ": "
  HttpRequest request;
  std::vector<std::string> secrets = {};  // that the request holds: never in a message
};

using Form = std::vector<std::pair<std::string_view, std::string_view>>;

// POST of a form over the workload's way to https endpoints.
HttpRequest post_form(std::string url, const Form& form, const Workload& workload);
// A question to a metadata service of the machine itself, past any proxy.
HttpRequest metadata_request(std::string url);

// The body of an answer with status 200, at most 128 KiB. Redirects are not followed and nothing is
// tried again: who wanted the login does that. Any refusal is an error with the service's own code
// and words, cleared of secrets: kUnauthenticated (400, 401, 404), kForbidden (403), kUnavailable
// (408, 429, 5xx; with its Retry-After), otherwise kInvalidInput; and as HttpTransport.
Result<std::string> ask(ServiceQuestion question, const Workload& workload, std::stop_token stop);

// "cannot STEP at URL: WHY": for an answer that is not what it should be.
Error bad_answer(const ServiceQuestion& question, std::string_view why);

// A text with "…" in place of every piece of these secrets that is longer than a few letters.
std::string without_secrets(std::string text, const std::vector<std::string>& secrets);

// A token that somebody renews in a file, without blanks around it. kUnauthenticated where the file
// that `variable` names is missing or empty, kInvalidInput beyond 64 KiB or where it holds more
// than a token, kIo.
Result<std::string> read_token_file(const Workload& workload, std::string_view variable,
                                    const std::string& path);

// The host of an https URL in lower case; kInvalidInput naming `what`, where it is none, has a
// login in it or a port.
Result<std::string> https_host(std::string_view what, const std::string& url);

// What RFC 6750, section 2.1 lets a header carry: printable and without blanks.
bool is_header_token(std::string_view text);

}  // namespace sealift::cloud
