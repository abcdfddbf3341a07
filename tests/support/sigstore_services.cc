#include "support/sigstore_services.h"

#include "support/test_part.h"

#include <sealift/base/http.h>

#include <cstdlib>
#include <iostream>

namespace sealift::test {
namespace {

constexpr std::string_view kWorkflow = "/.github/workflows/release.yml@refs/heads/main";

[[noreturn]] void give_up(const std::string& message) {
  std::cerr << message << std::endl;
  std::abort();
}

std::string fetch_token(const std::string& url) {
  const auto transport = make_curl_transport("sealift-test");
  HttpRequest request;
  request.url = url;
  const auto answer = send_for_bytes(*transport, request, {});
  if (!answer) give_up("no token: " + answer.error().message());
  const auto json = parse_json(answer->body, "the token");
  if (!json) give_up(json.error().message() + ": " + answer->body);
  return std::string(json->string_at({"value"}));
}

}  // namespace

SigstoreServices::SigstoreServices() : process_({test_part("sigstore"), directory_.path()}) {
  if (!process_.wait_for_output("ready\n")) give_up("sigstore: " + process_.err());
  urls_ = parse_json(directory_.read("services.json"), "services.json").value();
}

std::string SigstoreServices::url(std::string_view service) const {
  return std::string(urls_.string_at({service}));
}

std::string SigstoreServices::signing_config_file(int rekor) const {
  return directory_.file("signing_config.v" + std::to_string(rekor) + ".json");
}

std::string SigstoreServices::workflow_of(const std::string& repository) {
  return "https://github.com/" + repository + std::string(kWorkflow);
}

std::string SigstoreServices::person_token_url(const std::string& mail) const {
  return url("people") + "/token?sub=person&email=" + mail;
}

std::string SigstoreServices::job_token_url(const std::string& repository) const {
  const std::string workflow = repository + std::string(kWorkflow);
  const std::string commit(40, 'a');
  return url("jobs") + "/token?sub=repo:" + repository +
         ":ref:refs/heads/main&job_workflow_ref=" + workflow + "&workflow_ref=" + workflow +
         "&sha=" + commit + "&job_workflow_sha=" + commit + "&workflow_sha=" + commit +
         "&repository=" + repository +
         "&event_name=push&workflow=release&ref=refs/heads/main&runner_environment=github-hosted" +
         "&repository_id=1&repository_owner=" + repository.substr(0, repository.find('/')) +
         "&repository_owner_id=2&repository_visibility=public&run_id=3&run_attempt=1";
}

std::string SigstoreServices::person_token(const std::string& mail) const {
  return fetch_token(person_token_url(mail));
}

std::string SigstoreServices::job_token(const std::string& repository) const {
  return fetch_token(job_token_url(repository));
}

}  // namespace sealift::test
