#include "support/result_matchers.h"

#include <sealift/oci/reference.h>

#include <gtest/gtest.h>

namespace sealift::oci {
namespace {

using test::fails_with;

const std::string kDigest = "sha256:" + std::string(64, 'a');

struct Accepted {
  std::string text;
  Reference::Kind kind;
  std::string registry;
  std::string repository;
  std::string tag;     // empty: none
  std::string digest;  // empty: none
  std::string name;
};

class AcceptedReference : public testing::TestWithParam<Accepted> {};

TEST_P(AcceptedReference, HasItsPartsAndReadsItselfBack) {
  const Accepted& expected = GetParam();
  ASSERT_OK_ASSIGN(const Reference reference, Reference::parse(expected.text));
  EXPECT_EQ(reference.kind(), expected.kind);
  EXPECT_EQ(reference.registry(), expected.registry);
  EXPECT_EQ(reference.repository(), expected.repository);
  EXPECT_EQ(reference.tag().value_or(""), expected.tag);
  EXPECT_EQ(reference.digest() ? reference.digest()->to_string() : "", expected.digest);
  EXPECT_EQ(reference.name(), expected.name);
  ASSERT_OK_ASSIGN(const Reference again, Reference::parse(reference.to_string()));
  EXPECT_EQ(again, reference);
}

constexpr auto kRegistry = Reference::Kind::kRegistry;
constexpr auto kLayout = Reference::Kind::kLayout;

INSTANTIATE_TEST_SUITE_P(
    Table, AcceptedReference,
    testing::Values(
        Accepted{"oci://registry.example.com/shop", kRegistry, "registry.example.com", "shop", "",
                 "", "registry.example.com/shop"},
        Accepted{"oci://Registry.Example.com:5000/team/shop:v1.0", kRegistry,
                 "registry.example.com:5000", "team/shop", "v1.0", "",
                 "registry.example.com:5000/team/shop"},
        Accepted{"oci://localhost/a/b/c@" + kDigest, kRegistry, "localhost", "a/b/c", "", kDigest,
                 "localhost/a/b/c"},
        Accepted{"oci://h/a:tag@" + kDigest, kRegistry, "h", "a", "tag", kDigest, "h/a"},
        Accepted{"oci://[::1]:5000/a", kRegistry, "[::1]:5000", "a", "", "", "[::1]:5000/a"},
        Accepted{"oci://h/a.b_c__d-e--f/0", kRegistry, "h", "a.b_c__d-e--f/0", "", "",
                 "h/a.b_c__d-e--f/0"},
        Accepted{"oci-layout:out", kLayout, "", "out", "", "", "oci-layout:out"},
        Accepted{"oci-layout:/srv/My Files/out:v1@" + kDigest, kLayout, "", "/srv/My Files/out",
                 "v1", kDigest, "oci-layout:/srv/My Files/out"},
        Accepted{"oci-layout:../out//", kLayout, "", "../out", "", "", "oci-layout:../out"},
        Accepted{"oci-layout:/", kLayout, "", "/", "", "", "oci-layout:/"},
        Accepted{"oci-layout:c:/out:v1", kLayout, "", "c:/out", "v1", "", "oci-layout:c:/out"},
        Accepted{"oci-layout:a:b/:v1", kLayout, "", "a:b/", "v1", "", "oci-layout:a:b/"}));

struct Refused {
  std::string text;
  std::string reason;
};

class RefusedReference : public testing::TestWithParam<Refused> {};

TEST_P(RefusedReference, SaysWhy) {
  EXPECT_THAT(Reference::parse(GetParam().text),
              fails_with(ErrorCode::kInvalidInput, GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedReference,
    testing::Values(
        Refused{"", "oci://"}, Refused{"registry.example.com/shop:v1", "write oci://registry"},
        Refused{"https://registry.example.com/shop", "must begin with oci://"},
        Refused{"oci://", "names no registry"}, Refused{"oci://host", "names no registry"},
        Refused{"oci://host/", "names no registry"}, Refused{"oci:///shop", "names no registry"},
        Refused{"oci://user@host/shop", "not a host name"},
        Refused{"oci://host:0/shop", "not a host name"},
        Refused{"oci://host:65536/shop", "not a host name"},
        Refused{"oci://host:/shop", "not a host name"},
        Refused{"oci://-host/shop", "not a host name"},
        Refused{"oci://a..b/shop", "not a host name"},
        Refused{"oci://[::1/shop", "not a host name"}, Refused{"oci://h?x/shop", "not a host name"},
        Refused{"oci://h/Shop", "lower-case"}, Refused{"oci://h/a//b", "lower-case"},
        Refused{"oci://h/../a", "lower-case"}, Refused{"oci://h/a___b", "lower-case"},
        Refused{"oci://h/a_", "lower-case"}, Refused{"oci://h/a:", "tag"},
        Refused{"oci://h/a:.x", "tag"}, Refused{"oci://h/a:x/y", "lower-case"},
        Refused{"oci://h/a:" + std::string(129, 't'), "1 to 128"},
        Refused{"oci://h/a@md5:00", "behind @"},
        Refused{"oci://h/a@sha256:" + std::string(63, 'a'), "behind @"},
        Refused{"oci://h/a@" + kDigest + ":tag", "behind @"},
        Refused{"oci://h/" + std::string(254, 'a'), "255"},
        Refused{"oci-layout:", "names no directory"},
        Refused{"oci-layout::v1", "names no directory"},
        Refused{"oci-layout:" + std::string("a\0b", 3), "NUL"},
        Refused{"oci-layout:" + std::string(4097, 'a'), "4096"}));

TEST(Reference, AsksForTheDigestBeforeTheTag) {
  ASSERT_OK_ASSIGN(const Reference bare, Reference::parse("oci://h/a"));
  EXPECT_EQ(bare.tag_or_digest(), "latest");
  const Reference tagged = bare.with_tag("v1");
  EXPECT_EQ(tagged.tag_or_digest(), "v1");
  const Reference pinned = tagged.with_digest(Digest::of("x"));
  EXPECT_EQ(pinned.tag_or_digest(), Digest::of("x").to_string());
  EXPECT_EQ(pinned.tag(), "v1");
  EXPECT_EQ(pinned.with_tag("v2").tag_or_digest(), "v2") << "a new tag drops the digest";
}

}  // namespace
}  // namespace sealift::oci
