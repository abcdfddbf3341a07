#include "support/cloud_services.h"

#include <sealift/base/json.h>

#include <algorithm>

#include "support/openid_provider.h"

namespace sealift::test {
namespace {

constexpr std::string_view kManifest =
    R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
    R"("config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":)"
    R"("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},)"
    R"("layers":[]})";

}  // namespace

std::string CloudServices::Call::header(std::string_view name) const {
  return std::string(request.headers.get(name).value_or(""));
}

std::string CloudServices::Call::operator[](const std::string& name) const {
  const auto found = form.find(name);
  return found == form.end() ? std::string() : found->second;
}

FakeAnswer CloudServices::answer(const SeenRequest& request) {
  const std::lock_guard lock(mutex_);
  std::string url = request.url;
  if (url.starts_with('/')) url.insert(0, std::string(request.headers.get("Host").value_or("")));
  if (const auto scheme = url.find("://"); scheme != std::string::npos) url.erase(0, scheme + 3);
  const auto question = url.find('?');
  const auto place = url.substr(0, question);
  Call call{request.method,
            place.substr(0, place.find('/')),
            place.substr(place.find('/')),
            question == std::string::npos ? std::map<std::string, std::string>()
                                          : parse_form(url.substr(question + 1)),
            {},
            request};
  if (call.header("Content-Type") == "application/x-www-form-urlencoded") {
    call.form = parse_form(request.body);
  }
  asked_.push_back(request.method + " " + place);
  if (const auto planned = next_.find(call.host); planned != next_.end()) {
    FakeAnswer answer = planned->second;
    next_.erase(planned);
    return answer;
  }
  return serve(call);
}

std::vector<std::string> CloudServices::asked() {
  const std::lock_guard lock(mutex_);
  return asked_;
}

void CloudServices::forget() {
  const std::lock_guard lock(mutex_);
  asked_.clear();
}

void CloudServices::revoke_all() {
  const std::lock_guard lock(mutex_);
  good_until_.clear();
}

void CloudServices::fail_next(const std::string& host, FakeAnswer answer) {
  const std::lock_guard lock(mutex_);
  next_.insert_or_assign(host, std::move(answer));
}

std::vector<std::string> CloudServices::secrets() {
  const std::lock_guard lock(mutex_);
  return secrets_;
}

std::string CloudServices::issue(const std::string& name, std::chrono::seconds life) {
  std::string secret = name + "-" + std::to_string(++issued_) + "-0123456789";
  good_until_[secret] = now() + life;
  note_secret(secret);
  return secret;
}

bool CloudServices::is_good(const std::string& secret) const {
  const auto found = good_until_.find(secret);
  return found != good_until_.end() && clock_.now() < found->second;
}

FakeAnswer CloudServices::content(const Call& call) {
  if (!call.path.ends_with("/manifests/v1")) return FakeAnswer::json(404, "{}");
  FakeAnswer answer = FakeAnswer::json(200, std::string(kManifest));
  answer.headers.set("Content-Type", "application/vnd.oci.image.manifest.v1+json");
  return answer;
}

FakeAnswer CloudServices::challenge(const std::string& header) {
  return FakeAnswer::json(
             401, R"({"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]})")
      .with_header("WWW-Authenticate", header);
}

FakeAnswer oauth_error(int status, const std::string& code, const std::string& text) {
  return FakeAnswer::json(status,
                          dump_json(Json::Object{{"error", code}, {"error_description", text}}));
}

}  // namespace sealift::test
