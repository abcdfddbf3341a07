#include <sealift/delivery/delivery.h>
#include <sealift/signing/trust_policy.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "contract/definitions_fixture.h"
#include "support/markdown_blocks.h"

namespace sealift::controller {
namespace {

namespace fs = std::filesystem;

class DocumentedExamples : public DefinitionsContract {
 protected:
  // The parser and the API server take it. True where it is one of our kinds.
  bool check(const objects::YamlDocument& document, const std::string& place) {
    const auto kind = document.value.string_at({"kind"});
    auto object = document.value;
    std::string_view path = kTrustPolicies;
    if (kind == "Delivery") {
      EXPECT_OK(delivery::parse_delivery(object, place));
      // One namespace does for all of them.
      object.find("metadata")->set("namespace", Json("edge"));
      path = kDeliveries;
    } else if (kind == "TrustPolicy") {
      EXPECT_OK(signing::parse_trust_policy(object, place));
    } else {
      return false;
    }
    EXPECT_OK(client_.create(path, {{"dryRun", "All"}, {"fieldValidation", "Strict"}}, object, {}))
        << place;
    return true;
  }

  int check_page(const fs::path& page) {
    std::ifstream stream(page);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    int found = 0;
    for (const auto& block : test::markdown_blocks(text)) {
      if (block.language != "yaml") continue;
      const auto place = page.string() + ":" + std::to_string(block.line);
      const auto documents = objects::parse_yaml(block.text, place);
      EXPECT_OK(documents);
      if (!documents) continue;
      for (const auto& document : *documents) found += check(document, place) ? 1 : 0;
    }
    return found;
  }
};

// People copy them from the pages.
TEST_F(DocumentedExamples, AreTakenByTheParserAndByTheApiServer) {
  const fs::path root(SEALIFT_SOURCE_DIR);
  int found = check_page(root / "README.md");
  for (const auto* folder : {"docs", "examples"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() == ".md") found += check_page(entry.path());
    }
  }
  EXPECT_GE(found, 3) << "docs/formats alone has two Deliveries and a TrustPolicy";
}

}  // namespace
}  // namespace sealift::controller
