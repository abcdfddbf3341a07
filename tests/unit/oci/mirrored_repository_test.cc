// Which mirror is asked for what, what becomes of one that fails, and what it gets to see.
#include "support/hostile_registry.h"

#include "registry_fixture.h"

namespace sealift::oci {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::HostileRegistry;
using test::SeenRequest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// registry.example, and its mirrors near.example/hub and far.example.
// More than what is looked at as a whole before it goes on.
const std::string kLarge(5u << 20, 'x');

class MirroredRepositoryTest : public RegistryTest {
 protected:
  MirroredRepositoryTest() {
    on_request = [this](const SeenRequest& request) {
      if (request.url.starts_with("https://near.example/")) return near_.answer(request);
      if (request.url.starts_with("https://far.example/")) return far_.answer(request);
      return origin_.answer(request);
    };
  }

  std::unique_ptr<Repository> open_mirrored(bool resolves_tags = false) {
    RepositoryOptions options;
    options.credentials = {"ada", "upstream secret", "", ""};
    HttpServerSettings settings;
    settings.client_certificate_pem = "certificate";
    settings.client_key_pem = "key";
    options.server = std::make_shared<const HttpServerSettings>(settings);
    options.mirrors = {{"near.example/hub", false, resolves_tags, nullptr, {}},
                       {"far.example", false, resolves_tags, nullptr, {}}};
    options.on_warning = [this](std::string_view text) { warnings_.emplace_back(text); };
    return open(options);
  }
  void store(HostileRegistry& registry, const std::string& repository, const std::string& bytes,
             const std::string& tag) {
    const auto put =
        registry.answer({"PUT", "https://x/v2/" + repository + "/manifests/" + tag,
                         [] {
                           HttpHeaders headers;
                           headers.set("Content-Type", std::string(media_type::kManifest));
                           return headers;
                         }(),
                         bytes, nullptr});
    ASSERT_EQ(put.status, 201);
  }
  // The hosts that were asked, in order.
  std::vector<std::string> hosts() const {
    std::vector<std::string> hosts;
    for (const auto& request : transport_.requests()) {
      hosts.push_back(request.url.substr(8, request.url.find('/', 8) - 8));
    }
    return hosts;
  }

  HostileRegistry origin_;
  HostileRegistry near_;
  HostileRegistry far_;
  std::vector<std::string> warnings_;
};

TEST_F(MirroredRepositoryTest, WhatHasADigestComesFromTheFirstThatHasIt) {
  near_.put_blob("hub/shop", "near");
  far_.put_blob("shop", "far");
  origin_.put_blob("shop", "origin");
  const auto repository = open_mirrored();
  for (const auto& [content, asked] :
       std::vector<std::pair<std::string, std::size_t>>{{"near", 1}, {"far", 2}, {"origin", 3}}) {
    transport_.forget_requests();
    ASSERT_OK_ASSIGN(const std::string blob, fetch(*repository, describe(content)));
    EXPECT_EQ(blob, content);
    EXPECT_THAT(hosts(), SizeIs(asked));
  }
  EXPECT_THAT(warnings_, IsEmpty()) << "what is not there is no failure";
  const std::string bytes = manifest();
  store(far_, "shop", bytes, "v1");
  ASSERT_OK(repository->fetch_manifest(Digest::of(bytes).to_string(), {}));
}

TEST_F(MirroredRepositoryTest, TagsAreTheRegistrysOwnUnlessAMirrorIsMeantForThem) {
  store(near_, "hub/shop", manifest("old"), "v1");
  store(origin_, "shop", manifest("new"), "v1");
  ASSERT_OK_ASSIGN(const auto own, open_mirrored()->fetch_manifest("v1", {}));
  EXPECT_EQ(own.bytes, manifest("new"));
  EXPECT_THAT(hosts(), ElementsAre("registry.example"));
  ASSERT_OK_ASSIGN(const auto mirrored, open_mirrored(true)->fetch_manifest("v1", {}));
  EXPECT_EQ(mirrored.bytes, manifest("old"));
  ASSERT_OK_ASSIGN(const auto resolved, open_mirrored(true)->resolve("v1", {}));
  EXPECT_EQ(resolved.digest, Digest::of(manifest("old")));
}

TEST_F(MirroredRepositoryTest, AMirrorWithoutReferrersDoesNotHideThem) {
  const Descriptor subject = describe(manifest(), media_type::kManifest);
  store(origin_, "shop", manifest("signature", subject),
        Digest::of(manifest("signature", subject)).to_string());
  for (const bool resolves_tags : {true, false}) {
    ASSERT_OK_ASSIGN(const auto found, open_mirrored(resolves_tags)->referrers(subject.digest, {}));
    EXPECT_THAT(found, SizeIs(1));
  }
}

TEST_F(MirroredRepositoryTest, AMirrorThatFailsRestsForAMinute) {
  near_.before = [](const SeenRequest&) { return status(503); };
  origin_.put_blob("shop", "content");
  const auto repository = open_mirrored();
  ASSERT_OK(fetch(*repository, describe("content")));
  ASSERT_THAT(warnings_, SizeIs(1));
  EXPECT_THAT(warnings_[0], HasSubstr("mirror near.example/hub/shop is left out for a minute"));
  transport_.forget_requests();
  ASSERT_OK(fetch(*repository, describe("content")));
  EXPECT_THAT(hosts(), ElementsAre("far.example", "registry.example"));
  clock_.sleep_until(clock_.steady_now() + std::chrono::seconds(61), {});
  transport_.forget_requests();
  near_.before = nullptr;
  near_.put_blob("hub/shop", "content");
  ASSERT_OK(fetch(*repository, describe("content")));
  EXPECT_THAT(hosts(), ElementsAre("near.example"));
}

TEST_F(MirroredRepositoryTest, AWrongMirrorIsPassedOver) {
  near_.after = [](const SeenRequest&, FakeAnswer& answer) {
    answer = status(200, "other content");
  };
  far_.before = [](const SeenRequest&) { return challenge(R"(Basic realm="x")"); };
  origin_.put_blob("shop", "a content");
  store(origin_, "shop", manifest(), "v1");
  const auto by_digest = open_mirrored()->fetch_manifest(Digest::of(manifest()).to_string(), {});
  ASSERT_OK(by_digest);
  EXPECT_EQ(by_digest->bytes, manifest());
}

TEST_F(MirroredRepositoryTest, WrongBytesOfTheRightSizeArePassedOver) {
  near_.after = [](const SeenRequest&, FakeAnswer& answer) { answer = status(200, "A CONTENT"); };
  far_.before = [](const SeenRequest&) { return challenge(R"(Basic realm="x")"); };
  origin_.put_blob("shop", "a content");
  ASSERT_OK_ASSIGN(const auto content, fetch(*open_mirrored(), describe("a content")));
  EXPECT_EQ(content, "a content");
}

// Of a large blob the sink has all wrong bytes once they are known as such.
TEST_F(MirroredRepositoryTest, AMirrorOfWrongBytesIsNamedAndNeverAskedAgain) {
  const std::string content = kLarge + "the end";
  near_.after = [&](const SeenRequest&, FakeAnswer& answer) {
    answer = status(200, kLarge + "THE END");
  };
  far_.before = [](const SeenRequest&) { return status(404); };
  origin_.put_blob("shop", content);
  const auto repository = open_mirrored();
  EXPECT_THAT(fetch(*repository, describe(content)),
              fails_with(ErrorCode::kUntrusted, "came from mirror near.example/hub/shop; have it"));
  EXPECT_THAT(warnings_, testing::Contains(HasSubstr("is left out from now on")));
  clock_.sleep_until(clock_.steady_now() + std::chrono::hours(1), {});
  ASSERT_OK_ASSIGN(const auto fetched, fetch(*repository, describe(content)));
  EXPECT_EQ(fetched, content);
}

TEST_F(MirroredRepositoryTest, ABlobThatBreaksGoesOnElsewhere) {
  const std::string content = kLarge + "the second half";
  const std::string half = content.substr(0, kLarge.size() - 7);
  far_.put_blob("shop", content);
  near_.before = [&](const SeenRequest&) -> std::optional<FakeAnswer> {
    FakeAnswer answer;
    answer.stream = [&](ByteSink& body, std::stop_token) -> Result<> {
      SEALIFT_TRY(body.write(half));
      return fail(ErrorCode::kUnavailable, "reset");
    };
    return answer;
  };
  ASSERT_OK_ASSIGN(const std::string blob, fetch(*open_mirrored(), describe(content)));
  EXPECT_EQ(blob, content);
}

TEST_F(MirroredRepositoryTest, HalvesThatDoNotFitAreNotJoined) {
  const std::string content = kLarge + "the second half";
  far_.put_blob("shop", content);
  near_.before = [&](const SeenRequest&) -> std::optional<FakeAnswer> {
    FakeAnswer answer;
    answer.stream = [&](ByteSink& body, std::stop_token) -> Result<> {
      SEALIFT_TRY(body.write("T" + kLarge.substr(1)));
      return fail(ErrorCode::kUnavailable, "reset");
    };
    return answer;
  };
  EXPECT_THAT(fetch(*open_mirrored(), describe(content)),
              fails_with(ErrorCode::kUntrusted, "different bytes"));
}

class FullSink : public ByteSink {
 public:
  Result<> write(std::string_view) override { return fail(ErrorCode::kIo, "the disk is full"); }
};

TEST_F(MirroredRepositoryTest, AFullDiskIsNoReasonToAskTheNext) {
  near_.put_blob("hub/shop", "content");
  origin_.put_blob("shop", "content");
  FullSink sink;
  EXPECT_THAT(open_mirrored()->fetch_blob(describe("content"), sink, {}),
              fails_with(ErrorCode::kIo, "the disk is full"));
  EXPECT_THAT(hosts(), ElementsAre("near.example"));
}

TEST_F(MirroredRepositoryTest, AMirrorNeverSeesTheRegistrysLogin) {
  near_.before = [](const SeenRequest&) { return challenge(R"(Basic realm="x")"); };
  far_.before = [](const SeenRequest& request) {
    return request.url.find("/token") != std::string::npos
               ? FakeAnswer::json(200, R"({"token":"t"})")
               : challenge(
                     R"(Bearer realm="https://far.example/token",service="registry.example")");
  };
  origin_.put_blob("shop", "content");
  origin_.before = [](const SeenRequest& request) -> std::optional<FakeAnswer> {
    if (authorization(request) != "none") return std::nullopt;
    return challenge(R"(Basic realm="x")");
  };
  ASSERT_OK(fetch(*open_mirrored(), describe("content")));
  std::size_t logins = 0;
  for (const auto& request : transport_.requests()) {
    const bool at_origin = request.url.starts_with("https://registry.example/");
    logins += authorization(request).starts_with("Basic ") ? 1 : 0;
    if (at_origin) continue;
    EXPECT_THAT(authorization(request), testing::AnyOf("none", "Bearer t")) << request.url;
    EXPECT_EQ(request.server, nullptr) << request.url;
  }
  EXPECT_EQ(logins, 1u) << "at the registry itself";
}

TEST_F(MirroredRepositoryTest, WhatIsWrittenGoesToTheRegistryAlone) {
  const auto repository = open_mirrored(true);
  ASSERT_OK(repository->push_blob(describe("content"), Blob::from_string("content"), {}));
  ASSERT_OK(repository->push_manifest(manifest(), media_type::kManifest, "v1", {}));
  ASSERT_OK(repository->tags({}));
  ASSERT_OK(repository->remove_tag("v1", {}));
  for (const auto& host : hosts()) EXPECT_EQ(host, "registry.example");
}

TEST_F(MirroredRepositoryTest, AnAddressThatIsNoneIsRefused) {
  RepositoryOptions options;
  for (const char* address :
       {"", "near.example/UPPER", "https://near.example", "a b", "near/x:v1"}) {
    options.mirrors = {{address, false, false, nullptr, {}}};
    ASSERT_OK_ASSIGN(const auto reference, Reference::parse("oci://registry.example/shop"));
    EXPECT_THAT(open_repository(reference, options, environment_),
                fails_with(ErrorCode::kInvalidInput, "mirror"))
        << address;
  }
}

}  // namespace
}  // namespace sealift::oci
