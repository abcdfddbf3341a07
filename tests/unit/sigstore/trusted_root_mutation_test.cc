#include "support/json_mutations.h"
#include "support/test_data.h"
#include "unit/sigstore/log_entry_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace sealift::sigstore {
namespace {

using namespace test;
using sealift::test::JsonMutation;
using sealift::test::mutations_of;
using Kind = JsonMutation::Kind;

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// "tlogs[0].publicKey.rawBytes" → "rawBytes".
std::string last_name(const std::string& path) {
  const std::string name = path.substr(path.rfind('.') + 1);
  return name.substr(0, name.find('['));
}

// What every root has for what it names, whatever it names.
bool is_essential(const std::string& path) {
  const bool is_of_log = path.find("logs[") != std::string::npos;
  const std::string name = last_name(path);
  return is_one_of(name, {"mediaType", "hashAlgorithm", "rawBytes", "keyDetails", "keyId",
                          "publicKey", "logId", "certChain"}) ||
         path.ends_with(".certificates") || (is_of_log && is_one_of(name, {"start", "validFor"}));
}

// Whether a document with that fault is no trusted root at all.
bool must_be_refused(const JsonMutation& mutation) {
  const std::string name = last_name(mutation.path);
  switch (mutation.kind) {
    case Kind::kOtherType:
    case Kind::kUnexpected:
      return true;
    case Kind::kBroken:
      return is_one_of(
          name, {"mediaType", "hashAlgorithm", "rawBytes", "keyDetails", "keyId", "start", "end"});
    case Kind::kRemoved:
    case Kind::kNull:
    case Kind::kEmptied:
      return is_essential(mutation.path);
    case Kind::kRepeated:
      return is_one_of(name, {"tlogs", "ctlogs"});
    case Kind::kChanged:
      return is_one_of(name, {"mediaType", "hashAlgorithm", "keyDetails"});
    case Kind::kForeign:
      return false;
  }
  return false;
}

TEST(TrustedRootMutations, WithoutItsFormARootIsNone) {
  const Json root =
      parse_json(sealift::test::test_data("sigstore/tuf/targets/trusted_root.json"), "root")
          .value();
  std::size_t refused = 0;
  for (const auto& mutation : mutations_of(root, root)) {
    if (!must_be_refused(mutation)) continue;
    ++refused;
    const auto read = parse_trusted_root(dump_json(mutation.json), "root");
    ASSERT_FALSE(read) << mutation.name();
    EXPECT_EQ(read.error().code(), ErrorCode::kInvalidInput) << mutation.name();
  }
  EXPECT_GT(refused, 250u);
}

// The entry is good, and the root no longer says so.
TEST(TrustedRootMutations, WithoutItsLogAnEntryIsRefused) {
  const TestSigner signer(true);
  for (const auto kind : {LogEntryKind::kHashedRekord001, LogEntryKind::kHashedRekord002}) {
    const bool is_tiles = generation_of(kind) == LogGeneration::kTiles;
    const TestSignature signature(signer, kind, "hello");
    TestLog log(make_of(kind));
    const TestLog other(make_of(kind), "other.example.com");
    const Json entry = log.entry(log.add(signature.body), kLogged);
    const Json root = sealift::test::trusted_root_of({&log});
    const auto verify = [&](const Json& json) -> std::string {
      const auto read = parse_trusted_root(dump_json(json), "root");
      if (!read) return "no root";
      return outcome(verify_json(entry, signature.expected(), *read, evidence_of(kind)));
    };
    ASSERT_EQ(verify(root), "accepted");
    for (const auto& mutation : mutations_of(root, sealift::test::trusted_root_of({&other}))) {
      const std::string name = last_name(mutation.path);
      const std::string result = verify(mutation.json);
      std::set<std::string> expected = {"no root", "log_unknown"};
      if (name == "rawBytes") expected = {"no root", is_tiles ? "checkpoint_signature" : "promise"};
      if (name == "publicKey" && mutation.kind == Kind::kForeign) {
        expected = {is_tiles ? "checkpoint_signature" : "promise"};
      }
      if (name == "baseUrl" && mutation.kind != Kind::kOtherType) {
        // A log of tiles signs its name, which is in its URL; Rekor 1 does not.
        expected = {is_tiles ? "checkpoint" : "accepted"};
      }
      if (name == "start" && mutation.kind == Kind::kChanged) expected = {"accepted", "no root"};
      EXPECT_THAT(expected, ::testing::Contains(result)) << mutation.name();
    }
  }
}

}  // namespace
}  // namespace sealift::sigstore
