#include "support/test_data.h"
#include "unit/sigstore/log_entry_fixture.h"

#include <sealift/base/encoding.h>

#include <gtest/gtest.h>

namespace sealift::sigstore {
namespace {

using namespace test;

// What Rekor's own code makes is what we read.
TEST(RekorEntries, AreAllAccepted) {
  const Json data =
      parse_json(sealift::test::test_data("sigstore/logs/rekor-entries.json"), "entries").value();
  const auto root = parse_trusted_root(dump_json(*data.find("trustedRoot")), "root");
  ASSERT_TRUE(root) << root.error().message();
  const std::string message(data.string_at({"message"}));
  const std::string envelope_json(data.string_at({"envelope"}));
  const auto& cases = *data.find("cases")->as_array();
  ASSERT_EQ(cases.size(), 16u);
  for (const auto& each : cases) {
    SCOPED_TRACE(each.string_at({"name"}));
    const auto key =
        crypto::PublicKey::from_der(base64_decode(each.string_at({"key"})).value(), "key").value();
    const std::string signature = base64_decode(each.string_at({"signature"})).value();
    const DsseEnvelope envelope{std::string(data.string_at({"payloadType"})),
                                std::string(data.string_at({"payload"})), signature};
    LoggedSignature expected{.signature = signature, .key = &key};
    const bool is_enveloped = *each.find("enveloped")->as_bool();
    if (is_enveloped) {
      expected.envelope = &envelope;
      expected.envelope_json = envelope_json;
    } else {
      expected.message = message;
    }
    const Json& entry = *each.find("entry");
    EXPECT_EQ(outcome(verify_json(entry, expected, *root, LogEvidence::kProof)), "accepted");
    EXPECT_TRUE(key.verify(
        is_enveloped ? pre_authentication_encoding(envelope.payload_type, envelope.payload)
                     : message,
        signature));
    expected.envelope = nullptr;
    expected.message = "another message";
    EXPECT_EQ(outcome(verify_json(entry, expected, *root, LogEvidence::kProof)), "entry_mismatch");
  }
}

}  // namespace
}  // namespace sealift::sigstore
