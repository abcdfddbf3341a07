// What is signed about artifacts without any service, and what is refused before one is asked.
#include <sealift/base/random.h>
#include <sealift/keyless/artifact_signing.h>
#include <sealift/sigstore/bundle.h>
#include <sealift/sigstore/simple_signing.h>
#include <sealift/sigstore/statement.h>

#include <gtest/gtest.h>
#include <support/fake_transport.h>
#include <support/manual_clock.h>
#include <support/result_matchers.h>

namespace sealift::keyless {
namespace {

using sealift::test::fails_with;
using sealift::test::FakeAnswer;
using testing::IsEmpty;

constexpr const char* kType = "https://example.com/type";

class ArtifactSigning : public testing::Test {
 protected:
  ArtifactContent statement(ArtifactForm form, const std::string& filling = "x") const {
    return {form,
            sigstore::attestation_statement("shop", digest_, kType, Json::Object{{"a", filling}}),
            kType, digest_};
  }
  ArtifactContent payload() const {
    return {ArtifactForm::kClassicSignature, sigstore::serialize_simple_signing("shop", digest_),
            std::string(sigstore::kSignaturePredicateType), digest_};
  }
  Result<SignedArtifact> sign(const ArtifactContent& content, const SigningServices& services = {},
                              crypto::KeyType type = crypto::KeyType::kEcdsaP256) {
    SEALIFT_ASSIGN(auto key, crypto::PrivateKey::generate(type));
    return sign_artifact(content, std::move(key), services, nobody_, environment_, {});
  }
  static sigstore::Service log(std::uint32_t version) {
    return {.url = "https://log.example.com",
            .api_version = version,
            .validity = {},
            .operator_name = {}};
  }

  Digest digest_ = Digest::of("artifact");
  sigstore::TrustedRoot nobody_;
  sealift::test::FakeTransport transport_{[](const auto&) { return FakeAnswer::json(500, "{}"); }};
  sealift::test::ManualClock clock_{sealift::test::ManualClock::Sleep::kJumps};
  Environment environment_{transport_, clock_, system_random()};
};

TEST_F(ArtifactSigning, ByAKeyAloneAsksNobody) {
  for (const auto type : {crypto::KeyType::kEcdsaP256, crypto::KeyType::kEcdsaP384,
                          crypto::KeyType::kRsa2048, crypto::KeyType::kEd25519}) {
    SCOPED_TRACE(to_string(type));
    ASSERT_OK_ASSIGN(const auto bundle, sign(statement(ArtifactForm::kBundle), {}, type));
    EXPECT_EQ(bundle.verified.statement->predicate_type, kType);
    EXPECT_THAT(bundle.annotations, IsEmpty());
    const auto evidence = sigstore::parse_bundle(bundle.content, "bundle");
    ASSERT_TRUE(evidence.has_value()) << evidence.error().message;
    EXPECT_EQ(evidence->key_hint, bundle.verified.key.hint());
    ASSERT_OK_ASSIGN(const auto layer,
                     sign(statement(ArtifactForm::kClassicAttestation), {}, type));
    EXPECT_TRUE(layer.verified.statement.has_value());
    ASSERT_OK_ASSIGN(const auto simple, sign(payload(), {}, type));
    EXPECT_EQ(simple.content, payload().bytes);
    EXPECT_FALSE(simple.annotations.at(0).second.empty());
  }
  EXPECT_THAT(transport_.request_lines(), IsEmpty());
}

TEST_F(ArtifactSigning, WhatVerifiersWouldNotReadIsNotSentToALog) {
  const SigningServices logged{{}, {}, {log(1)}, {}};
  auto broken = statement(ArtifactForm::kBundle);
  broken.bytes = "{}";
  EXPECT_THAT(sign(broken, logged), fails_with(ErrorCode::kInvalidInput, "statement"));
  // Too large alone, and in the envelope.
  const std::size_t most = sigstore::kMaxSignatureBytes;
  for (const std::size_t size : {most, most / 5 * 4}) {
    EXPECT_THAT(sign(statement(ArtifactForm::kBundle, std::string(size, 'x'))),
                fails_with(ErrorCode::kInvalidInput, "verifiers read"))
        << size;
  }
  EXPECT_THAT(sign(statement(ArtifactForm::kBundle, std::string(most, 'x')), logged),
              fails_with(ErrorCode::kInvalidInput, "state less of it"));
  EXPECT_THAT(transport_.request_lines(), IsEmpty());
}

TEST_F(ArtifactSigning, AClassicFormHasAPlaceForOneLogOfRekor1) {
  const SigningServices cases[] = {
      {{}, {}, {log(2)}, {}},
      {{}, {}, {log(1), log(1)}, {}},
      {{}, {}, {}, {"https://a.example.com", "https://b.example.com"}},
  };
  for (const auto& services : cases) {
    EXPECT_THAT(sign(payload(), services), fails_with(ErrorCode::kInvalidInput, "store a bundle"));
    EXPECT_THAT(sign(statement(ArtifactForm::kClassicAttestation), services),
                fails_with(ErrorCode::kInvalidInput, "store a bundle"));
  }
  EXPECT_THAT(transport_.request_lines(), IsEmpty());
}

TEST_F(ArtifactSigning, WhatIsAboutAnotherArtifactIsNotGivenOut) {
  auto content = statement(ArtifactForm::kBundle);
  content.digest = Digest::of("another");
  EXPECT_THAT(sign(content), fails_with(ErrorCode::kUntrusted, "is not given out"));
  content = statement(ArtifactForm::kBundle);
  content.predicate_type = "https://example.com/other";
  EXPECT_THAT(sign(content), fails_with(ErrorCode::kUntrusted, "is not given out"));
}

}  // namespace
}  // namespace sealift::keyless
