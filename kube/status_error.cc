#include <sealift/base/encoding.h>
#include <sealift/kube/status_error.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace sealift::kube {
namespace {

constexpr std::size_t kMaxMessage = 2000;
constexpr std::size_t kMaxCauses = 10;

// Messages of webhooks come in paragraphs; an error is one line.
std::string one_line(std::string_view text) {
  std::string out;
  bool gap = false;
  for (const char c : text.substr(0, 2 * kMaxMessage)) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
      gap = !out.empty();
      continue;
    }
    if (std::exchange(gap, false)) out += ' ';
    out += c;
  }
  return printable(out, kMaxMessage);
}

ErrorCode code_of(int status) {
  if (status == 429 || status >= 500) return ErrorCode::kUnavailable;
  switch (status) {
    case 401:
      return ErrorCode::kUnauthenticated;
    case 403:
      return ErrorCode::kForbidden;
    case 404:
      return ErrorCode::kNotFound;
    case 409:
    case 410:
      return ErrorCode::kConflict;
    default:
      return ErrorCode::kInvalidInput;
  }
}

// The text between two marks, or empty.
std::string_view between(std::string_view text, std::string_view open, std::string_view close) {
  const auto start = text.find(open);
  if (start == std::string_view::npos) return {};
  const auto from = start + open.size();
  const auto end = text.find(close, from);
  return end == std::string_view::npos ? std::string_view() : text.substr(from, end - from);
}

std::string_view after(std::string_view text, std::string_view mark) {
  const auto at = text.find(mark);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + mark.size());
}

// Empty where no admission plug-in speaks. The wording is that of the API server's packages
// admission/plugin/policy/validating and admission/plugin/webhook.
std::string admission_denial(std::string_view message) {
  const auto policy = between(message, "ValidatingAdmissionPolicy '", "'");
  if (!policy.empty()) {
    const auto binding = between(message, "' with binding '", "'");
    return "the ValidatingAdmissionPolicy \"" + std::string(policy) + "\" (binding \"" +
           std::string(binding) +
           "\") denied it: " + std::string(after(message, "denied request: "));
  }
  const auto webhook = between(message, "admission webhook \"", "\" denied the request");
  if (webhook.empty()) return {};
  const auto reason = after(message, "denied the request: ");
  return "the admission webhook \"" + std::string(webhook) + "\" denied it" +
         (reason.empty() ? " and gave no reason" : ": " + std::string(reason));
}

// Servers with constrained impersonation say "cannot impersonate-on:serviceaccount:list resource",
// which is only the last of the permissions that they looked for.
std::string permission_hint(std::string_view message) {
  if (message.find("\" cannot impersonate") != std::string_view::npos) {
    return "; allow it to act as others with the verb \"impersonate\" on serviceaccounts, in a "
           "Role in their namespace or a ClusterRole bound to this user";
  }
  if (message.find("\" cannot ") == std::string_view::npos) return {};
  const std::string role = "; allow it with a Role or ClusterRole bound to this ";
  const auto account = between(message, "User \"system:serviceaccount:", "\" cannot ");
  if (account.empty()) return role + "user";
  // The server answers the same for an account that nobody has made.
  return role + "service account, or, if there is none of that name, make it or name another";
}

template <typename Line>
std::string join_causes(const Json::Array& causes, Line line) {
  std::string out;
  for (std::size_t i = 0; i < std::min(causes.size(), kMaxCauses); ++i) {
    if (!out.empty()) out += "; ";
    out += line(causes[i]);
  }
  if (causes.size() > kMaxCauses) {
    out += "; and " + std::to_string(causes.size() - kMaxCauses) + " more";
  }
  return out;
}

// Server-side apply: "conflict with \"kubectl-edit\" using apps/v1" for each field.
std::string field_conflicts(const Json::Array& causes) {
  return "other field managers own what would be set: " + join_causes(causes, [](const Json& c) {
           const auto with = c.string_at({"message"});
           const auto manager = between(with, "conflict with \"", "\"");
           return one_line(c.string_at({"field"})) + " is owned by \"" +
                  one_line(manager.empty() ? with : manager) + "\"";
         });
}

std::string invalid_fields(const Json::Array& causes) {
  return "the API server refused it as invalid: " + join_causes(causes, [](const Json& c) {
           const auto field = c.string_at({"field"});
           return (field.empty() ? "" : one_line(field) + ": ") +
                  one_line(c.string_at({"message"}));
         });
}

// Server-side apply reports a field that the schema has not as a 500 without a reason.
bool is_schema_error(int code, const Json& status) {
  return code == 500 && status.string_at({"reason"}).empty() &&
         status.string_at({"message"}).starts_with("failed to create typed patch object (");
}

bool all_have(const Json::Array& causes, std::string_view reason) {
  return std::all_of(causes.begin(), causes.end(),
                     [&](const Json& c) { return c.string_at({"reason"}) == reason; });
}

bool name_fields(const Json::Array& causes) {
  return std::all_of(causes.begin(), causes.end(),
                     [](const Json& c) { return !c.string_at({"field"}).empty(); });
}

std::string prose(int code, const Json& status) {
  const auto message = status.string_at({"message"});
  if (auto denial = admission_denial(message); !denial.empty()) return one_line(denial);
  const Json* found = status.find_path({"details", "causes"});
  const Json::Array* causes = found ? found->as_array() : nullptr;
  if (causes && !causes->empty()) {
    if (code == 409 && all_have(*causes, "FieldManagerConflict")) return field_conflicts(*causes);
    if (code == 422 && name_fields(*causes)) return invalid_fields(*causes);
  }
  if (is_schema_error(code, status)) {
    return "the API server refused it as invalid: " + one_line(after(message, "): "));
  }
  if (message.empty()) return "the API server answered " + std::to_string(code);
  return one_line(message) + (code == 403 ? permission_hint(message) : "");
}

}  // namespace

Error error_from_status(int code, const Json& status) {
  const auto error_code = is_schema_error(code, status) ? ErrorCode::kInvalidInput : code_of(code);
  return Error(error_code, prose(code, status));
}

Error error_from_answer(int http_status, std::string_view body,
                        std::optional<std::chrono::seconds> retry_after) {
  const auto json = parse_json(body, "the API server's error answer");
  auto error = [&] {
    if (json && json->string_at({"kind"}) == "Status") {
      return error_from_status(http_status, *json);
    }
    const auto text = one_line(body.substr(0, 500));
    return Error(code_of(http_status), "the server answered HTTP " + std::to_string(http_status) +
                                           (text.empty() ? "" : ": " + text));
  }();
  return retry_after ? std::move(error).with_retry_after(*retry_after) : std::move(error);
}

}  // namespace sealift::kube
