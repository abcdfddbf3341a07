#include "sigstore_data.h"
#include "support/certificate_builder.h"
#include "support/result_matchers.h"
#include "support/timestamp_builder.h"

#include <sealift/base/digest.h>
#include <sealift/crypto/der.h>
#include <sealift/crypto/timestamp_token.h>

#include <gtest/gtest.h>
#include <openssl/err.h>

namespace sealift::crypto {
namespace {

using namespace test;
using sealift::test::authority_draft;
using sealift::test::CertificateDraft;
using sealift::test::issue;
using sealift::test::IssuedCertificate;
using sealift::test::self_signed;
using sealift::test::TestKey;
using sealift::test::timestamp_authority_draft;
using sealift::test::timestamp_response;
using sealift::test::timestamp_token;
using sealift::test::TimestampDraft;

using Outcome = tl::expected<VerifiedTimestamp, TimestampRefusal>;

Certificate read(const IssuedCertificate& issued) {
  return Certificate::from_der(issued.der, "certificate").value();
}

// "accepted", or the refusal's name, with that of the path where it is to blame.
std::string verdict(const Outcome& outcome) {
  if (outcome) return "accepted";
  EXPECT_FALSE(outcome.error().message.empty());
  const auto& path = outcome.error().path;
  return std::string(to_string(outcome.error().fault)) +
         (path ? " " + std::string(to_string(*path)) : "");
}

Outcome verify(const std::string& response, const std::string& message,
               const std::vector<Certificate>& certificates,
               const std::vector<Certificate>& anchors) {
  const auto token = TimestampToken::from_response(response);
  if (!token) return tl::unexpected(token.error());
  return token->verify(message, certificates, anchors);
}

// The time stamp of a real bundle, the signature that it is about, and the authority's chain.
struct RealStamp {
  std::string response;
  std::string signature;
  std::vector<Certificate> certificates;
  std::vector<Certificate> anchors;

  RealStamp() {
    const Json bundle = sigstore_json("bundles/public-key-validity.json");
    const Json& list = *bundle.find_path(
        {"verificationMaterial", "timestampVerificationData", "rfc3161Timestamps"});
    response = base64_decode(list.as_array()->front().string_at({"signedTimestamp"})).value();
    signature = base64_decode(bundle.string_at({"messageSignature", "signature"})).value();
    certificates = authority_chain(kStampedKeyRoot, "timestampAuthorities", 0);
    anchors = {certificates.back()};
    certificates.pop_back();
  }
  Outcome check(const std::string& changed) const {
    return verify(changed, signature, certificates, anchors);
  }
};

TEST(TimestampToken, OfARealBundleFits) {
  const RealStamp real;
  const auto stamp = real.check(real.response);
  ASSERT_EQ(verdict(stamp), "accepted");
  EXPECT_EQ(format_timestamp(stamp->time), "2026-06-04T17:43:29Z");
  EXPECT_EQ(stamp->policy, "1.3.6.1.4.1.57264.2");
  EXPECT_EQ(stamp->serial_number, "a84aff4d94df2c9dd9a8e7eb36dda8e2317181db");
  EXPECT_EQ(stamp->path.front(), real.certificates.front());
  EXPECT_EQ(stamp->path.back(), real.anchors.front());
  const auto token = TimestampToken::from_response(real.response).value();
  EXPECT_EQ(token.claimed_time(), stamp->time);
  EXPECT_EQ(token.imprint(), Digest::of(real.signature).raw());
}

TEST(TimestampToken, OfARealBundleIsRefusedWhenCutOrChanged) {
  const RealStamp real;
  for (std::size_t size = 0; size < real.response.size(); ++size) {
    EXPECT_FALSE(TimestampToken::from_response(real.response.substr(0, size)).has_value()) << size;
  }
  for (std::size_t at = 0; at < real.response.size(); ++at) {
    std::string changed = real.response;
    changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
    const auto stamp = real.check(changed);
    // The status "granted with modifications" says the same; nothing else may pass.
    const bool other_status = at == 8;
    EXPECT_TRUE(!stamp || other_status) << at;
  }
  EXPECT_EQ(verdict(real.check(real.response + '\0')), "malformed");
  EXPECT_EQ(verdict(verify(real.response, real.signature + "x", real.certificates, real.anchors)),
            "imprint");
  EXPECT_EQ(verdict(verify(real.response, real.signature, {}, real.anchors)), "signer");
  EXPECT_EQ(verdict(verify(real.response, real.signature, {real.certificates[0]}, real.anchors)),
            "path unknown_issuer");
  EXPECT_EQ(ERR_peek_error(), 0u);
}

class Stamp : public testing::Test {
 protected:
  Stamp()
      : root_(self_signed(authority_draft("root"))),
        authority_(issue(root_, timestamp_authority_draft())) {}

  Outcome check(const std::string& response) const {
    return verify(response, TimestampDraft{}.message, {}, {read(root_)});
  }
  Outcome check(const TimestampDraft& draft) const {
    return check(timestamp_response(timestamp_token(draft, authority_)));
  }
  Outcome check_signed_by(const IssuedCertificate& signer) const {
    return check(timestamp_response(timestamp_token({}, signer)));
  }

  IssuedCertificate root_;
  IssuedCertificate authority_;
};

TEST_F(Stamp, IsAcceptedWithEachHash) {
  for (const char* hash : {"SHA256", "SHA384", "SHA512"}) {
    TimestampDraft draft;
    draft.hash = hash;
    draft.signer_hash = hash;
    const auto stamp = check(draft);
    ASSERT_EQ(verdict(stamp), "accepted") << hash;
    EXPECT_EQ(format_timestamp(stamp->time), "2026-06-01T12:00:00Z");
    EXPECT_EQ(stamp->serial_number, "abc");
  }
  TimestampDraft weak;
  weak.hash = "SHA1";
  EXPECT_EQ(verdict(check(weak)), "malformed");
  weak = {};
  weak.signer_hash = "SHA1";
  EXPECT_EQ(verdict(check(weak)), "signature");
}

TEST_F(Stamp, IsAcceptedFromEachTypeOfKey) {
  for (const auto& key : {TestKey::ec("P-384"), TestKey::ec("P-521"), TestKey::rsa(2048)}) {
    EXPECT_EQ(verdict(check_signed_by(issue(root_, timestamp_authority_draft(), key))), "accepted");
  }
}

TEST_F(Stamp, IsTheSameWithoutItsAnswer) {
  const auto token = TimestampToken::from_token(timestamp_token({}, authority_));
  ASSERT_TRUE(token.has_value());
  EXPECT_EQ(verdict(token->verify(TimestampDraft{}.message, {}, {read(root_)})), "accepted");
  const auto answer = timestamp_response(timestamp_token({}, authority_));
  EXPECT_FALSE(TimestampToken::from_token(answer).has_value());
  EXPECT_FALSE(TimestampToken::from_response(timestamp_token({}, authority_)).has_value());
}

TEST_F(Stamp, CountsOnlyWhereItWasGranted) {
  const auto token = timestamp_token({}, authority_);
  EXPECT_EQ(verdict(check(timestamp_response(token, 1))), "accepted");
  for (const int status : {2, 3, 4, 5, -1}) {
    EXPECT_EQ(verdict(check(timestamp_response(token, status))), "not_granted") << status;
  }
  EXPECT_EQ(verdict(check(timestamp_response("", 2))), "not_granted");
  EXPECT_EQ(verdict(check(timestamp_response(""))), "malformed");
  EXPECT_EQ(verdict(check(timestamp_response(token + token))), "malformed");
  EXPECT_EQ(verdict(check("")), "malformed");
  EXPECT_EQ(verdict(check(write_der(kDerSequence, ""))), "malformed");
  EXPECT_EQ(verdict(check(
                timestamp_response(write_der(kDerSequence, std::string(kMaxTimestampBytes, 'x'))))),
            "malformed");
}

TEST_F(Stamp, IsAboutTheseBytes) {
  TimestampDraft draft;
  draft.message = "another signature";
  EXPECT_EQ(verdict(check(draft)), "imprint");
  draft = {};
  draft.imprint = std::string(31, 'x');
  EXPECT_EQ(verdict(check(draft)), "malformed");
}

TEST_F(Stamp, SaysItsTimeInOneForm) {
  const std::pair<const char*, const char*> kTimes[] = {
      {"20260601120000Z", "accepted"},           {"20260601120000.5Z", "accepted"},
      {"20260601120000.123456789Z", "accepted"}, {"20260601120000.Z", "malformed"},
      {"20260601120000", "malformed"},           {"202606011200Z", "malformed"},
      {"20260601120000+0100", "malformed"},      {"20261301120000Z", "malformed"},
      {"20260601120060Z", "malformed"},          {"2026060112000xZ", "malformed"},
      {"20260601120000.5", "malformed"},         {"", "malformed"},
  };
  for (const auto& [time, expected] : kTimes) {
    TimestampDraft draft;
    draft.time = time;
    EXPECT_EQ(verdict(check(draft)), expected) << time;
  }
}

TEST_F(Stamp, HoldsATimestampOfThatVersionAndType) {
  TimestampDraft draft;
  draft.version = 2;
  EXPECT_EQ(verdict(check(draft)), "malformed");
  draft = {};
  draft.content_type = "1.2.840.113549.1.7.1";
  EXPECT_EQ(verdict(check(draft)), "malformed");
  // extensions [1]: one that is critical
  const std::string oid = write_der(kDerObjectIdentifier, "\x2a\x03");
  const std::string value = write_der(kDerOctetString, "x");
  draft = {};
  draft.extension =
      write_der(0xa1, write_der(kDerSequence, oid + write_der(kDerBoolean, "\xff") + value));
  EXPECT_EQ(verdict(check(draft)), "malformed");
  draft.extension = write_der(0xa1, write_der(kDerSequence, oid + value));
  EXPECT_EQ(verdict(check(draft)), "accepted");
  draft.extension = write_der(kDerSequence, "rest");
  EXPECT_EQ(verdict(check(draft)), "malformed");
}

TEST_F(Stamp, IsMadeByOneSignerThatItNames) {
  TimestampDraft draft;
  draft.further_signers = {issue(root_, timestamp_authority_draft())};
  EXPECT_EQ(verdict(check(draft)), "malformed");
  draft = {};
  draft.names_certificate = false;
  EXPECT_EQ(verdict(check(draft)), "signer");
  const auto other = issue(root_, timestamp_authority_draft());
  draft = {};
  draft.named = &other;
  EXPECT_EQ(verdict(check(draft)), "signer");
  draft = {};
  draft.embeds_certificate = false;
  const auto response = timestamp_response(timestamp_token(draft, authority_));
  EXPECT_EQ(verdict(check(response)), "signer");
  EXPECT_EQ(verdict(verify(response, draft.message, {read(authority_)}, {read(root_)})),
            "accepted");
  EXPECT_EQ(verdict(verify(response, draft.message, {read(other)}, {read(root_)})), "signer");
}

TEST_F(Stamp, IsSignedByThatKey) {
  auto token = timestamp_token({}, authority_);
  token.back() = static_cast<char>(token.back() ^ 1);
  EXPECT_EQ(verdict(check(timestamp_response(token))), "signature");
  // The TSTInfo of one and the signature of another.
  TimestampDraft later;
  later.time = "20260601130000Z";
  auto mixed = timestamp_token({}, authority_);
  const auto at = mixed.find("20260601120000Z");
  ASSERT_NE(at, std::string::npos);
  mixed.replace(at, later.time.size(), later.time);
  EXPECT_EQ(verdict(check(timestamp_response(mixed))), "signature");
}

TEST_F(Stamp, IsMadeByACertificateForThatAlone) {
  const auto with = [&](const std::string& usage) {
    auto draft = timestamp_authority_draft();
    draft.extensions[1].second = usage;
    return verdict(check_signed_by(issue(root_, draft)));
  };
  EXPECT_EQ(with("critical,timeStamping"), "accepted");
  EXPECT_EQ(with("timeStamping"), "usage");
  EXPECT_EQ(with("critical,timeStamping,codeSigning"), "usage");
  EXPECT_EQ(with("critical,timeStamping,timeStamping"), "usage");
  EXPECT_EQ(with("critical,codeSigning"), "usage");
  EXPECT_EQ(with("critical,anyExtendedKeyUsage"), "usage");
  auto draft = timestamp_authority_draft();
  draft.extensions.erase(draft.extensions.begin() + 1);
  EXPECT_EQ(verdict(check_signed_by(issue(root_, draft))), "usage");
}

TEST_F(Stamp, IsMadeWhileThePathWasValid) {
  const auto valid = [&](const char* from, const char* until) {
    auto draft = timestamp_authority_draft();
    draft.not_before = parse_timestamp(from).value();
    draft.not_after = parse_timestamp(until).value();
    return verdict(check_signed_by(issue(root_, draft)));
  };
  EXPECT_EQ(valid("2026-06-01T12:00:00Z", "2026-06-01T12:00:00Z"), "accepted");
  EXPECT_EQ(valid("2026-06-01T12:00:01Z", "2026-07-01T00:00:00Z"), "path not_yet_valid");
  EXPECT_EQ(valid("2026-05-01T00:00:00Z", "2026-06-01T11:59:59Z"), "path expired");
  const auto stranger = self_signed(authority_draft("root"));
  EXPECT_EQ(verdict(check_signed_by(issue(stranger, timestamp_authority_draft()))),
            "path bad_signature");
  EXPECT_EQ(verdict(check_signed_by(self_signed(timestamp_authority_draft()))),
            "path unknown_issuer");
}

TEST_F(Stamp, MayBeMadeByTheAnchorItself) {
  const auto alone = self_signed(timestamp_authority_draft());
  const auto response = timestamp_response(timestamp_token({}, alone));
  EXPECT_EQ(verdict(verify(response, TimestampDraft{}.message, {}, {read(alone)})), "accepted");
}

}  // namespace
}  // namespace sealift::crypto
