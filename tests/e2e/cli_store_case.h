#pragma once

#include "cli_fixture.h"

#include <support/registry_server.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sealift::test {

// A command on one repository of each kind of store: an image layout, and real registries of three
// code bases.
class CliStoreCase : public CliTest, public testing::WithParamInterface<const char*> {
 protected:
  CliStoreCase() {
    if (GetParam() != std::string_view("layout")) server_.emplace(GetParam());
  }

  bool is(std::string_view kind) const { return GetParam() == kind; }
  std::string repository() const {
    return server_ ? "oci://" + server_->address() + "/team/shop" : "oci-layout:store";
  }
  std::string tagged(const std::string& tag) const { return repository() + ":" + tag; }
  std::string by_digest(const std::string& digest) const { return repository() + "@" + digest; }
  std::vector<std::string> here(std::vector<std::string> arguments) const {
    if (server_) arguments.emplace_back("--plain-http");
    return arguments;
  }
  std::string publish(const std::string& tag, std::vector<std::string> more = {}) const {
    return push(tagged(tag), here(std::move(more)));
  }
  std::vector<std::string> tags(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"ls", repository()});
    std::vector<std::string> found;
    const Json json = succeed_json(here(std::move(more)));
    for (const auto& tag : *json.find("tags")->as_array()) {
      found.push_back(*tag.as_string());
    }
    return found;
  }
  bool exists(const std::string& reference) const {
    const auto found = sealift(here({"inspect", reference}));
    EXPECT_THAT(found.exit_code, testing::AnyOf(0, 4)) << found.err;
    return found.exit_code == 0;
  }

 private:
  std::optional<RegistryServer> server_;
};

inline std::string store_name(const testing::TestParamInfo<const char*>& store) {
  std::string name = store.param;
  std::erase(name, '-');
  return name;
}

}  // namespace sealift::test
