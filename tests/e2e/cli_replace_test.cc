// sealift attest --replace, in every kind of store.
#include "cli_fixture.h"

#include <support/registry_server.h>
#include <support/test_part.h>

#include <algorithm>
#include <memory>

namespace sealift::test {
namespace {

// Where attestations go: a registry that keeps the listing of referrers itself, one that leaves it
// to a tag, and a directory.
class CliReplace : public CliTest, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    make_key("ci");
    make_key("audit");
    address_ = "oci-layout:out";
    if (GetParam() != std::string("layout")) {
      server_ = std::make_unique<RegistryServer>(GetParam());
      address_ = "oci://" + server_->address() + "/shop";
      plain_ = {"--plain-http"};
    }
    artifact_ = address_ + "@" + push(address_ + ":v1", plain_);
  }

  std::vector<std::string> with_place(std::vector<std::string> arguments,
                                      const std::vector<std::string>& more) const {
    arguments.insert(arguments.end(), plain_.begin(), plain_.end());
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  // How many it took the place of.
  std::size_t attest(const std::string& key, const std::string& storage, const std::string& text,
                     const std::string& type = "https://example.com/review") {
    files().write("predicate.json", R"({"is":")" + text + "\"}");
    const auto stated = succeed_json(with_place(
        {"attest", artifact_}, {"--replace", "--predicate", "predicate.json", "--type", type,
                                "--key", key + ".key", "--signature-storage", storage}));
    const auto& made = stated.find("attestations")->as_array()->front();
    return made.find("replaced")->as_array()->size();
  }
  // How many by that key count.
  std::size_t count(const std::string& key,
                    const std::string& type = "https://example.com/review") {
    const auto verdict =
        succeed_json(with_place({"verify", artifact_}, {"--key", key + ".pub", "--type", type}));
    return verdict.find_path({"evidence", "accepted"})->as_array()->size();
  }

  const std::string& artifact() const { return artifact_; }

 private:
  std::unique_ptr<RegistryServer> server_;
  std::string address_;
  std::string artifact_;
  std::vector<std::string> plain_;
};

INSTANTIATE_TEST_SUITE_P(Stores, CliReplace, testing::Values("layout", "distribution", "crane"),
                         [](const auto& store) { return std::string(store.param); });

TEST_P(CliReplace, OneOfEachSignerAndTypeStays) {
  for (const auto* storage : {"bundle", "tag"}) {
    SCOPED_TRACE(storage);
    const std::string place = storage;
    const std::string type = "https://example.com/" + place;
    EXPECT_EQ(attest("ci", place, "first", type), 0u);
    EXPECT_EQ(attest("audit", place, "mine", type), 0u);
    EXPECT_EQ(attest("ci", place, "other", type + "/other"), 0u);
    EXPECT_EQ(attest("ci", place, "second", type), 1u);
    EXPECT_EQ(attest("ci", place, "third", type), 1u);
    EXPECT_EQ(count("ci", type), 1u);
    EXPECT_EQ(count("ci", type + "/other"), 1u);
    EXPECT_EQ(count("audit", type), 1u);
  }
}

using CliReplaceInRegistry = CliReplace;
INSTANTIATE_TEST_SUITE_P(Registries, CliReplaceInRegistry, testing::Values("distribution", "crane"),
                         [](const auto& store) { return std::string(store.param); });

TEST_P(CliReplaceInRegistry, CosignFindsTheNewestAlone) {
  const std::string name = artifact().substr(std::string("oci://").size());
  for (const auto* storage : {"bundle", "tag"}) {
    SCOPED_TRACE(storage);
    for (const auto* text : {"first", "second"}) attest("ci", storage, text);
    const bool is_bundle = storage == std::string("bundle");
    const auto found =
        run_well({test_part("cosign"), "verify-attestation", "--allow-http-registry", "--key",
                  "ci.pub", "--insecure-ignore-tlog=true", "--type", "https://example.com/review",
                  std::string("--new-bundle-format=") + (is_bundle ? "true" : "false"), name});
    EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), 1) << found;
  }
}

}  // namespace
}  // namespace sealift::test
