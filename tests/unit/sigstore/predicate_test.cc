#include "support/result_matchers.h"

#include <sealift/base/encoding.h>
#include <sealift/sigstore/known_signing_config.h>
#include <sealift/sigstore/predicate.h>
#include <sealift/sigstore/signing_config.h>
#include <sealift/sigstore/statement.h>

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace sealift::sigstore {
namespace {

using sealift::test::fails_with;

const Timestamp kNow = parse_timestamp("2026-06-01T12:00:00Z").value();

// A document of each type with nothing but what its specification requires.
struct Sample {
  std::string_view type;
  std::string text;
  std::vector<std::string> required;  // paths, by their members
};

const std::vector<Sample>& samples() {
  static const std::vector<Sample> all = {
      {kSlsaProvenance1,
       R"({"buildDefinition":{"buildType":"https://b","externalParameters":{}},)"
       R"("runDetails":{"builder":{"id":"https://i"}}})",
       {"buildDefinition", "buildDefinition.buildType", "buildDefinition.externalParameters",
        "runDetails", "runDetails.builder", "runDetails.builder.id"}},
      {kSlsaProvenance02,
       R"({"builder":{"id":"https://i"},"buildType":"https://b"})",
       {"builder", "builder.id", "buildType"}},
      {kSpdxDocument,
       R"({"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT","name":"n",)"
       R"("documentNamespace":"https://n","creationInfo":{"created":"2026-01-01T00:00:00Z",)"
       R"("creators":["Tool: t"]}})",
       {"spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo",
        "creationInfo.created", "creationInfo.creators"}},
      {kSpdxDocument,
       R"({"@context":"https://spdx.org/rdf/3.0.1/c.jsonld","@graph":[{}]})",
       {"@graph"}},
      {kCycloneDx,
       R"({"bomFormat":"CycloneDX","specVersion":"1.6"})",
       {"bomFormat", "specVersion"}},
      {kOpenVex,
       R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://v","author":"a",)"
       R"("timestamp":"2026-01-01T00:00:00Z","version":1,"statements":[)"
       R"({"vulnerability":{"name":"CVE-2026-1"},"status":"fixed"}]})",
       {"@context", "@id", "author", "timestamp", "version", "statements"}},
      {kCosignVulnerabilities,
       R"({"invocation":{},"scanner":{"uri":"u","version":"1","result":{}},)"
       R"("metadata":{"scanStartedOn":"t","scanFinishedOn":"t"}})",
       {"scanner", "scanner.uri", "scanner.version", "scanner.result", "metadata",
        "metadata.scanStartedOn", "metadata.scanFinishedOn"}},
  };
  return all;
}

Json* find(Json& from, std::string path) {
  Json* value = &from;
  while (value != nullptr && !path.empty()) {
    const auto end = path.find('.');
    value = value->find(path.substr(0, end));
    path.erase(0, end == std::string::npos ? end : end + 1);
  }
  return value;
}

std::string without(const Sample& sample, const std::string& path, const Json* instead) {
  Json json = parse_json(sample.text, "sample").value();
  const auto dot = path.rfind('.');
  Json* parent = dot == std::string::npos ? &json : find(json, path.substr(0, dot));
  const std::string name = dot == std::string::npos ? path : path.substr(dot + 1);
  if (instead != nullptr) {
    parent->set(name, *instead);
  } else {
    parent->erase(name);
  }
  return dump_json(json);
}

Result<Json> read(std::string_view type, std::string_view text) {
  return read_predicate(type, text, kNow, "predicate.json");
}

TEST(Predicate, HasWhatItsTypeRequires) {
  for (const auto& sample : samples()) {
    SCOPED_TRACE(sample.text);
    ASSERT_OK_ASSIGN(const auto predicate, read(sample.type, sample.text));
    EXPECT_EQ(dump_json(predicate), sample.text);
    const Json wrong[] = {Json(), Json(false), Json(""), Json(Json::Array{})};
    for (const auto& path : sample.required) {
      // Of a member that holds others, one of these is named.
      EXPECT_THAT(read(sample.type, without(sample, path, nullptr)),
                  fails_with(ErrorCode::kInvalidInput, path))
          << path;
      for (const auto& value : wrong) {
        const bool may_be_anything = path == "version" || path == "scanner.result";
        if (may_be_anything && !value.is_null()) continue;
        EXPECT_THAT(read(sample.type, without(sample, path, &value)),
                    fails_with(ErrorCode::kInvalidInput, path))
            << path << dump_json(value);
      }
    }
  }
}

TEST(Predicate, IsOfItsTypeAndNotOfAnother) {
  for (const auto& sample : samples()) {
    for (const auto& other : samples()) {
      if (sample.type == other.type) continue;
      EXPECT_THAT(read(other.type, sample.text), fails_with(ErrorCode::kInvalidInput, "is no "))
          << other.type << sample.text;
    }
  }
  const std::pair<std::string_view, const char*> kCases[] = {
      {kCycloneDx, R"({"bomFormat":"SPDX","specVersion":"1.6"})"},
      {kOpenVex,
       R"({"@context":"https://example.com","@id":"i","author":"a","timestamp":"t","version":1,)"
       R"("statements":[{"vulnerability":"v","status":"fixed"}]})"},
      {kOpenVex, R"({"@context":"https://openvex.dev/ns","@id":"i","author":"a","timestamp":"t",)"
                 R"("version":1,"statements":[{"vulnerability":"v","status":"unknown"}]})"},
      {kOpenVex, R"({"@context":"https://openvex.dev/ns","@id":"i","author":"a","timestamp":"t",)"
                 R"("version":1,"statements":[{"status":"fixed"}]})"},
  };
  for (const auto& [type, text] : kCases) {
    EXPECT_THAT(read(type, text), fails_with(ErrorCode::kInvalidInput, "is no ")) << text;
  }
}

TEST(Predicate, OfATypeThatIsNotKnownIsAnObject) {
  const std::string kText = R"({"b":1.50,"a":18446744073709551616})";
  ASSERT_OK_ASSIGN(const auto predicate, read("https://example.com/type", kText));
  EXPECT_EQ(dump_json(predicate), kText);
  for (const char* text : {"[]", "\"text\"", "1", "null", "", "{", "{\"a\":1,\"a\":2}"}) {
    EXPECT_THAT(read("https://example.com/type", text), fails_with(ErrorCode::kInvalidInput))
        << text;
  }
}

TEST(Predicate, TypesAreUris) {
  EXPECT_OK(read("urn:x", "{}"));
  for (const char* type : {"", "slsa", ":x", "x:", "https://a b", "https://a\n", "h/s://x"}) {
    EXPECT_THAT(read(type, "{}"), fails_with(ErrorCode::kInvalidInput, "a URI")) << type;
  }
}

TEST(Predicate, OfNoFormIsWrappedAsCosignDoes) {
  ASSERT_OK_ASSIGN(const auto predicate, read(kCosignCustom, "a\n<b>"));
  EXPECT_EQ(dump_json(predicate), R"({"Data":"a\n<b>","Timestamp":"2026-06-01T12:00:00Z"})");
  EXPECT_THAT(read(kCosignCustom, "\xff"), fails_with(ErrorCode::kInvalidInput, "UTF-8"));
}

TEST(AttestationStatement, IsAboutTheArtifactAndReadsBack) {
  const Digest digest = Digest::of("artifact");
  const std::string text =
      attestation_statement("registry.example.com/shop", digest, "https://example.com/type",
                            Json::Object{{"b", 1}, {"a", 2}});
  EXPECT_EQ(text, R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":)"
                  R"("registry.example.com/shop","digest":{"sha256":")" +
                      digest.hex() +
                      R"("}}],"predicateType":"https://example.com/type",)"
                      R"("predicate":{"b":1,"a":2}})");
  ASSERT_OK_ASSIGN(const auto statement, parse_statement(text, "statement"));
  EXPECT_TRUE(statement.is_about(digest));
  EXPECT_EQ(statement.predicate_type, "https://example.com/type");
}

TEST(KnownSigningConfig, NamesThePublicServices) {
  const auto& known = public_signing_config();
  ASSERT_OK_ASSIGN(const auto config, parse_signing_config(known.bytes, "built in"));
  ASSERT_OK_ASSIGN(const auto authority,
                   select_service(config.certificate_authorities, {1}, kNow, "authority"));
  EXPECT_EQ(authority.url, "https://fulcio.sigstore.dev");
  ASSERT_OK_ASSIGN(const auto logs, select_services(config.transparency_logs, config.log_selection,
                                                    {1, 2}, kNow, "log"));
  ASSERT_EQ(logs.size(), 1u);
  EXPECT_EQ(logs[0].url, "https://rekor.sigstore.dev");
  ASSERT_OK_ASSIGN(const auto stamps,
                   select_services(config.timestamp_authorities, config.timestamp_selection, {1},
                                   kNow, "time stamps"));
  ASSERT_EQ(stamps.size(), 1u);
  EXPECT_EQ(stamps[0].url, "https://timestamp.sigstore.dev/api/v1/timestamp");
}

}  // namespace
}  // namespace sealift::sigstore
