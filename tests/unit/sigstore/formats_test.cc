#include "support/result_matchers.h"

#include <sealift/base/encoding.h>
#include <sealift/sigstore/dsse.h>
#include <sealift/sigstore/simple_signing.h>
#include <sealift/sigstore/statement.h>

#include <gtest/gtest.h>

namespace sealift::sigstore {
namespace {

using sealift::test::fails_with;

TEST(PreAuthenticationEncoding, IsTheSpecificationsExample) {
  EXPECT_EQ(pre_authentication_encoding("http://example.com/HelloWorld", "hello world"),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

TEST(Dsse, ReadsBackWhatItWrites) {
  const DsseEnvelope envelope{"text/plain", std::string("a\0b", 3), "\xff\xfe"};
  ASSERT_OK_ASSIGN(const auto again, parse_dsse(dump_json(to_json(envelope)), "envelope"));
  EXPECT_EQ(again, envelope);
}

TEST(Dsse, RefusesEachBrokenRule) {
  const std::string good =
      R"({"payload":"aGk=","payloadType":"text/plain","signatures":[{"sig":"AAAA","keyid":""}]})";
  EXPECT_OK(parse_dsse(good, "envelope"));
  const std::pair<const char*, const char*> kCases[] = {
      {R"({"payloadType":"t","signatures":[{"sig":"AAAA"}]})", "envelope.payload: is required"},
      {R"({"payload":"aGk=","signatures":[{"sig":"AAAA"}]})", "payloadType: is required"},
      {R"({"payload":"aGk=","payloadType":"t"})", "exactly one signature, not 0"},
      {R"({"payload":"aGk=","payloadType":"t","signatures":[]})", "exactly one signature, not 0"},
      {R"({"payload":"aGk=","payloadType":"t","signatures":[{"sig":"AAAA"},{"sig":"AAAA"}]})",
       "exactly one signature, not 2"},
      {R"({"payload":"aGk=","payloadType":"t","signatures":[{}]})", "sig: is required"},
      {R"({"payload":"aGk","payloadType":"t","signatures":[{"sig":"AAAA"}]})", "payload: is not"},
      {R"({"payload":"aGk=","payloadType":"t","signatures":[{"sig":"A"}]})", "sig: is not base64"},
      {R"({"payload":"aGk=","payloadType":"t","signatures":[{"sig":"AAAA","x":1}]})", "x"},
      {R"({"payload":"aGk=","payloadType":"t","signatures":[{"sig":"AAAA"}],"x":1})", "x"},
      {R"({"payload":1,"payloadType":"t","signatures":[{"sig":"AAAA"}]})", "payload: must be"},
      {"[]", "must be an object"},
  };
  for (const auto& [text, message] : kCases) {
    EXPECT_THAT(parse_dsse(text, "envelope"), fails_with(ErrorCode::kInvalidInput, message))
        << text;
  }
  EXPECT_THAT(parse_dsse(std::string(kMaxSignatureBytes + 1, ' '), "envelope"),
              fails_with(ErrorCode::kInvalidInput));
}

TEST(Statement, SaysWhatItIsAbout) {
  const Digest digest = Digest::of("artifact");
  ASSERT_OK_ASSIGN(const auto statement, parse_statement(signature_statement(digest), "statement"));
  EXPECT_EQ(statement.predicate_type, kSignaturePredicateType);
  EXPECT_TRUE(statement.is_about(digest));
  EXPECT_FALSE(statement.is_about(Digest::of("another")));
  EXPECT_FALSE(statement.is_about(Digest::of("artifact", Digest::Algorithm::kSha512)));
  const Digest longer = Digest::of("artifact", Digest::Algorithm::kSha512);
  EXPECT_TRUE(parse_statement(signature_statement(longer), "statement").value().is_about(longer));
}

TEST(Statement, IsWrittenAsCosignWritesIt) {
  EXPECT_EQ(signature_statement(Digest::of("")),
            R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":)"
            R"("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}],)"
            R"("predicateType":"https://sigstore.dev/cosign/sign/v1","predicate":{}})");
}

TEST(Statement, ReadsBothVersionsAndIgnoresWhatIsNew) {
  for (const char* type :
       {"https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"}) {
    const std::string text = std::string(R"({"_type":")") + type +
                             R"(","subject":[{"name":"a","digest":{"sha256":"00"},"new":1},)"
                             R"({"digest":{"sha1":"11"}}],"predicateType":"p","predicate":{"k":1},)"
                             R"("new":1})";
    ASSERT_OK_ASSIGN(const auto statement, parse_statement(text, "statement"));
    EXPECT_EQ(statement.subjects.size(), 2u);
    EXPECT_EQ(statement.subjects[0].name, "a");
    EXPECT_EQ(statement.predicate.find("k")->as_int64(), 1);
  }
}

TEST(Statement, RefusesEachBrokenRule) {
  const Json good = parse_json(signature_statement(Digest::of("")), "statement").value();
  const struct {
    const char* message;
    void (*change)(Json&);
  } kCases[] = {
      {"_type", [](Json& top) { top.set("_type", "https://in-toto.io/Statement/v2"); }},
      {"_type", [](Json& top) { top.erase("_type"); }},
      {"predicateType", [](Json& top) { top.erase("predicateType"); }},
      {"1 to 1024 subjects, not 0", [](Json& top) { top.erase("subject"); }},
      {"1 to 1024 subjects, not 1025",
       [](Json& top) {
         top.set("subject", Json::Array(1025, top.find("subject")->as_array()->at(0)));
       }},
      {"digest",
       [](Json& top) { top.find("subject")->as_array()->at(0).set("digest", Json::object()); }},
  };
  for (const auto& test : kCases) {
    Json changed = good;
    test.change(changed);
    EXPECT_THAT(parse_statement(dump_json(changed), "statement"),
                fails_with(ErrorCode::kInvalidInput, test.message))
        << test.message;
  }
}

TEST(SimpleSigning, IsWrittenAsCosignWritesIt) {
  EXPECT_EQ(serialize_simple_signing("example.com/app", Digest::of("")),
            R"({"critical":{"identity":{"docker-reference":"example.com/app"},)"
            R"("image":{"docker-manifest-digest":"sha256:)"
            R"(e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},)"
            R"("type":"cosign container image signature"},"optional":null})");
}

TEST(SimpleSigning, ReadsBackAndIgnoresWhatIsOptional) {
  Json json =
      parse_json(serialize_simple_signing("example.com/app", Digest::of("")), "payload").value();
  json.set("optional", Json::Object{{"creator", "x"}, {"timestamp", 1}});
  ASSERT_OK_ASSIGN(const auto payload, parse_simple_signing(dump_json(json), "payload"));
  EXPECT_EQ(payload.type, kSimpleSigningType);
  EXPECT_EQ(payload.docker_reference, "example.com/app");
  EXPECT_EQ(payload.digest, Digest::of(""));
}

TEST(SimpleSigning, RefusesEachBrokenRule) {
  const Json good =
      parse_json(serialize_simple_signing("example.com/app", Digest::of("")), "payload").value();
  const struct {
    const char* message;
    void (*change)(Json& top, Json& critical);
  } kCases[] = {
      {"critical", [](Json& top, Json&) { top.erase("critical"); }},
      {"extra", [](Json& top, Json&) { top.set("extra", 1); }},
      {"extra", [](Json&, Json& critical) { critical.set("extra", 1); }},
      {"type", [](Json&, Json& critical) { critical.erase("type"); }},
      {"docker-reference", [](Json&, Json& critical) { critical.set("identity", Json::object()); }},
      {"docker-manifest-digest",
       [](Json&, Json& critical) { critical.set("image", Json::object()); }},
      {"docker-manifest-digest",
       [](Json&, Json& critical) {
         critical.find("image")->set("docker-manifest-digest", "sha256:short");
       }},
      {"extra", [](Json&, Json& critical) { critical.find("image")->set("extra", 1); }},
      {"extra", [](Json&, Json& critical) { critical.find("identity")->set("extra", 1); }},
  };
  for (const auto& test : kCases) {
    Json changed = good;
    test.change(changed, *changed.find("critical"));
    EXPECT_THAT(parse_simple_signing(dump_json(changed), "payload"),
                fails_with(ErrorCode::kInvalidInput, test.message))
        << test.message;
  }
}

}  // namespace
}  // namespace sealift::sigstore
