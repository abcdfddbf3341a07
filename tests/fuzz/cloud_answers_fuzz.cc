// What the services of clouds may answer on the way to a login, and the configuration of a
// federation. An input is a byte that chooses the parser, and the text.
#include "access_token.h"
#include "aws_login.h"
#include "google_federation.h"
#include "service_question.h"
#include "sts_answer.h"
#include "xml_element.h"

#include <sealift/base/file_system.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace sealift;
using namespace sealift::cloud;

const Timestamp kNow{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

void require(bool promise) {
  if (!promise) std::abort();
}

// Messages are for terminals, and hold nothing that controls one.
template <typename T>
bool succeeds(const Result<T>& result) {
  if (result) return true;
  const std::string& text = result.error().message();
  require(std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20; }));
  return false;
}

void check_tree(const XmlElement& element, int depth) {
  require(depth <= 16 && !element.name.empty());
  require(element.children.empty() || element.text.empty());
  for (const auto& child : element.children) check_tree(child, depth + 1);
}

void check_keys(const Result<AwsKeys>& keys) {
  if (!succeeds(keys)) return;
  require(is_header_token(keys->access_key_id) && is_header_token(keys->secret_access_key) &&
          is_header_token(keys->session_token));
}

void check_ecr(std::string_view text) {
  const auto login = parse_ecr_answer(text, kNow);
  if (!succeeds(login)) return;
  require(login->life.count() > 0 && !login->credentials.username.empty() &&
          !login->credentials.password.empty());
}

void check_token(std::string_view text) {
  const auto token = parse_access_token(text, "the answer");
  if (succeeds(token)) require(token->life.count() > 0 && is_header_token(token->value));
  succeeds(expiry_of_jwt(text, "the token"));
}

void check_federation(std::string_view text) {
  const auto federation = parse_google_federation(text, "the configuration");
  if (!succeeds(federation)) return;
  const auto host = https_host("token_url", federation->token_url);
  require(host.has_value() && host->ends_with(".googleapis.com"));
  require(!federation->token_file.empty());
}

// One answer, whatever is asked.
class OneAnswer : public HttpTransport {
 public:
  OneAnswer(int status, std::string_view body) : status_(status), body_(body) {}
  Result<HttpResponse> send(const HttpRequest& request, HttpSink& sink, std::stop_token) override {
    if (!check_request(request)) std::abort();
    HttpResponse response;
    response.status = status_;
    SEALIFT_TRY(sink.begin(response));
    SEALIFT_TRY(sink.write(body_));
    return response;
  }

 private:
  int status_;
  std::string_view body_;
};

void check_refusal(std::string_view text) {
  const std::string secret = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln";
  OneAnswer transport(400, text);
  const Workload workload{transport, system_files(), system_clock(),
                          [](const std::string&) { return std::string(); }};
  const auto answer = ask({"do the step",
                           "do better",
                           post_form("https://service.example/", {{"token", secret}}, workload),
                           {secret}},
                          workload, {});
  require(!succeeds(answer) && answer.error().message().find(secret) == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 7) {
    case 0:
      if (const auto root = parse_xml(text, "the answer"); succeeds(root)) check_tree(*root, 1);
      break;
    case 1:
      check_keys(parse_sts_answer(text));
      break;
    case 2:
      check_keys(parse_container_keys(text));
      break;
    case 3:
      check_ecr(text);
      break;
    case 4:
      check_token(text);
      break;
    case 5:
      check_federation(text);
      break;
    default:
      check_refusal(text);
      break;
  }
  return 0;
}
