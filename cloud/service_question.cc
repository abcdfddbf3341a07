#include "service_question.h"

#include <sealift/base/encoding.h>
#include <sealift/base/http_date.h>
#include <sealift/base/percent_encoding.h>

#include <algorithm>

#include "xml_element.h"

namespace sealift::cloud {
namespace {

constexpr std::chrono::milliseconds kServiceDeadline{30'000};
// It is on this machine or nowhere.
constexpr std::chrono::milliseconds kMetadataDeadline{5'000};
constexpr std::uint64_t kMaxTokenFile = 64u << 10;
constexpr std::size_t kMaxReason = 240;
// Shorter pieces of a secret tell nothing, and words happen to be in tokens.
constexpr std::size_t kSecretPiece = 10;

std::string join(std::string_view code, std::string_view words) {
  std::string text(code);
  if (!text.empty() && !words.empty()) text += ": ";
  return text.append(words);
}

// Google's {"error":{"status","message"}}, OAuth's {"error","error_description"} (RFC 6749, section
// 5.2), a registry's {"errors":[{"code","message"}]}, AWS' {"__type","message"}.
std::string reason_in_json(const Json& json) {
  const auto first_of = [&json](std::initializer_list<std::string_view> names) {
    for (const auto name : names) {
      if (const auto text = json.string_at({name}); !text.empty()) return text;
    }
    return std::string_view();
  };
  if (const Json* errors = json.find("errors"); errors != nullptr && errors->is_array()) {
    const auto& list = *errors->as_array();
    if (list.empty()) return "";
    return join(list[0].string_at({"code"}), list[0].string_at({"message"}));
  }
  if (const auto status = json.string_at({"error", "status"}); !status.empty()) {
    return join(status, json.string_at({"error", "message"}));
  }
  return join(first_of({"error", "__type", "code", "Code"}),
              first_of({"error_description", "message", "Message"}));
}

std::string reason_in(const std::string& body) {
  if (const auto json = parse_json(body, "the answer", kAnswerLimits)) return reason_in_json(*json);
  const auto xml = parse_xml(body, "the answer");
  if (!xml) return "";
  return join(xml->text_at({"Error", "Code"}), xml->text_at({"Error", "Message"}));
}

ErrorCode code_of(int status) {
  switch (status) {
    case 400:
    case 401:
    case 404:
      return ErrorCode::kUnauthenticated;
    case 403:
      return ErrorCode::kForbidden;
    case 408:
    case 429:
      return ErrorCode::kUnavailable;
    default:
      return status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kInvalidInput;
  }
}

std::string place(const ServiceQuestion& question) {
  return "cannot " + question.step + " at " + printable(url_for_message(question.request.url));
}

Error refusal(const ServiceQuestion& question, const HttpAnswer& answer, Timestamp now) {
  const int status = answer.head.status;
  std::string reason = reason_in(answer.body);
  reason = reason.substr(0, reason.find_first_of("\r\n"));
  reason = printable(without_secrets(std::move(reason), question.secrets), kMaxReason);
  std::string message = place(question) + " (" + std::to_string(status);
  if (!reason.empty()) message += " " + reason;
  message += ")";
  const auto code = code_of(status);
  if (code == ErrorCode::kUnavailable) {
    Error error(code, message + ": try again later");
    const auto field = answer.head.headers.get("Retry-After");
    const auto wait = field ? parse_retry_after(*field, now) : std::nullopt;
    return wait ? std::move(error).with_retry_after(*wait) : error;
  }
  if (status >= 300 && status <= 399) message += ", since redirects are not followed";
  return Error(code, message + ": " + question.advice);
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

HttpRequest post_form(std::string url, const Form& form, const Workload& workload) {
  HttpRequest request;
  request.method = "POST";
  request.url = std::move(url);
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  request.body = Blob::from_string(form_encode(form));
  request.server = workload.server;
  request.deadline = kServiceDeadline;
  return request;
}

HttpRequest metadata_request(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  request.deadline = kMetadataDeadline;
  // What answers is on this machine, and gives whoever asks its identity: a proxy must neither see
  // that nor answer with its own.
  HttpServerSettings settings;
  settings.direct = true;
  request.server = std::make_shared<const HttpServerSettings>(std::move(settings));
  return request;
}

Result<std::string> ask(ServiceQuestion question, const Workload& workload, std::stop_token stop) {
  question.request.max_body_bytes = kMaxAnswerBytes;
  if (!question.request.headers.get("Accept")) {
    question.request.headers.set("Accept", "application/json");
  }
  auto answer = send_for_bytes(workload.transport, question.request, stop);
  if (!answer) {
    Error error = std::move(answer).error();
    // A deadline that passed is not the caller's wish.
    if (error.code() == ErrorCode::kCancelled && !stop.stop_requested()) {
      error = Error(ErrorCode::kUnavailable, error.message());
    }
    return fail(Error(error.code(), error.message() + ": " + question.advice)
                    .with_context("cannot " + question.step));
  }
  if (answer->head.status == 200) return std::move(answer->body);
  return fail(refusal(question, *answer, workload.clock.now()));
}

Error bad_answer(const ServiceQuestion& question, std::string_view why) {
  return Error(ErrorCode::kInvalidInput, place(question) + ": " + std::string(why));
}

std::string without_secrets(std::string text, const std::vector<std::string>& secrets) {
  std::vector<bool> hidden(text.size(), false);
  for (std::size_t at = 0; at + kSecretPiece <= text.size(); ++at) {
    const auto piece = std::string_view(text).substr(at, kSecretPiece);
    const bool is_secret = std::any_of(secrets.begin(), secrets.end(), [&](const auto& secret) {
      return secret.find(piece) != std::string::npos;
    });
    if (is_secret)
      std::fill_n(hidden.begin() + static_cast<std::ptrdiff_t>(at), kSecretPiece, true);
  }
  std::string cleared;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!hidden[at]) {
      cleared += text[at];
    } else if (at == 0 || !hidden[at - 1]) {
      cleared += "…";
    }
  }
  return cleared;
}

Result<std::string> read_token_file(const Workload& workload, std::string_view variable,
                                    const std::string& path) {
  const std::string what =
      "the token in the file " + printable(path) + " that " + std::string(variable) + " names";
  auto text = read_file(workload.files, path, kMaxTokenFile);
  if (!text && text.error().code() == ErrorCode::kNotFound) {
    return fail(ErrorCode::kUnauthenticated,
                what + " is not there: mount the service account's projected token there");
  }
  if (!text) return fail(std::move(text).error().with_context("reading " + what));
  const auto token = trim(*text);
  if (token.empty()) return fail(ErrorCode::kUnauthenticated, what + " is empty");
  if (!is_header_token(token)) {
    return fail(ErrorCode::kInvalidInput, what + " holds more than a token");
  }
  return std::string(token);
}

Result<std::string> https_host(std::string_view what, const std::string& url) {
  constexpr std::string_view kScheme = "https://";
  const std::string_view rest = std::string_view(url).substr(0, kScheme.size()) == kScheme
                                    ? std::string_view(url).substr(kScheme.size())
                                    : std::string_view();
  std::string host(rest.substr(0, rest.find_first_of("/?#")));
  const bool is_clean = !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  });
  if (!is_clean) {
    return fail(ErrorCode::kInvalidInput, std::string(what) + " " +
                                              printable(url_for_message(url)) +
                                              " is not an https URL of a host without a port: "
                                              "tokens go over nothing else");
  }
  for (char& c : host) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return host;
}

bool is_header_token(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace sealift::cloud
