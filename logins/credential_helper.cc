#include <sealift/logins/credential_helper.h>

#include <sealift/base/encoding.h>
#include <sealift/base/json.h>
#include <sealift/process/process.h>

#include <algorithm>
#include <cstdlib>

#include <unistd.h>

namespace sealift::logins {
namespace {

constexpr std::chrono::seconds kMaxTime{30};
constexpr std::uint64_t kMaxAnswerBytes = 64u << 10;
constexpr std::size_t kMaxNameBytes = 100;
constexpr std::size_t kMaxShown = 300;
// The user name that says that the secret is an identity token.
constexpr std::string_view kTokenUser = "<token>";
// What every helper writes that has no login for the server.
constexpr std::string_view kNone = "credentials not found in native keychain";

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && name[0] != '-' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

// A helper is a program of the user's, and needs what the user's programs need: a home, a session
// bus, a cloud's settings.
std::vector<std::string> whole_environment() {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable)
    variables.emplace_back(*variable);
  return variables;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// A program that fails may still write the login that it found, or the one that it was given.
bool may_hold_login(std::string_view text, std::string_view secret) {
  return text.find("\"Secret\"") != std::string_view::npos ||
         (!secret.empty() && text.find(secret) != std::string_view::npos);
}

}  // namespace

Result<CredentialHelper> CredentialHelper::find(std::string_view name) {
  if (!is_name(name)) {
    return fail(ErrorCode::kInvalidInput,
                "\"" + printable(name, 60) +
                    "\" is no name of a helper program: credsStore and credHelpers hold what "
                    "follows \"docker-credential-\" in the program's name");
  }
  std::string program = "docker-credential-" + std::string(name);
  const char* search_path = std::getenv("PATH");
  std::string path = process::find_program(search_path == nullptr ? "" : search_path, program);
  if (path.empty()) {
    return fail(
        ErrorCode::kNotFound,
        program + " is not on PATH: install it, or take it out of credsStore and credHelpers");
  }
  return CredentialHelper(std::move(program), std::move(path));
}

Result<CredentialHelper::Answer> CredentialHelper::ask(const char* action, std::string input,
                                                       std::stop_token stop) const {
  process::ProcessSpec spec;
  spec.program = path_;
  spec.arguments = {action};
  spec.environment = whole_environment();
  spec.standard_input = std::move(input);
  spec.max_time = kMaxTime;
  spec.max_output_bytes = kMaxAnswerBytes;
  SEALIFT_ASSIGN(auto output, process::run_process(spec, std::move(stop)));
  return Answer{output.exit_code == 0, output.exit_code, std::move(output.out),
                std::move(output.err)};
}

Error CredentialHelper::failure(const std::string& action, const std::string& server,
                                const Answer& answer, std::string_view secret) const {
  std::string said(trimmed(answer.out));
  if (const auto more = trimmed(answer.err); !more.empty()) {
    said += (said.empty() ? "" : "; ") + std::string(more);
  }
  if (may_hold_login(said, secret)) said = "what it wrote may hold the login and is not shown";
  std::string message = path_ + " cannot " + action + " the login for " + server + " (exit code " +
                        std::to_string(answer.exit_code) + ")";
  message += said.empty() ? ", and does not say why" : ": " + printable(said, kMaxShown);
  return Error(ErrorCode::kInvalidInput, std::move(message));
}

Result<oci::Credentials> CredentialHelper::get(const std::string& server,
                                               std::stop_token stop) const {
  SEALIFT_ASSIGN(const Answer answer, ask("get", server, std::move(stop)));
  if (!answer.succeeded) {
    if (trimmed(answer.out) == kNone) return oci::Credentials{};
    return fail(failure("get", server, answer, ""));
  }
  // Neither the answer nor an error of the JSON reader that may quote it goes into the message.
  const auto json = parse_json(answer.out, path_);
  const auto* user = json ? json->find("Username") : nullptr;
  const auto* secret = json ? json->find("Secret") : nullptr;
  if (user == nullptr || secret == nullptr || !user->is_string() || !secret->is_string()) {
    return fail(ErrorCode::kInvalidInput,
                path_ + ", asked for the login for " + server +
                    ", does not answer with the JSON object {ServerURL, Username, Secret}");
  }
  oci::Credentials found;
  if (*user->as_string() == kTokenUser) {
    found.identity_token = *secret->as_string();
  } else if (!secret->as_string()->empty()) {
    found.username = *user->as_string();
    found.password = *secret->as_string();
  }
  return found;
}

Result<> CredentialHelper::store(const std::string& server, const oci::Credentials& credentials,
                                 std::stop_token stop) const {
  const bool is_token = !credentials.identity_token.empty();
  const std::string& secret = is_token ? credentials.identity_token : credentials.password;
  Json login = Json::object();
  login.set("ServerURL", server);
  login.set("Username", is_token ? std::string(kTokenUser) : credentials.username);
  login.set("Secret", secret);
  SEALIFT_ASSIGN(const Answer answer, ask("store", dump_json(login), std::move(stop)));
  if (answer.succeeded) return {};
  return fail(failure("store", server, answer, secret));
}

Result<> CredentialHelper::erase(const std::string& server, std::stop_token stop) const {
  SEALIFT_ASSIGN(const Answer answer, ask("erase", server, std::move(stop)));
  if (answer.succeeded || trimmed(answer.out) == kNone) return {};
  return fail(failure("erase", server, answer, ""));
}

}  // namespace sealift::logins
