// What services may answer, and what becomes of it.
#include "token_text.h"

#include "certificate_authority.h"
#include "service_request.h"
#include "timestamp_authority.h"
#include "transparency_log.h"

#include <sealift/base/encoding.h>
#include <sealift/base/random.h>
#include <sealift/crypto/hash.h>
#include <sealift/crypto/pem.h>

#include <gtest/gtest.h>
#include <support/certificate_builder.h>
#include <support/fake_transport.h>
#include <support/manual_clock.h>
#include <support/result_matchers.h>

namespace sealift::keyless {
namespace {

using sealift::test::fails_with;
using sealift::test::FakeAnswer;
using sealift::test::SeenRequest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr const char* kUrl = "https://service.example.com/base/";

class ServiceClients : public testing::Test {
 protected:
  void answer(int status, std::string body) { answers_ = {FakeAnswer::json(status, body)}; }

  // The answers in their order, the last one from then on.
  FakeAnswer next() {
    FakeAnswer one = answers_.front();
    if (answers_.size() > 1) answers_.erase(answers_.begin());
    return one;
  }

  Result<crypto::Certificate> certificate() {
    SEALIFT_ASSIGN(const auto token, parse_identity_token(token_with(kAliceClaims), "the token"));
    return request_certificate(kUrl, token, key_, environment_, {});
  }
  Result<sigstore::LogEntry> entry(std::uint32_t version,
                                   std::optional<std::string> envelope = std::nullopt) {
    const LogSubmission submission{
        "signature",
        {crypto::HashAlgorithm::kSha256, crypto::hash(crypto::HashAlgorithm::kSha256, "bytes")},
        key_.public_key(),
        std::nullopt,
        std::move(envelope)};
    return submit_to_log({.url = kUrl, .api_version = version, .validity = {}, .operator_name = {}},
                         submission, environment_, {});
  }

  std::vector<FakeAnswer> answers_ = {FakeAnswer::json(200, "{}")};
  sealift::test::FakeTransport transport_{[this](const SeenRequest&) { return next(); }};
  sealift::test::ManualClock clock_{sealift::test::ManualClock::Sleep::kJumps};
  Environment environment_{transport_, clock_, system_random()};
  crypto::PrivateKey key_ = crypto::PrivateKey::generate(crypto::KeyType::kEcdsaP256).value();
};

TEST_F(ServiceClients, AServiceThatIsAwayIsAskedThreeTimes) {
  answer(503, "");
  EXPECT_THAT(certificate(), fails_with(ErrorCode::kUnavailable, "status 503"));
  EXPECT_THAT(transport_.requests(), SizeIs(3));
  EXPECT_GE(clock_.elapsed(), std::chrono::milliseconds(500));
  transport_.forget_requests();
  answers_ = {FakeAnswer::failure(ErrorCode::kUnavailable, "no route"),
              FakeAnswer::json(429, "slow down"), FakeAnswer::json(200, "{}")};
  EXPECT_THAT(certificate(), fails_with(ErrorCode::kInvalidInput, "certificate"));
  EXPECT_THAT(transport_.requests(), SizeIs(3));
}

TEST_F(ServiceClients, ARefusalIsFinalAndSaysWhy) {
  const struct {
    int status;
    ErrorCode code;
  } cases[] = {{400, ErrorCode::kInvalidInput}, {401, ErrorCode::kUnauthenticated},
               {403, ErrorCode::kForbidden},    {404, ErrorCode::kNotFound},
               {409, ErrorCode::kConflict},     {302, ErrorCode::kInvalidInput},
               {204, ErrorCode::kInvalidInput}};
  for (const auto& [status, code] : cases) {
    transport_.forget_requests();
    answer(status, R"({"code":3,"message":"not \u0007 you"})");
    const auto refused = certificate();
    EXPECT_THAT(refused, fails_with(code, status == 204 ? "204" : "not \\x07 you")) << status;
    EXPECT_THAT(refused.error().message(), HasSubstr("https://service.example.com/base"));
    EXPECT_THAT(refused.error().message(), Not(HasSubstr(token_with(kAliceClaims))));
    EXPECT_THAT(transport_.requests(), SizeIs(1));
  }
}

TEST_F(ServiceClients, AnAnswerIsBounded) {
  answer(200, std::string(kMaxAnswerBytes + 1, ' '));
  EXPECT_THAT(certificate(), fails_with(ErrorCode::kInvalidInput));
  answer(200, std::string(1000, '['));
  EXPECT_THAT(certificate(), fails_with(ErrorCode::kInvalidInput));
}

TEST_F(ServiceClients, FulcioIsAskedWithTokenAndProof) {
  EXPECT_THAT(certificate(), fails_with(ErrorCode::kInvalidInput));
  ASSERT_THAT(transport_.request_lines(),
              ElementsAre("POST https://service.example.com/base/api/v2/signingCert"));
  const auto request = transport_.requests().front();
  EXPECT_EQ(request.headers.get("Authorization"), "Bearer " + token_with(kAliceClaims));
  ASSERT_OK_ASSIGN(const auto body, parse_json(request.body, "the request"));
  ASSERT_OK_ASSIGN(const auto proof,
                   base64_decode(body.string_at({"publicKeyRequest", "proofOfPossession"})));
  EXPECT_OK(key_.public_key().verify("alice@example.com", proof));
  EXPECT_EQ(body.string_at({"publicKeyRequest", "publicKey", "content"}),
            key_.public_key().to_pem());
}

TEST_F(ServiceClients, ACertificateMustBeThereAndForOurKey) {
  const auto chain = [](const std::string& kind, const std::string& pem) {
    return dump_json(Json::Object{
        {kind, Json::Object{{"chain", Json::Object{{"certificates", Json::Array{pem}}}}}}});
  };
  const auto other = sealift::test::self_signed(sealift::test::authority_draft("somebody"));
  const std::string pem = crypto::write_pem("CERTIFICATE", other.der);
  for (const auto* kind : {"signedCertificateEmbeddedSct", "signedCertificateDetachedSct"}) {
    answer(200, chain(kind, pem));
    EXPECT_THAT(certificate(), fails_with(ErrorCode::kUntrusted, "another key"));
  }
  for (const auto& body : std::vector<std::string>{
           "{}", "[]", "null", R"({"signedCertificateEmbeddedSct":7})",
           R"({"signedCertificateEmbeddedSct":{"chain":{"certificates":[]}}})",
           R"({"signedCertificateEmbeddedSct":{"chain":{"certificates":[7]}}})",
           chain("signedCertificateEmbeddedSct", "no certificate"),
           chain("signedCertificateEmbeddedSct", pem + pem),
           chain("signedCertificateEmbeddedSct", key_.public_key().to_pem())}) {
    answer(200, body);
    EXPECT_THAT(certificate(), fails_with(ErrorCode::kInvalidInput)) << body;
  }
}

TEST_F(ServiceClients, ATimestampMustBeOne) {
  for (const auto& body : {"", "no DER", "\x30\x05\x30\x03\x02\x01\x02"}) {
    answer(201, body);
    EXPECT_THAT(request_timestamp(kUrl, "signature", environment_, {}),
                fails_with(ErrorCode::kInvalidInput, "no time stamp"));
  }
  EXPECT_EQ(transport_.requests().front().headers.get("Content-Type"),
            "application/timestamp-query");
  EXPECT_THAT(transport_.requests().front().body,
              HasSubstr(crypto::hash(crypto::HashAlgorithm::kSha256, "signature")));
}

// Rekor 1.
class EntriesOfRekor1 : public ServiceClients {
 protected:
  EntriesOfRekor1() {
    Json proof;
    proof.set("logIndex", 3);
    proof.set("treeSize", 4);
    proof.set("rootHash", std::string(64, 'a'));
    proof.set("hashes", Json::Array{std::string(64, 'b')});
    proof.set("checkpoint", "a note");
    Json verification;
    verification.set("inclusionProof", std::move(proof));
    verification.set("signedEntryTimestamp", base64_encode("promise"));
    entry_.set("body", base64_encode(body()));
    entry_.set("logID", std::string(64, 'c'));
    entry_.set("logIndex", 1003);
    entry_.set("integratedTime", 1780000000);
    entry_.set("verification", std::move(verification));
  }

  std::string body() const {
    const Json::Object hash{{"algorithm", "sha256"}, {"value", std::string(64, 'd')}};
    const Json::Object key{{"content", base64_encode(key_.public_key().to_pem())}};
    const Json::Object signature{{"content", base64_encode("signature")}, {"publicKey", key}};
    return dump_json(Json::Object{
        {"apiVersion", "0.0.1"},
        {"kind", "hashedrekord"},
        {"spec", Json::Object{{"data", Json::Object{{"hash", hash}}}, {"signature", signature}}}});
  }
  std::string text() const { return dump_json(Json::Object{{kId, entry_}}); }

  static inline const std::string kId = std::string(80, 'e');
  Json entry_;
};

TEST_F(EntriesOfRekor1, AreRead) {
  answer(201, text());
  ASSERT_OK_ASSIGN(const auto read, entry(1));
  EXPECT_EQ(read.index, 1003u);
  EXPECT_EQ(read.proof->index, 3u);
  EXPECT_EQ(read.proof->tree_size, 4u);
  EXPECT_EQ(read.promise, "promise");
  EXPECT_EQ(read.kind_version->kind, "hashedrekord");
  EXPECT_EQ(read.kind_version->version, "0.0.1");
  EXPECT_EQ(read.body, body());
  EXPECT_THAT(transport_.request_lines(),
              ElementsAre("POST https://service.example.com/base/api/v1/log/entries"));
}

// Rekor 1 checks envelopes, so it is given all of one; Rekor 2 takes hashes of what is signed.
TEST_F(EntriesOfRekor1, EnvelopesAreGivenWhole) {
  EXPECT_THAT(entry(1, R"({"payload":"…"})"), fails_with(ErrorCode::kInvalidInput));
  ASSERT_OK_ASSIGN(const auto asked, parse_json(transport_.requests().front().body, "request"));
  EXPECT_EQ(asked.string_at({"kind"}), "dsse");
  EXPECT_EQ(asked.string_at({"apiVersion"}), "0.0.1");
  EXPECT_EQ(asked.string_at({"spec", "proposedContent", "envelope"}), R"({"payload":"…"})");
  const auto* verifiers = asked.find_path({"spec", "proposedContent", "verifiers"});
  ASSERT_TRUE(verifiers != nullptr && verifiers->is_array());
  EXPECT_EQ(*verifiers, Json(Json::Array{base64_encode(key_.public_key().to_pem())}));
  transport_.forget_requests();
  EXPECT_THAT(entry(2, R"({"payload":"…"})"), fails_with(ErrorCode::kInvalidInput));
  ASSERT_OK_ASSIGN(const auto second, parse_json(transport_.requests().front().body, "request"));
  EXPECT_NE(second.find("hashedRekordRequestV002"), nullptr);
}

TEST_F(EntriesOfRekor1, ThatAreThereAlreadyAreFetched) {
  answers_ = {FakeAnswer::json(409, "{}").with_header(
                  "Location", "https://elsewhere.example.com/api/v1/log/entries/" + kId),
              FakeAnswer::json(200, text())};
  EXPECT_OK(entry(1));
  EXPECT_EQ(transport_.request_lines().back(),
            "GET https://service.example.com/base/api/v1/log/entries/" + kId);
  for (const auto& place :
       std::vector<std::string>{"", "/", "/../../admin", "/entries/" + std::string(80, 'z'),
                                "/entries/" + std::string(79, 'e')}) {
    transport_.forget_requests();
    answers_ = {FakeAnswer::json(409, "{}").with_header("Location", place)};
    EXPECT_THAT(entry(1), fails_with(ErrorCode::kInvalidInput, "under which ID")) << place;
    EXPECT_THAT(transport_.requests(), SizeIs(1));
  }
}

TEST_F(EntriesOfRekor1, OfAnotherFormAreRefused) {
  for (const auto* name : {"body", "logID", "logIndex", "integratedTime", "verification"}) {
    for (const auto& value : {Json(), Json("%"), Json(-1), Json(Json::Array{})}) {
      Json changed = entry_;
      changed.set(name, value);
      answer(201, dump_json(Json::Object{{kId, changed}}));
      EXPECT_THAT(entry(1), fails_with(ErrorCode::kInvalidInput)) << name << dump_json(value);
    }
  }
  for (const auto* name : {"logIndex", "treeSize", "rootHash", "hashes", "checkpoint"}) {
    Json changed = entry_;
    changed.find("verification")->find("inclusionProof")->set(name, Json(true));
    answer(201, dump_json(Json::Object{{kId, changed}}));
    EXPECT_THAT(entry(1), fails_with(ErrorCode::kInvalidInput, name)) << name;
  }
  for (const auto& body : {std::string("{}"), std::string("[]"),
                           dump_json(Json::Object{{"a", entry_}, {"b", entry_}})}) {
    answer(201, body);
    EXPECT_THAT(entry(1), fails_with(ErrorCode::kInvalidInput, "one entry"));
  }
}

TEST_F(ServiceClients, EntriesOfRekor2OfAnotherFormAreRefused) {
  for (const auto* body : {"{}", "[]", R"({"logId":{"keyId":"AAAA"}})", R"({"unknown":1})"}) {
    answer(201, body);
    EXPECT_THAT(entry(2), fails_with(ErrorCode::kInvalidInput)) << body;
  }
  EXPECT_THAT(transport_.request_lines().front(),
              "POST https://service.example.com/base/api/v2/log/entries");
}

TEST_F(ServiceClients, LogsOfOtherVersionsAreNotAsked) {
  EXPECT_THAT(entry(3), fails_with(ErrorCode::kInvalidInput, "version 3"));
  EXPECT_THAT(transport_.request_lines(), IsEmpty());
}

}  // namespace
}  // namespace sealift::keyless
