// What is read from files, before anything is believed.
#include <sealift/base/encoding.h>
#include <sealift/tuf/metadata.h>

#include <support/result_matchers.h>
#include <support/tuf_repository.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace sealift::tuf {
namespace {

using test::TufRepository;
using testing::HasSubstr;

constexpr Timestamp kNow = std::chrono::sys_days(std::chrono::January / 1 / 2026);

// Any of the four files, read as its role.
Checked<> parse(const std::string& role, std::string_view bytes) {
  if (role == "root") SEALIFT_TRY(Root::parse(bytes));
  if (role == "timestamp") SEALIFT_TRY(TimestampRole::parse(bytes));
  if (role == "snapshot") SEALIFT_TRY(Snapshot::parse(bytes));
  if (role == "targets") SEALIFT_TRY(Targets::parse(bytes, role));
  return {};
}

struct Malformed {
  std::string name;
  std::string role;
  std::function<void(Json&)> change;  // of the file
  std::string message;
};

class MetadataForm : public testing::TestWithParam<Malformed> {};

Json& delegation(Json& file) {
  return (*file.find("signed")->find("delegations")->find("roles")->as_array())[0];
}

std::function<void(Json&)> put(std::string name, Json value) {
  return [=](Json& file) { file.find("signed")->set(name, value); };
}

std::function<void(Json&)> drop(std::string name) {
  return [=](Json& file) { file.find("signed")->erase(name); };
}

std::function<void(Json&)> put_delegation(std::string name, Json value) {
  return [=](Json& file) { delegation(file).set(name, value); };
}

const std::vector<Malformed> kMalformed = {
    {"NoObject", "root", [](Json& file) { file = Json::array(); }, "must be an object"},
    {"NoSigned", "root", [](Json& file) { file.erase("signed"); }, "signed: is required"},
    {"NoSignatures", "root", [](Json& file) { file.erase("signatures"); },
     "signatures: is required"},
    {"SignaturesNoArray", "root", [](Json& file) { file.set("signatures", Json::object()); },
     "signatures"},
    {"SignatureWithoutKey", "root",
     [](Json& file) { (*file.find("signatures")->as_array())[0].erase("keyid"); },
     "signatures[0].keyid: is required"},
    {"OtherType", "root", put("_type", "Root"), "signed._type"},
    {"NoSpecification", "root", drop("spec_version"), "spec_version: is required"},
    {"OtherSpecification", "root", put("spec_version", "2.0"), "only versions 1.x"},
    {"NoNumberOfSpecification", "root", put("spec_version", "1.x"), "only versions 1.x"},
    {"NoVersion", "root", drop("version"), "signed.version: is required"},
    {"VersionZero", "root", put("version", 0), "must be at least 1"},
    {"VersionText", "root", put("version", "1"), "must be a whole number"},
    {"VersionHuge", "root", put("version", Json::Number{"9223372036854775808"}), "64 bits"},
    {"NotWhole", "root", put("x-new", Json::Number{"1.5"}), "no whole number"},
    {"NoExpiry", "root", drop("expires"), "signed.expires: is required"},
    {"ExpiryNoTime", "root", put("expires", "tomorrow"), "signed.expires"},
    {"NoKeys", "root", drop("keys"), "signed.keys: is required"},
    {"NoRoles", "root", drop("roles"), "signed.roles: is required"},
    {"NoTimestampRole", "root",
     [](Json& file) { file.find("signed")->find("roles")->erase("timestamp"); },
     "signed.roles.timestamp: is required"},
    {"ThresholdZero", "root",
     [](Json& file) { file.find("signed")->find("roles")->find("targets")->set("threshold", 0); },
     "signed.roles.targets.threshold: must be at least 1"},
    {"KeyTwice", "root",
     [](Json& file) {
       Json& ids = *file.find("signed")->find("roles")->find("root")->find("keyids");
       ids.push_back((*ids.as_array())[0]);
     },
     "is there twice"},
    {"KeyNoObject", "root", [](Json& file) { file.find("signed")->find("keys")->set("a", "b"); },
     "signed.keys.a"},
    {"NoSnapshot", "timestamp", put("meta", Json::object()), "snapshot.json: is required"},
    {"ListedWithoutVersion", "timestamp",
     [](Json& file) { file.find("signed")->find("meta")->find("snapshot.json")->erase("version"); },
     "version: is required"},
    {"ListedWithUnknownHash", "timestamp",
     [](Json& file) {
       file.find("signed")
           ->find("meta")
           ->find("snapshot.json")
           ->set("hashes", *parse_json(R"({"md5":"00"})", "test"));
     },
     "neither sha256 nor sha512"},
    {"ListedWithBadHash", "timestamp",
     [](Json& file) {
       file.find("signed")
           ->find("meta")
           ->find("snapshot.json")
           ->set("hashes", *parse_json(R"({"sha256":"00"})", "test"));
     },
     "hashes.sha256"},
    {"NegativeLength", "timestamp",
     [](Json& file) {
       file.find("signed")->find("meta")->find("snapshot.json")->set("length", -1);
     },
     "must not be negative"},
    {"NoTargetsListed", "snapshot", put("meta", Json::object()), "does not list targets.json"},
    {"NoMeta", "snapshot", drop("meta"), "signed.meta: is required"},
    {"NoTargets", "targets", drop("targets"), "signed.targets: is required"},
    {"TargetWithoutLength", "targets",
     [](Json& file) { file.find("signed")->find("targets")->find("hello.txt")->erase("length"); },
     "length: is required"},
    {"TargetWithoutHashes", "targets",
     [](Json& file) { file.find("signed")->find("targets")->find("hello.txt")->erase("hashes"); },
     "hashes: is required"},
    {"TargetBeyondTheLimit", "targets",
     [](Json& file) {
       file.find("signed")->find("targets")->find("hello.txt")->set("length", kMaxTargetBytes + 1);
     },
     "the limit of a target"},
    {"PatternBeyondTheLimit", "targets",
     put_delegation("paths",
                    Json::Array{Json("*"), Json(std::string(kMaxTargetPathBytes + 1, '*'))}),
     "holds a pattern of more than 1024 bytes"},
    {"PathsAndPrefixes", "targets", put_delegation("path_hash_prefixes", Json::array()),
     "and not both"},
    {"NeitherPathsNorPrefixes", "targets", [](Json& file) { delegation(file).erase("paths"); },
     "and not both"},
    {"RoleWithoutName", "targets", [](Json& file) { delegation(file).erase("name"); },
     "name: is required"},
    {"RoleWithEmptyName", "targets", put_delegation("name", ""), "must have 1 to 200 bytes"},
    {"RoleWithLongName", "targets", put_delegation("name", std::string(67, '/')),
     "must have 1 to 200 bytes"},
    {"RoleOfTheRoot", "targets", put_delegation("name", "root"), "defined by the root alone"},
    {"RoleTwice", "targets",
     [](Json& file) {
       Json& roles = *file.find("signed")->find("delegations")->find("roles");
       roles.push_back(Json((*roles.as_array())[0]));
     },
     "is there twice"},
    {"SuccinctRoles", "targets",
     [](Json& file) {
       file.find("signed")->find("delegations")->set("succinct_roles", Json::object());
     },
     "is no part of the specification"},
    {"TerminatingText", "targets", put_delegation("terminating", "yes"), "terminating"}};

INSTANTIATE_TEST_SUITE_P(Cases, MetadataForm, testing::ValuesIn(kMalformed),
                         [](const auto& test) { return test.param.name; });

TEST_P(MetadataForm, IsRefusedWithThePlace) {
  TufRepository repository(kNow);
  repository.delegate("targets", "team", {"*"});
  repository.publish("targets");
  ASSERT_OK_ASSIGN(Json file, parse_json(repository.files().at(repository.file_of(GetParam().role)),
                                         GetParam().role));
  ASSERT_TRUE(parse(GetParam().role, dump_json(file)));
  GetParam().change(file);
  const auto parsed = parse(GetParam().role, dump_json(file));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().kind, RefusalKind::kMalformed);
  EXPECT_EQ(parsed.error().role, GetParam().role);
  EXPECT_THAT(parsed.error().message, HasSubstr(GetParam().message));
}

TEST(MetadataForm, RepeatedMembersAreRefusedAnywhere) {
  const TufRepository repository(kNow);
  auto bytes = repository.root(1);
  bytes.insert(bytes.find("\"threshold\""), "\"threshold\":1,");
  const auto parsed = Root::parse(bytes);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().kind, RefusalKind::kMalformed);
  EXPECT_THAT(parsed.error().message, HasSubstr("\"threshold\" is there twice"));
}

struct Pattern {
  std::string pattern;
  std::string path;
  bool matches;
};

TEST(DelegationPaths, AreShellPatternsWithinFolders) {
  for (const auto& [pattern, path, matches] :
       std::vector<Pattern>{{"targets/*.tgz", "targets/foo.tgz", true},
                            {"targets/*.tgz", "targets/foo.txt", false},
                            {"targets/*.tgz", "targets/deep/foo.tgz", false},
                            {"*", "foo", true},
                            {"*", "", true},
                            {"*", "a/b", false},
                            {"*/*", "a/b", true},
                            {"*/*", "a/b/c", false},
                            {"foo-version-?.tgz", "foo-version-2.tgz", true},
                            {"foo-version-?.tgz", "foo-version-alpha.tgz", false},
                            {"a?b", "a/b", false},
                            {"a?b", "aéb", true},
                            {"a??b", "aéb", false},
                            {"[abc]x", "bx", true},
                            {"[abc]x", "dx", false},
                            {"[a-c]x", "bx", true},
                            {"[!a-c]x", "bx", false},
                            {"[!a-c]x", "dx", true},
                            {"[!a]x", "/x", false},
                            {"[]]x", "]x", true},
                            {"[.-0]x", "/x", false},
                            {"[a", "[a", true},
                            {"[a/b]", "[a/b]", true},
                            {"[a/b]", "a", false},
                            {"[a-]", "-", true},
                            {"**a*b", "xxaxxb", true},
                            {"a*a*a", "aa", false},
                            {"*a/b", "ca/b", true},
                            {"*a/b", "c/a/b", false},
                            {"a\\*b", "a*b", false},
                            {"A", "a", false},
                            {"", "", true},
                            {"", "a", false},
                            {"/a", "a", false}}) {
    const Delegation delegation{.role = "team", .paths = {"no such", pattern}};
    EXPECT_EQ(delegation.covers(path), matches) << pattern << " and " << path;
  }
}

TEST(DelegationPaths, OfBinsAreHashes) {
  const auto hash = Digest::of("folder/a.txt").hex();
  const Delegation bin{.role = "bin", .hash_prefixes = {"ffffff", hash.substr(0, 2)}};
  EXPECT_TRUE(bin.covers("folder/a.txt"));
  const Delegation other{.role = "bin", .hash_prefixes = {hash.substr(1, 5)}};
  EXPECT_FALSE(other.covers("folder/a.txt"));
  const Delegation nothing{.role = "nothing"};
  EXPECT_FALSE(nothing.covers("folder/a.txt"));
}

TEST(Refusals, NameTheWayOutAsErrors) {
  struct Case {
    RefusalKind kind;
    ErrorCode code;
    std::string message;
  };
  for (const auto& [kind, code, message] : std::vector<Case>{
           {RefusalKind::kSignatures, ErrorCode::kUntrusted, "begin with a newer root"},
           {RefusalKind::kRollback, ErrorCode::kUntrusted, "look at its mirrors and caches"},
           {RefusalKind::kVersion, ErrorCode::kUntrusted, "copy the repository again"},
           {RefusalKind::kLength, ErrorCode::kUntrusted, "copy the repository again"},
           {RefusalKind::kHash, ErrorCode::kUntrusted, "copy the repository again"},
           {RefusalKind::kUnlisted, ErrorCode::kUntrusted, "copy the repository again"},
           {RefusalKind::kExpired, ErrorCode::kUntrusted, "root 1 is odd"},
           {RefusalKind::kMalformed, ErrorCode::kInvalidInput, "root 1 is odd"},
           {RefusalKind::kLimit, ErrorCode::kInvalidInput, "root 1 is odd"}}) {
    const Error error = Refusal{kind, "root", 1, "root 1 is odd"};
    EXPECT_EQ(error.code(), code) << to_string(kind);
    EXPECT_THAT(error.message(),
                testing::AllOf(testing::StartsWith("root 1 is odd"), testing::HasSubstr(message)));
  }
}

TEST(EscapedRole, KeepsFileNamesPlain) {
  EXPECT_EQ(escaped_role("registry.npmjs.org"), "registry.npmjs.org");
  EXPECT_EQ(escaped_role("../a b%é"), "..%2Fa%20b%25%C3%A9");
}

struct KeyForm {
  std::string type;
  std::string scheme;
  std::string value;
  std::string message;  // empty: it is read
};

TEST(VerificationKeys, AreTakenInTheFormsOfSecuresystemslib) {
  const auto key = [](crypto::KeyType type) {
    return crypto::PrivateKey::generate(type)->public_key();
  };
  const auto tail = [](const crypto::PublicKey& of, std::size_t bytes) {
    return hex_encode(std::string_view(of.der()).substr(of.der().size() - bytes));
  };
  const auto p256 = key(crypto::KeyType::kEcdsaP256);
  const auto p384 = key(crypto::KeyType::kEcdsaP384);
  const auto ed25519 = key(crypto::KeyType::kEd25519);
  const auto rsa = key(crypto::KeyType::kRsa2048);
  for (const auto& [type, scheme, value, message] : std::vector<KeyForm>{
           {"ecdsa", "ecdsa-sha2-nistp256", p256.to_pem(), ""},
           {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", p256.to_pem(), ""},
           {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", tail(p256, 65), ""},
           {"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", tail(p384, 97), ""},
           {"ecdsa", "ecdsa-sha2-nistp384", p384.to_pem(), ""},
           {"ed25519", "ed25519", tail(ed25519, 32), ""},
           {"rsa", "rsassa-pss-sha256", rsa.to_pem(), ""},
           {"rsa", "rsa-pkcs1v15-sha512", rsa.to_pem(), ""},
           {"ecdsa", "ecdsa-sha2-nistp384", p256.to_pem(), "does not suit"},
           {"rsa", "rsassa-pss-sha256", p256.to_pem(), "does not suit"},
           {"ecdsa", "ed25519", tail(ed25519, 32), "are not known here"},
           {"rsa", "rsassa-pss-md5", rsa.to_pem(), "are not known here"},
           {"rsa", "rsassa-pss-sha256", "00", "no PEM block"},
           {"ed25519", "ed25519", "00", "the public value"},
           {"ed25519", "ed25519", "xy", "the public value"},
           {"ecdsa", "ecdsa-sha2-nistp256", "04" + std::string(128, '1'), "the public value"},
           {"ecdsa", "ecdsa-sha2-nistp256", "", "the public value"}}) {
    const auto read = read_verification_key(type, scheme, value);
    if (message.empty()) {
      EXPECT_OK(read) << scheme;
    } else {
      EXPECT_THAT(read, test::fails_with(ErrorCode::kInvalidInput, message)) << scheme;
    }
  }
}

}  // namespace
}  // namespace sealift::tuf
