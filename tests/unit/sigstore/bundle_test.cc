#include "support/refusal_matchers.h"
#include "support/test_data.h"
#include "support/test_sigstore.h"

#include <sealift/sigstore/bundle.h>

#include <gtest/gtest.h>

namespace sealift::sigstore {
namespace {

using sealift::test::is_refused;
using sealift::test::test_data;
using sealift::test::TestLog;
using sealift::test::TestSigstore;
using Form = SignedEvidence::Form;

TEST(Bundle, ReadsRealOnes) {
  const struct {
    const char* name;
    Form form;
    std::size_t certificates;
    std::size_t entries;
    std::size_t timestamps;
    bool has_envelope;
  } kCases[] = {
      {"dsse.json", Form::kBundle01, 3, 1, 0, true},
      {"sigstore.js@2.0.0-provenance.json", Form::kBundle01, 1, 1, 0, true},
      {"othername.json", Form::kBundle03, 1, 1, 0, false},
      {"public-key-validity.json", Form::kBundle03, 0, 0, 1, false},
      {"cosign-3.1.3.json", Form::kBundle03, 0, 0, 0, true},
  };
  for (const auto& test : kCases) {
    ASSERT_ACCEPTED_ASSIGN(
        const auto bundle,
        parse_bundle(test_data(std::string("sigstore/bundles/") + test.name), test.name));
    EXPECT_EQ(bundle.form, test.form) << test.name;
    EXPECT_EQ(bundle.certificates.size(), test.certificates) << test.name;
    EXPECT_EQ(bundle.log_entries.size(), test.entries) << test.name;
    EXPECT_EQ(bundle.timestamps.size(), test.timestamps) << test.name;
    EXPECT_EQ(bundle.envelope() != nullptr, test.has_envelope) << test.name;
    EXPECT_EQ(bundle.key_hint.empty(), test.certificates > 0) << test.name;
    EXPECT_FALSE(bundle.signature().empty()) << test.name;
  }
  EXPECT_THAT(parse_bundle(test_data("sigstore/bundles/dsse-2sigs.json"), "two"),
              is_refused(RefusalKind::kMalformed, "exactly one signature, not 2"));
}

TEST(Bundle, IsWrittenWithCosignsMembersAlone) {
  EXPECT_EQ(serialize_bundle("aGludA==", {"type", "payload", "signature"}),
            R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json",)"
            R"("verificationMaterial":{"publicKey":{"hint":"aGludA=="}},)"
            R"("dsseEnvelope":{"payload":"cGF5bG9hZA==","payloadType":"type",)"
            R"("signatures":[{"sig":"c2lnbmF0dXJl"}]}})");
}

TEST(Bundle, IsWrittenAsItWasRead) {
  std::vector<std::string> bundles = {test_data("sigstore/bundles/othername.json"),
                                      test_data("sigstore/bundles/public-key-validity.json"),
                                      test_data("sigstore/bundles/cosign-3.1.3.json")};
  for (const auto make : {TestLog::Make::kRekor1, TestLog::Make::kTiles}) {
    TestSigstore sigstore(make);
    sigstore.bundle();  // so that a proof has hashes
    bundles.push_back(dump_json(sigstore.bundle()));
    bundles.push_back(dump_json(sigstore.bundle({.predicate_type = "https://example.com/type"})));
  }
  for (const auto& text : bundles) {
    ASSERT_ACCEPTED_ASSIGN(const auto evidence, parse_bundle(text, "bundle"));
    const auto written = parse_json(serialize_bundle(evidence), "written").value();
    Json original = parse_json(text, "original").value();
    original.set("mediaType", kBundleMediaType);
    EXPECT_EQ(written, original) << dump_json(written) << "\n" << dump_json(original);
  }
}

TEST(Bundle, ReadsEachSpellingOfItsVersion) {
  TestSigstore sigstore;
  Json json = sigstore.bundle();
  for (const char* type : {"application/vnd.dev.sigstore.bundle.v0.3+json",
                           "application/vnd.dev.sigstore.bundle+json;version=0.3"}) {
    json.set("mediaType", type);
    ASSERT_ACCEPTED_ASSIGN(const auto bundle, parse_bundle(dump_json(json), "bundle"));
    EXPECT_EQ(bundle.form, Form::kBundle03);
  }
  Json& material = *json.find("verificationMaterial");
  const Json certificate = *material.find("certificate");
  material.erase("certificate");
  material.set("x509CertificateChain",
               Json::Object{{"certificates", Json::Array{certificate, certificate}}});
  const std::pair<const char*, Form> kOlder[] = {
      {"application/vnd.dev.sigstore.bundle+json;version=0.1", Form::kBundle01},
      {"application/vnd.dev.sigstore.bundle+json;version=0.2", Form::kBundle02},
  };
  for (const auto& [type, form] : kOlder) {
    json.set("mediaType", type);
    ASSERT_ACCEPTED_ASSIGN(const auto bundle, parse_bundle(dump_json(json), "bundle"));
    EXPECT_EQ(bundle.form, form);
    EXPECT_EQ(bundle.certificates.size(), 2u);
  }
}

struct BrokenBundle {
  const char* message;
  void (*change)(Json& top, Json& material);
  RefusalKind kind = RefusalKind::kMalformed;
};

void expect_each_refused(const Json& good, std::initializer_list<BrokenBundle> cases) {
  ASSERT_THAT(parse_bundle(dump_json(good), "bundle"), sealift::test::is_accepted());
  for (const auto& test : cases) {
    Json changed = good;
    test.change(changed, *changed.find("verificationMaterial"));
    EXPECT_THAT(parse_bundle(dump_json(changed), "bundle"), is_refused(test.kind, test.message))
        << dump_json(changed);
  }
}

void repeat(Json& list, std::size_t count) {
  *list.as_array() = Json::Array(count, Json(list.as_array()->front()));
}

void make_chain(Json& top, Json& material, std::size_t length) {
  const Json certificate = *material.find("certificate");
  material.erase("certificate");
  material.set("x509CertificateChain",
               Json::Object{{"certificates", Json::Array(length, certificate)}});
  top.set("mediaType", "application/vnd.dev.sigstore.bundle+json;version=0.2");
}

TEST(Bundle, RefusesEachBrokenRule) {
  const Json good = parse_json(serialize_bundle("hint", {"t", "p", "s"}), "bundle").value();
  expect_each_refused(
      good,
      {{"mediaType", [](Json& top, Json&) { top.erase("mediaType"); }},
       {"mediaType",
        [](Json& top, Json&) {
          top.set("mediaType", "application/vnd.dev.sigstore.bundle.v0.4+json");
        },
        RefusalKind::kUnsupported},
       {"verificationMaterial", [](Json& top, Json&) { top.erase("verificationMaterial"); }},
       {"exactly one of publicKey", [](Json&, Json& material) { material.erase("publicKey"); }},
       {"exactly one of publicKey",
        [](Json&, Json& material) { material.set("certificate", Json::object()); }},
       {"exactly one of dsseEnvelope", [](Json& top, Json&) { top.erase("dsseEnvelope"); }},
       {"exactly one of dsseEnvelope",
        [](Json& top, Json&) { top.set("messageSignature", Json::object()); }},
       {"extra", [](Json& top, Json&) { top.set("extra", 1); }},
       {"extra", [](Json&, Json& material) { material.set("extra", 1); }},
       {"extra", [](Json&, Json& material) { material.find("publicKey")->set("extra", 1); }},
       {"hint", [](Json&, Json& material) { material.find("publicKey")->set("hint", 1); }}});
}

TEST(Bundle, RefusesEachBrokenRuleOfACertificates) {
  TestSigstore sigstore;
  expect_each_refused(
      sigstore.bundle(),
      {{"not allowed before version 0.3",
        [](Json& top, Json&) {
          top.set("mediaType", "application/vnd.dev.sigstore.bundle+json;version=0.2");
        }},
       {"not allowed from version 0.3",
        [](Json& top, Json& material) {
          make_chain(top, material, 1);
          top.set("mediaType", "application/vnd.dev.sigstore.bundle.v0.3+json");
        }},
       {"must hold 1 to 10 certificates, not 0",
        [](Json& top, Json& material) { make_chain(top, material, 0); }},
       {"must hold 1 to 10 certificates, not 11",
        [](Json& top, Json& material) { make_chain(top, material, 11); }},
       {"rawBytes", [](Json&, Json& material) { material.find("certificate")->erase("rawBytes"); }},
       {"certificate",
        [](Json&, Json& material) { material.find("certificate")->set("rawBytes", "AAAA"); }},
       {"more than 32 entries",
        [](Json&, Json& material) { repeat(*material.find("tlogEntries"), 33); }},
       {"twice", [](Json&, Json& material) { repeat(*material.find("tlogEntries"), 2); },
        RefusalKind::kEntryDuplicate},
       {"tlogEntries[0]",
        [](Json&, Json& material) { material.set("tlogEntries", Json::Array{Json(1)}); }},
       {"must be an array",
        [](Json&, Json& material) { material.set("tlogEntries", Json::object()); }},
       {"more than 32 time stamps",
        [](Json&, Json& material) {
          repeat(*material.find("timestampVerificationData")->find("rfc3161Timestamps"), 33);
        }},
       {"extra",
        [](Json&, Json& material) { material.find("timestampVerificationData")->set("extra", 1); }},
       {"messageDigest",
        [](Json& top, Json&) { top.find("messageSignature")->erase("messageDigest"); }},
       {"algorithm",
        [](Json& top, Json&) {
          top.find("messageSignature")->find("messageDigest")->set("algorithm", "SHA3_256");
        }},
       {"length",
        [](Json& top, Json&) {
          top.find("messageSignature")->find("messageDigest")->set("algorithm", "SHA2_512");
        }},
       {"signature", [](Json& top, Json&) { top.find("messageSignature")->erase("signature"); }},
       {"extra", [](Json& top, Json&) { top.find("messageSignature")->set("extra", 1); }}});
}

}  // namespace
}  // namespace sealift::sigstore
