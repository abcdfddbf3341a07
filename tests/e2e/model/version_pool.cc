#include "model/version_pool.h"

#include <sealift/base/digest.h>

#include <gtest/gtest.h>

#include <deque>
#include <memory>

#include "model/object_json.h"
#include "support/process.h"

namespace sealift::e2e::model {
namespace {

constexpr std::size_t kPushesAtOnce = 4;
constexpr const char* kManifestType = "application/vnd.oci.image.manifest.v1+json";

void must(const std::vector<std::string>& command) {
  const auto done = test::run_process(command);
  ASSERT_EQ(done.exit_code, 0) << command.front() << ": " << done.err;
}

std::string tag_of(int version) { return "v" + std::to_string(version); }

}  // namespace

VersionPool::VersionPool(std::string program, std::string key, std::string foreign_key)
    : program_(std::move(program)), key_(std::move(key)), foreign_key_(std::move(foreign_key)) {}

std::vector<std::string> VersionPool::push_command(const std::string& repository,
                                                   const Version& version) {
  std::vector<std::string> command{
      program_,
      "push",
      "oci://" + address() + "/" + repository + ":" + tag_of(version.number),
      "--plain-http",
      "--from",
      directory_.file("git"),
      "--path",
      repository + "/" + tag_of(version.number),
      "--sequence",
      std::to_string(version.number)};
  if (version.flaw == Flaw::kUnsigned) return command;
  command.insert(command.end(),
                 {"--sign", version.flaw == Flaw::kForeignKey ? foreign_key_ : key_});
  return command;
}

// One commit holds them all, each in a folder of its own.
void VersionPool::push(const World::Versions& all) {
  std::vector<std::vector<std::string>> commands;
  for (const auto& [repository, versions] : all) {
    for (const auto& version : versions) {
      directory_.write("git/" + repository + "/" + tag_of(version.number) + "/app.yaml",
                       manifests_of(version));
      commands.push_back(push_command(repository, version));
    }
  }
  const std::vector<std::string> git{"git",
                                     "-c",
                                     "user.name=Test",
                                     "-c",
                                     "user.email=test@example.com",
                                     "-C",
                                     directory_.file("git")};
  for (const std::vector<std::string>& rest : {std::vector<std::string>{"init", "--quiet"},
                                               {"add", "--all"},
                                               {"commit", "--quiet", "--message", "Versions"}}) {
    auto command = git;
    command.insert(command.end(), rest.begin(), rest.end());
    must(command);
  }
  std::deque<std::unique_ptr<test::Process>> running;
  const auto finish_one = [&] {
    const auto done = running.front()->wait();
    EXPECT_EQ(done.exit_code, 0) << done.err;
    running.pop_front();
  };
  for (const auto& command : commands) {
    if (running.size() == kPushesAtOnce) finish_one();
    running.push_back(std::make_unique<test::Process>(command));
  }
  while (!running.empty()) finish_one();
  for (const auto& [repository, versions] : all) {
    for (const auto& version : versions) {
      auto manifest = read_manifest(repository, tag_of(version.number));
      versions_[{repository, Digest::of(manifest).to_string()}] = version.number;
      manifests_[{repository, version.number}] = std::move(manifest);
    }
  }
}

std::string VersionPool::url(const std::string& repository, const std::string& tag) const {
  return "http://" + address() + "/v2/" + repository + "/manifests/" + tag;
}

std::string VersionPool::read_manifest(const std::string& repository, const std::string& tag) {
  HttpRequest request;
  request.url = url(repository, tag);
  request.headers.add("Accept", kManifestType);
  auto answer = send_for_bytes(*transport_, request, {});
  EXPECT_TRUE(answer && answer->head.status == 200) << request.url;
  return answer ? answer->body : std::string();
}

void VersionPool::publish(const std::string& repository, int version) {
  HttpRequest request;
  request.method = "PUT";
  request.url = url(repository, "prod");
  request.headers.add("Content-Type", kManifestType);
  request.body = Blob::from_string(manifests_.at({repository, version}));
  const auto answer = send_for_bytes(*transport_, request, {});
  EXPECT_TRUE(answer && answer->head.status == 201) << request.url;
}

int VersionPool::version_of(const std::string& repository, std::string_view digest) const {
  const auto found = versions_.find({repository, std::string(digest)});
  return found == versions_.end() ? -1 : found->second;
}

}  // namespace sealift::e2e::model
