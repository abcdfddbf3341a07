// A registry that lies about content, and lists that lead nowhere.
#include "registry_fixture.h"

namespace sealift::oci {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::SeenRequest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class RegistryContentTest : public RegistryTest {
 protected:
  void answer_with(FakeAnswer answer) {
    on_request = [answer = std::move(answer)](const SeenRequest&) { return answer; };
  }
};

TEST_F(RegistryContentTest, AManifestMustHashToTheDigestThatWasAskedFor) {
  answer_with(typed(manifest("other"), media_type::kManifest));
  EXPECT_THAT(open()->fetch_manifest(Digest::of(manifest()).to_string(), {}),
              fails_with(ErrorCode::kUntrusted, "gave other content"));
}

TEST_F(RegistryContentTest, DockerContentDigestMustAgree) {
  answer_with(typed(manifest(), media_type::kManifest)
                  .with_header("Docker-Content-Digest", Digest::of("x").to_string()));
  const auto repository = open();
  EXPECT_THAT(repository->fetch_manifest("v1", {}), fails_with(ErrorCode::kUntrusted));
  EXPECT_THAT(repository->fetch_manifest(Digest::of(manifest()).to_string(), {}),
              fails_with(ErrorCode::kUntrusted, "Docker-Content-Digest"));
  EXPECT_THAT(repository->push_manifest(manifest(), media_type::kManifest, "v1", {}),
              fails_with(ErrorCode::kUntrusted, "Docker-Content-Digest"));
  answer_with(typed("", media_type::kManifest)
                  .with_header("Docker-Content-Digest", Digest::of("x").to_string())
                  .with_header("Content-Length", "7"));
  EXPECT_THAT(repository->resolve(Digest::of("y").to_string(), {}),
              fails_with(ErrorCode::kUntrusted, "Docker-Content-Digest"));
  answer_with(typed(manifest(), media_type::kManifest).with_header("Docker-Content-Digest", "x"));
  EXPECT_THAT(repository->fetch_manifest("v1", {}), fails_with(ErrorCode::kInvalidInput));
}

TEST_F(RegistryContentTest, Sha512IsADigestLikeAnother) {
  const Digest digest = Digest::of(manifest(), Digest::Algorithm::kSha512);
  answer_with(typed(manifest(), media_type::kManifest)
                  .with_header("Docker-Content-Digest", digest.to_string()));
  ASSERT_OK_ASSIGN(const auto by_tag, open()->fetch_manifest("v1", {}));
  EXPECT_EQ(by_tag.descriptor.digest, digest);
  EXPECT_OK(open()->fetch_manifest(digest.to_string(), {}));
  EXPECT_OK(open()->fetch_manifest(Digest::of(manifest()).to_string(), {}));
}

TEST_F(RegistryContentTest, ResolvingIsOneHeadRequestWhereTheAnswerIsComplete) {
  const std::string bytes = manifest();
  on_request = [&](const SeenRequest&) {
    return typed(bytes, media_type::kManifest)
        .with_header("Docker-Content-Digest", Digest::of(bytes).to_string())
        .with_header("Content-Length", std::to_string(bytes.size()));
  };
  ASSERT_OK_ASSIGN(const auto found, open()->resolve("v1", {}));
  EXPECT_EQ(found, describe(bytes, media_type::kManifest));
  EXPECT_THAT(transport_.request_lines(),
              ElementsAre("HEAD https://registry.example/v2/shop/manifests/v1"));
  EXPECT_THAT(std::string(transport_.requests()[0].headers.get("Accept").value_or("")),
              HasSubstr(std::string(media_type::kIndex)));

  answer_with(typed(bytes, media_type::kManifest));
  ASSERT_OK_ASSIGN(const auto computed, open()->resolve("v1", {}));
  EXPECT_EQ(computed, describe(bytes, media_type::kManifest));
}

TEST_F(RegistryContentTest, ContentTypeMustAgreeWithMediaType) {
  answer_with(typed(manifest(), media_type::kIndex));
  EXPECT_THAT(open()->fetch_manifest("v1", {}), fails_with(ErrorCode::kInvalidInput, "states"));
  answer_with(typed("{}", "application/json"));
  EXPECT_THAT(open()->fetch_manifest("v1", {}), fails_with(ErrorCode::kInvalidInput, "neither"));
  answer_with(typed("<html>", "text/html"));
  EXPECT_THAT(open()->fetch_manifest("v1", {}), fails_with(ErrorCode::kInvalidInput));
  answer_with(typed(manifest(), std::string(media_type::kManifest) + "; charset=utf-8"));
  EXPECT_OK(open()->fetch_manifest("v1", {}));
}

TEST_F(RegistryContentTest, AManifestBeyondTheLimitIsRefused) {
  answer_with(typed(std::string(kMaxManifestBytes + 1, ' '), media_type::kManifest));
  EXPECT_THAT(open()->fetch_manifest("v1", {}), fails_with(ErrorCode::kInvalidInput, "limit"));
}

TEST_F(RegistryContentTest, AnErrorOfAnySizeIsCut) {
  answer_with(status(404, std::string(500'000, 'x')));
  const auto cut = open()->fetch_manifest("v1", {});
  EXPECT_THAT(cut, fails_with(ErrorCode::kNotFound));
  EXPECT_LT(cut.error().message().size(), 600u);
  answer_with(status(404, std::string(3'000'000, 'x')));
  EXPECT_THAT(fetch(*open(), describe("content")), fails_with(ErrorCode::kInvalidInput, "1 MiB"));
}

TEST_F(RegistryContentTest, ABlobMustBeWhatItsDescriptorNames) {
  for (const auto& [body, reason] : std::vector<std::pair<std::string, std::string>>{
           {"contenT", "hashes to"}, {"content!", "more than the 7 bytes"}, {"conten", "has 6"}}) {
    answer_with(status(200, body));
    EXPECT_THAT(fetch(*open(), describe("content")), fails_with(ErrorCode::kUntrusted, reason));
  }
}

TEST_F(RegistryContentTest, OnlyTagsAndDigestsGetIntoAUrl) {
  for (const char* name : {"", "../../other/manifests/v1", "a b", "v1?x", "sha256:abc", "a:b"}) {
    EXPECT_THAT(open()->fetch_manifest(name, {}), fails_with(ErrorCode::kInvalidInput)) << name;
    EXPECT_THAT(open()->resolve(name, {}), fails_with(ErrorCode::kInvalidInput)) << name;
  }
  EXPECT_EQ(transport_.request_count(), 0u);
}

TEST_F(RegistryContentTest, ErrorsAreReadableAndHarmless) {
  answer_with(
      status(404, R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"no\u001b[31m such"}]})"));
  const auto unknown = open()->fetch_manifest("v1", {});
  EXPECT_THAT(unknown, fails_with(ErrorCode::kNotFound, "404 MANIFEST_UNKNOWN: no\\x1b[31m such"));
  answer_with(status(403, "<html><body>no</body></html>"));
  const auto forbidden = open()->fetch_manifest("v1", {});
  EXPECT_THAT(forbidden,
              fails_with(ErrorCode::kForbidden, "fetch the manifest v1 of \"shop\" (403)"));
  answer_with(status(400, "Client sent an HTTP request to an HTTPS server.\n"));
  EXPECT_THAT(open()->fetch_manifest("v1", {}),
              fails_with(ErrorCode::kInvalidInput, "omit --plain-http"));
}

TEST_F(RegistryContentTest, WarningsArePassedOnOnce) {
  answer_with(typed(manifest(), media_type::kManifest)
                  .with_header("Warning", R"(299 - "this registry closes \x07 soon")")
                  .with_header("Warning", R"(199 - "not for us")"));
  std::vector<std::string> warnings;
  RepositoryOptions options;
  options.on_warning = [&](std::string_view text) { warnings.emplace_back(text); };
  const auto repository = open(options);
  ASSERT_OK(repository->fetch_manifest("v1", {}));
  ASSERT_OK(repository->fetch_manifest("v1", {}));
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("registry.example warns: this registry closes")));
}

TEST_F(RegistryContentTest, TagsComeInPages) {
  on_request = [](const SeenRequest& request) {
    if (request.url.ends_with("n=1000")) {
      return FakeAnswer::json(200, R"({"name":"shop","tags":["v2","v1"]})")
          .with_header("Link", R"(</v2/shop/tags/list?n=2&last=v2>; rel="next")");
    }
    return FakeAnswer::json(200, R"({"tags":["v3","v1"]})");
  };
  ASSERT_OK_ASSIGN(const auto tags, open()->tags({}));
  EXPECT_THAT(tags, ElementsAre("v1", "v2", "v3"));
}

TEST_F(RegistryContentTest, NoTagsMayBeWrittenAsNull) {
  answer_with(FakeAnswer::json(200, R"({"name":"shop","tags":null})"));
  ASSERT_OK_ASSIGN(const auto tags, open()->tags({}));
  EXPECT_THAT(tags, IsEmpty());
}

TEST_F(RegistryContentTest, ListsThatLeadNowhereEnd) {
  const auto linked = [](const std::string& link) {
    return FakeAnswer::json(200, R"({"tags":["v1"]})").with_header("Link", link);
  };
  answer_with(linked("</v2/shop/tags/list?n=1000>; rel=\"next\""));
  EXPECT_THAT(open()->tags({}), fails_with(ErrorCode::kInvalidInput, "in a circle"));
  answer_with(linked("<https://evil.example/v2/shop/tags/list>; rel=next"));
  EXPECT_THAT(open()->tags({}), fails_with(ErrorCode::kInvalidInput, "another server"));
  int page = 0;
  on_request = [&](const SeenRequest&) {
    return linked("</v2/shop/tags/list?last=" + std::to_string(++page) + ">; rel=\"next\"");
  };
  EXPECT_THAT(open()->tags({}), fails_with(ErrorCode::kInvalidInput, "1000 pages"));
  answer_with(FakeAnswer::json(200, R"({"tags":["../x"]})"));
  EXPECT_THAT(open()->tags({}), fails_with(ErrorCode::kInvalidInput, "is not a tag"));
}

class ReferrersTest : public RegistryContentTest {
 protected:
  const Descriptor subject_ = describe(manifest("subject"), media_type::kManifest);
  const Descriptor one_ = describe("one", media_type::kManifest);
  const Descriptor two_ = describe("two", media_type::kManifest);
  const std::string tag_url_ =
      "https://registry.example/v2/shop/manifests/sha256-" + subject_.digest.hex();
};

TEST_F(ReferrersTest, ComeInPages) {
  on_request = [&](const SeenRequest& request) {
    if (request.url.ends_with("?page=2")) {
      return typed(listing({two_, one_}), media_type::kIndex);
    }
    return typed(listing({one_}), media_type::kIndex)
        .with_header("Link", "<?page=2>; rel=\"next\"");
  };
  ASSERT_OK_ASSIGN(const auto found, open()->referrers(subject_.digest, {}));
  EXPECT_THAT(found, ElementsAre(one_, two_));
  EXPECT_EQ(transport_.request_count(), 2u);
}

TEST_F(ReferrersTest, ComeFromTheTagWhereThereIsNoApi) {
  for (const FakeAnswer& no_api :
       {status(404), status(400), status(406), typed("<html>hello</html>", "text/html")}) {
    on_request = [&](const SeenRequest& request) {
      if (request.url == tag_url_) return typed(listing({one_}), media_type::kIndex);
      return no_api;
    };
    ASSERT_OK_ASSIGN(const auto found, open()->referrers(subject_.digest, {}));
    EXPECT_THAT(found, ElementsAre(one_)) << no_api.status;
  }
  on_request = [](const SeenRequest&) { return status(403); };
  EXPECT_THAT(open()->referrers(subject_.digest, {}), fails_with(ErrorCode::kForbidden));
}

TEST_F(ReferrersTest, AMissingApiIsNotAskedAgainForTenMinutes) {
  FakeAnswer no_api = status(404);
  std::size_t asked = 0;
  on_request = [&](const SeenRequest& request) {
    if (request.url == tag_url_) return typed(listing({one_}), media_type::kIndex);
    ++asked;
    return no_api;
  };
  const auto repository = open();
  const auto list = [&] {
    ASSERT_OK_ASSIGN(const auto found, repository->referrers(subject_.digest, {}));
    EXPECT_THAT(found, ElementsAre(one_));
  };
  no_api.body = R"({"errors":[{"code":"NAME_UNKNOWN"}]})";
  list();
  list();
  EXPECT_EQ(asked, 2u) << "the repository was not there yet";
  no_api.body = "404 page not found";
  list();
  list();
  EXPECT_EQ(asked, 4u) << "somebody before the registry may have said so";
  no_api.headers.add("Docker-Distribution-Api-Version", "registry/2.0");
  list();
  list();
  EXPECT_EQ(asked, 5u);
  clock_.advance(std::chrono::minutes(11));
  list();
  EXPECT_EQ(asked, 6u);
}

TEST_F(ReferrersTest, ATagThatHoldsSomethingElseIsNoListing) {
  on_request = [&](const SeenRequest& request) {
    return request.url == tag_url_ ? typed(manifest("subject"), media_type::kManifest)
                                   : status(404);
  };
  ASSERT_OK_ASSIGN(const auto found, open()->referrers(subject_.digest, {}));
  EXPECT_THAT(found, IsEmpty()) << "GitLab resolves the tag to the subject itself";
  on_request = [&](const SeenRequest& request) {
    return request.url == tag_url_ ? typed(manifest("other"), media_type::kManifest) : status(404);
  };
  EXPECT_THAT(open()->referrers(subject_.digest, {}),
              fails_with(ErrorCode::kConflict, "remove that tag"));
}

TEST_F(ReferrersTest, MoreThanTheLimitIsRefused) {
  std::vector<Descriptor> many;
  for (int i = 0; i < 1001; ++i) many.push_back(describe(std::to_string(i), media_type::kManifest));
  answer_with(typed(listing(many), media_type::kIndex));
  EXPECT_THAT(open()->referrers(subject_.digest, {}),
              fails_with(ErrorCode::kInvalidInput, "limit of 1000"));
}

TEST_F(ReferrersTest, ARegistryThatKeepsTheListingItselfGetsNoTag) {
  on_request = [&](const SeenRequest&) {
    return status(201).with_header("OCI-Subject", subject_.digest.to_string());
  };
  ASSERT_OK_ASSIGN(const auto pushed,
                   open()->push_manifest(manifest("s", subject_), media_type::kManifest, "", {}));
  EXPECT_TRUE(pushed.subject_listed_by_server);
  EXPECT_EQ(transport_.request_count(), 1u);
}

TEST_F(ReferrersTest, TheTagIsWrittenAgainWhereSomebodyElseWasFaster) {
  std::string stored = listing({one_});
  int puts = 0;
  on_request = [&](const SeenRequest& request) {
    if (request.url != tag_url_) return status(201);
    if (request.method == "GET") {
      return typed(stored, media_type::kIndex)
          .with_header("ETag", '"' + Digest::of(stored).hex() + '"');
    }
    EXPECT_EQ(request.headers.get("If-Match"), '"' + Digest::of(stored).hex() + '"');
    if (++puts == 1) {
      stored = listing({one_, two_});
      return status(412);
    }
    stored = request.body;
    return status(201);
  };
  const std::string signature = manifest("s", subject_);
  ASSERT_OK_ASSIGN(const auto pushed,
                   open()->push_manifest(signature, media_type::kManifest, "", {}));
  EXPECT_FALSE(pushed.subject_listed_by_server);
  EXPECT_EQ(puts, 2);
  ASSERT_OK_ASSIGN(const Index index, parse_index(stored, media_type::kIndex));
  ASSERT_THAT(index.manifests, SizeIs(3));
  EXPECT_EQ(index.manifests[2].digest, Digest::of(signature));
  EXPECT_EQ(index.manifests[2].artifact_type, "application/x.test");
  EXPECT_EQ(find_annotation(index.manifests[2].annotations, "name"), "s");
  on_request = [&](const SeenRequest& request) {
    if (request.url != tag_url_) return status(201);
    return request.method == "GET" ? typed(listing({one_}), media_type::kIndex) : status(412);
  };
  EXPECT_THAT(open()->push_manifest(signature, media_type::kManifest, "", {}),
              fails_with(ErrorCode::kConflict));
}

}  // namespace
}  // namespace sealift::oci
