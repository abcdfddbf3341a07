#pragma once

#include <sealift/base/http.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/world.h"
#include "support/registry_server.h"
#include "support/temp_directory.h"

namespace sealift::e2e::model {

// The versions of all repositories, pushed by sealift and signed as their flaws say. Afterwards a
// publication is one request that moves a tag.
class VersionPool {
 public:
  // `program` is sealift; `key` and `foreign_key` are private key files.
  VersionPool(std::string program, std::string key, std::string foreign_key);

  void push(const World::Versions& versions);
  void publish(const std::string& repository, int version);
  int version_of(const std::string& repository, std::string_view digest) const;
  // "127.0.0.1:PORT".
  const std::string& address() const { return server_.address(); }

 private:
  std::vector<std::string> push_command(const std::string& repository, const Version& version);
  std::string url(const std::string& repository, const std::string& tag) const;
  std::string read_manifest(const std::string& repository, const std::string& tag);

  std::string program_;
  std::string key_;
  std::string foreign_key_;
  test::TempDirectory directory_;
  test::RegistryServer server_{"crane"};
  std::unique_ptr<HttpTransport> transport_ = make_curl_transport("sealift-tests");
  std::map<std::pair<std::string, int>, std::string> manifests_;
  std::map<std::pair<std::string, std::string>, int> versions_;  // by digest
};

}  // namespace sealift::e2e::model
