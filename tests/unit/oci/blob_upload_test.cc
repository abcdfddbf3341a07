// How a blob gets into a registry: mounted, whole, or in parts, and past whatever breaks.
#include "blob_upload_case.h"

#include <atomic>

namespace sealift::oci {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::HostileRegistry;
using test::SeenRequest;
using testing::Contains;
using testing::ElementsAre;

TEST_F(BlobUploadTest, IsOneRequestWhereTheOtherRepositoryHasIt) {
  registry_.put_blob("team/base", "content");
  ASSERT_OK(mount(*open(), "content", refusing_blob(7)));
  EXPECT_TRUE(is_stored("content"));
  EXPECT_THAT(transport_.request_lines(),
              ElementsAre("POST https://registry.example/v2/shop/blobs/uploads/?mount=sha256%3A" +
                          Digest::of("content").hex() + "&from=team%2Fbase"));
}

TEST_F(BlobUploadTest, GoesOnWithTheUploadThatARegistryBeginsInsteadOfMounting) {
  registry_.quirks.mounts = false;
  const auto repository = open();
  ASSERT_OK(mount(*repository, "content", Blob::from_string("content")));
  EXPECT_TRUE(is_stored("content"));
  EXPECT_EQ(methods(), "POST PUT");
  transport_.forget_requests();
  ASSERT_OK(mount(*repository, "content", refusing_blob(7)));
  EXPECT_EQ(methods(), "HEAD") << "a registry that does not mount is asked what it has";
}

TEST_F(BlobUploadTest, IsSentWhereTheMountIsRefused) {
  for (const int code : {400, 401, 403, 404, 405}) {
    HostileRegistry registry;
    registry.before = [&](const SeenRequest& request) -> std::optional<FakeAnswer> {
      if (request.url.find("mount=") == std::string::npos) return std::nullopt;
      return status(code);
    };
    on_request = [&](const SeenRequest& request) { return registry.answer(request); };
    transport_.forget_requests();
    const auto repository = open();
    ASSERT_OK(mount(*repository, "content", Blob::from_string("content"))) << code;
    EXPECT_EQ(methods(), "POST HEAD POST PUT") << code;
    transport_.forget_requests();
    ASSERT_OK(mount(*repository, "other", Blob::from_string("other")));
    EXPECT_EQ(methods(), "HEAD POST PUT") << "it is not asked again";
  }
}

TEST_F(BlobUploadTest, OnceManyAreStoredOneRequestTellsWhatIsThere) {
  const auto repository = open();
  const auto push = [&](const std::string& content, const Blob& bytes) {
    transport_.forget_requests();
    return repository->push_blob(describe(content), bytes, {});
  };
  for (int i = 1; i <= 6; ++i) {
    const std::string content = std::to_string(i);
    ASSERT_OK(push(content, Blob::from_string(content)));
    EXPECT_EQ(methods(), i < 6 ? "HEAD POST PUT" : "HEAD POST PUT POST");
  }
  ASSERT_OK(push("7", Blob::from_string("7")));
  EXPECT_EQ(methods(), "POST PUT");
  ASSERT_OK(push("7", refusing_blob(1)));
  EXPECT_EQ(methods(), "POST");
  EXPECT_EQ(registry_.open_uploads(), 0u);
}

TEST_F(BlobUploadTest, WhereAMountIntoItselfTellsNothingTheRegistryIsAsked) {
  registry_.quirks.mounts = false;
  const auto repository = open();
  for (const std::string content : {"1", "2", "3", "4", "5", "6", "7"}) {
    ASSERT_OK(repository->push_blob(describe(content), Blob::from_string(content), {}));
  }
  EXPECT_EQ(registry_.open_uploads(), 0u) << "what was begun in vain is cancelled";
  transport_.forget_requests();
  ASSERT_OK(repository->push_blob(describe("7"), refusing_blob(1), {}));
  EXPECT_EQ(methods(), "HEAD");
}

TEST_F(BlobUploadTest, AMountNeedsATokenForBothRepositories) {
  registry_.put_blob("team/base", "content");
  bool grants_both = true;
  on_request = [&](const SeenRequest& request) {
    if (request.url.starts_with("https://auth.example/")) {
      const bool both = request.url.find("team") != std::string::npos;
      if (both && !grants_both) return status(403);
      return FakeAnswer::json(200, both ? R"({"token":"both"})" : R"({"token":"one"})");
    }
    const bool mounts = request.url.find("mount=") != std::string::npos;
    if (authorization(request) == "none" || (mounts && authorization(request) != "Bearer both")) {
      return challenge(R"(Bearer realm="https://auth.example/token",service="r")");
    }
    return registry_.answer(request);
  };
  ASSERT_OK(mount(*open(), "content", refusing_blob(7)));
  EXPECT_THAT(transport_.request_lines(), Contains("GET https://auth.example/token?service=r&scope="
                                                   "repository%3Ashop%3Apull%2Cpush&scope="
                                                   "repository%3Ateam%2Fbase%3Apull"));
  grants_both = false;
  ASSERT_OK(mount(*open(), "other", Blob::from_string("other")));
  EXPECT_TRUE(is_stored("other"));
}

TEST_F(BlobUploadTest, ABreakAnywhereGoesOnWhereTheRegistryIs) {
  const std::string content = content_of(3 * kMiB);
  std::vector<std::size_t> places = {1'024, 2 * kMiB + 5, content.size() - 1};
  for (std::size_t at = 128 * 1024; at < content.size(); at += 128 * 1024) places.push_back(at);
  for (const std::size_t at : places) {
    HostileRegistry registry;
    on_request = [&](const SeenRequest& request) { return registry.answer(request); };
    transport_.forget_requests();
    transport_.cut_upload(3, at);
    ASSERT_OK(push(content)) << at;
    EXPECT_TRUE(registry.has_blob("shop", content));
    EXPECT_EQ(methods(), "HEAD POST PUT GET PATCH PUT") << at;
    EXPECT_THAT(parts(),
                ElementsAre(std::to_string(at) + "-" + std::to_string(content.size() - 1)));
  }
}

// "0-0" is what registries say of one byte and of none.
TEST_F(BlobUploadTest, ABreakBehindTheFirstByteBeginsAgain) {
  const std::string content = content_of(2 * kMiB);
  transport_.cut_upload(3, 1);
  ASSERT_OK(push(content));
  EXPECT_TRUE(is_stored(content));
  EXPECT_EQ(registry_.open_uploads(), 0u);
}

TEST_F(BlobUploadTest, ALoginThatEndsBetweenPartsIsMadeAgain) {
  registry_.quirks.largest_body = kMiB;
  int tokens = 0;
  int uses = 0;
  on_request = [&](const SeenRequest& request) {
    if (request.url.starts_with("https://auth.example/")) {
      uses = 0;
      return FakeAnswer::json(200, R"({"token":"t)" + std::to_string(++tokens) + R"("})");
    }
    const bool good = authorization(request) == "Bearer t" + std::to_string(tokens) && ++uses < 6;
    if (!good) return challenge(R"(Bearer realm="https://auth.example/token",service="r")");
    return registry_.answer(request);
  };
  const std::string content = content_of(8 * kMiB);
  ASSERT_OK(push(content));
  EXPECT_TRUE(is_stored(content));
  EXPECT_GE(tokens, 3);
}

TEST_F(BlobUploadTest, RetryAfterIsWaitedForBetweenParts) {
  registry_.quirks.largest_body = kMiB;
  answer_once("PATCH", status(429).with_header("Retry-After", "17"));
  const std::string content = content_of(2 * kMiB);
  ASSERT_OK(push(content));
  EXPECT_EQ(clock_.elapsed(), std::chrono::seconds(17));
}

TEST_F(BlobUploadTest, APartMayBeRedirectedToAnotherServer) {
  registry_.quirks.largest_body = kMiB;
  std::size_t elsewhere = 0;
  on_request = [&](const SeenRequest& request) {
    if (request.url.starts_with("https://storage.example/")) {
      ++elsewhere;
      EXPECT_EQ(authorization(request), "none");
      SeenRequest moved = request;
      moved.url.replace(0, std::string("https://storage.example").size(), "https://r.example");
      return registry_.answer(moved);
    }
    if (authorization(request) == "none") return challenge(R"(Basic realm="x")");
    if (request.method == "PATCH" && request.body.size() <= kMiB) {
      return status(307).with_header("Location",
                                     "https://storage.example" + request.url.substr(17));
    }
    return registry_.answer(request);
  };
  RepositoryOptions options;
  options.credentials = {"ada", "secret", "", ""};
  const std::string content = content_of(2 * kMiB);
  ASSERT_OK(open(options, "oci://r.example/shop")
                ->push_blob(describe(content), Blob::from_string(content), {}));
  EXPECT_TRUE(is_stored(content));
  EXPECT_GE(elsewhere, 2u);
}

TEST_F(BlobUploadTest, AConnectionThatBreaksEveryFewKilobytesStillGetsThere) {
  const std::string content = content_of(2 * kMiB);
  for (const bool kept : {true, false}) {
    HostileRegistry registry;
    registry.quirks.cut_parts_are_kept = kept;
    on_request = [&](const SeenRequest& request) { return registry.answer(request); };
    for (std::size_t i = 3; i < 300; ++i) transport_.cut_upload(i, kept ? 100 * 1024 : 300 * 1024);
    ASSERT_OK(push(content)) << kept;
    EXPECT_TRUE(registry.has_blob("shop", content));
    // Faults that were not needed.
    while (!push("x")) {
    }
  }
}

TEST_F(BlobUploadTest, ASmallBlobIsSentAgainWhole) {
  transport_.cut_upload(3, 3);
  ASSERT_OK(push("content"));
  EXPECT_EQ(methods(), "HEAD POST PUT DELETE POST PUT");
  EXPECT_TRUE(is_stored("content"));
  EXPECT_EQ(registry_.open_uploads(), 0u);
}

TEST_F(BlobUploadTest, AnsweredFailuresAreGoneOnFromToo) {
  const std::string content = content_of(2 * kMiB);
  for (const int code : {408, 429, 500, 502, 503}) {
    HostileRegistry registry;
    on_request = [&](const SeenRequest& request) { return registry.answer(request); };
    int puts = 0;
    registry.before = [&](const SeenRequest& request) -> std::optional<FakeAnswer> {
      if (request.method != "PUT" || ++puts > 1) return std::nullopt;
      return status(code);
    };
    transport_.forget_requests();
    ASSERT_OK(push(content)) << code;
    EXPECT_EQ(methods(), "HEAD POST PUT GET PATCH PUT") << code;
    EXPECT_TRUE(registry.has_blob("shop", content));
  }
}

TEST_F(BlobUploadTest, AnAnswerThatWasLostIsAskedFor) {
  const std::string content = content_of(2 * kMiB);
  registry_.after = [lost = false](const SeenRequest& request, FakeAnswer& answer) mutable {
    if (request.method != "PUT" || std::exchange(lost, true)) return;
    answer = FakeAnswer::failure(ErrorCode::kUnavailable, "reset");
  };
  ASSERT_OK(push(content));
  EXPECT_EQ(methods(), "HEAD POST PUT GET DELETE HEAD") << "and nothing is sent twice";
}

TEST_F(BlobUploadTest, ARegistryThatForgetsItsUploadsGetsAnother) {
  registry_.quirks.sessions = false;
  const std::string content = content_of(2 * kMiB);
  transport_.cut_upload(3, kMiB);
  ASSERT_OK(push(content));
  EXPECT_EQ(methods(), "HEAD POST PUT GET DELETE HEAD POST PATCH PUT");
  EXPECT_TRUE(is_stored(content));
}

TEST_F(BlobUploadTest, PartsThatAreRefusedAreSentWhole) {
  registry_.quirks.parts = false;
  const std::string content = content_of(2 * kMiB);
  transport_.cut_upload(3, kMiB);
  const auto repository = open();
  ASSERT_OK(repository->push_blob(describe(content), Blob::from_string(content), {}));
  EXPECT_TRUE(is_stored(content));
  EXPECT_EQ(methods(), "HEAD POST PUT GET PATCH DELETE POST PUT");
  transport_.forget_requests();
  transport_.cut_upload(3, kMiB);
  const std::string other = content_of(2 * kMiB + 1);
  ASSERT_OK(repository->push_blob(describe(other), Blob::from_string(other), {}));
  EXPECT_EQ(methods(), "HEAD POST PUT DELETE POST PUT") << "it is known by now";
}

TEST_F(BlobUploadTest, ABodyThatIsTooLargeIsHalvedUntilItFits) {
  registry_.quirks.largest_body = kMiB;
  const std::string content = content_of(5 * kMiB);
  const auto repository = open();
  ASSERT_OK(repository->push_blob(describe(content), Blob::from_string(content), {}));
  EXPECT_TRUE(is_stored(content));
  transport_.forget_requests();
  const std::string other = content_of(5 * kMiB + 1);
  ASSERT_OK(repository->push_blob(describe(other), Blob::from_string(other), {}));
  EXPECT_EQ(methods(), "HEAD POST PATCH PATCH PATCH PATCH PATCH PATCH PATCH PATCH PATCH PUT")
      << "the limit is remembered";
}

TEST_F(BlobUploadTest, ALimitBelowReasonIsAnErrorThatNamesIt) {
  registry_.quirks.largest_body = 1'000;
  EXPECT_THAT(push(content_of(2 * kMiB)),
              fails_with(ErrorCode::kInvalidInput, "it takes no request of 262144 bytes"));
  EXPECT_EQ(registry_.open_uploads(), 0u) << "what is given up is cancelled";
}

TEST_F(BlobUploadTest, ALeastPartAboveWhatIsLetThroughIsAnError) {
  registry_.quirks.least_part = 4 * kMiB;
  registry_.quirks.largest_body = 2 * kMiB;
  EXPECT_FALSE(push(content_of(20 * kMiB)));
  EXPECT_LT(transport_.request_count(), 60u);
}

// A source that fetches holds a place at its host, and what is asked next may go to that host.
TEST_F(BlobUploadTest, TheSourceIsClosedBeforeAnythingElseIsAsked) {
  const std::string content = content_of(3 * kMiB);
  const auto open_sources = std::make_shared<std::atomic<int>>(0);
  class Counted : public ByteSource {
   public:
    Counted(std::string_view bytes, std::shared_ptr<std::atomic<int>> count)
        : view_(bytes), count_(std::move(count)) {
      ++*count_;
    }
    ~Counted() override { --*count_; }
    Result<std::size_t> read(char* buffer, std::size_t size) override {
      return view_.read(buffer, size);
    }

   private:
    ViewSource view_;
    std::shared_ptr<std::atomic<int>> count_;
  };
  Blob blob;
  blob.size = content.size();
  blob.open = [&]() -> Result<std::unique_ptr<ByteSource>> {
    return std::make_unique<Counted>(content, open_sources);
  };
  int asked = 0;
  int broken = 0;
  registry_.before = [&](const SeenRequest& request) -> std::optional<FakeAnswer> {
    const bool sends = request.method == "PUT" || request.method == "PATCH";
    if (sends) {
      broken += *open_sources;
      return FakeAnswer::failure(ErrorCode::kUnavailable, "broken");
    }
    ++asked;
    EXPECT_EQ(*open_sources, 0) << request.method << " " << request.url;
    return std::nullopt;
  };
  EXPECT_FALSE(open()->push_blob(describe(content), blob, {}));
  EXPECT_GT(asked, 4);
  EXPECT_GT(broken, 0) << "the source was open while it was sent";
}

TEST_F(BlobUploadTest, TheLeastPartOfTheRegistryIsKept) {
  registry_.quirks.least_part = 3 * kMiB;
  registry_.quirks.largest_body = 4 * kMiB;
  const std::string content = content_of(8 * kMiB);
  ASSERT_OK(push(content));
  EXPECT_TRUE(is_stored(content));
  for (std::size_t i = 0; const auto& part : parts()) {
    const auto dash = part.find('-');
    const auto size = std::stoull(part.substr(dash + 1)) + 1 - std::stoull(part);
    if (++i == parts().size()) break;
    EXPECT_GE(size, 3 * kMiB) << part;
  }
}

TEST_F(BlobUploadTest, APartThatIsTakenByHalvesGoesOnBehindIt) {
  registry_.quirks.largest_body = 2 * kMiB;
  registry_.quirks.most_taken = 700'000;
  const std::string content = content_of(3 * kMiB);
  ASSERT_OK(push(content));
  EXPECT_TRUE(is_stored(content));
}

TEST_F(BlobUploadTest, AStopCancelsTheUpload) {
  std::stop_source stop;
  registry_.before = [&](const SeenRequest& request) -> std::optional<FakeAnswer> {
    if (request.method != "PUT") return std::nullopt;
    stop.request_stop();
    return status(503);
  };
  const std::string content = content_of(2 * kMiB);
  EXPECT_THAT(open()->push_blob(describe(content), Blob::from_string(content), stop.get_token()),
              fails_with(ErrorCode::kCancelled));
  EXPECT_EQ(methods(), "HEAD POST PUT DELETE");
  EXPECT_EQ(registry_.open_uploads(), 0u);
}

// Of a token server that hangs, too.
TEST_F(BlobUploadTest, NobodyWaitsLongForAFarewell) {
  std::vector<std::chrono::milliseconds> deadlines;
  on_request = [&](const SeenRequest& request) {
    if (request.url.starts_with("https://auth.example/")) {
      if (request.url.find("delete") != std::string::npos) deadlines.push_back(request.deadline);
      return FakeAnswer::json(200, R"({"token":"t"})");
    }
    if (authorization(request) != "Bearer t") {
      return challenge(R"(Bearer realm="https://auth.example/token",service="r")");
    }
    if (request.method == "DELETE") deadlines.push_back(request.deadline);
    return request.method == "PUT" ? status(403) : registry_.answer(request);
  };
  EXPECT_THAT(push("content"), fails_with(ErrorCode::kForbidden));
  ASSERT_EQ(deadlines.size(), 2u) << "a permission of its own, and the request";
  for (const auto deadline : deadlines) EXPECT_LE(deadline, std::chrono::seconds(5));
  EXPECT_EQ(registry_.open_uploads(), 0u);
}

}  // namespace
}  // namespace sealift::oci
