// `sealift trust` by hand: against folders, a server that stops in the middle, and the public
// Sigstore's own files.
#include "cli_fixture.h"

#include <sealift/base/clock.h>
#include <sealift/base/digest.h>

#include <support/test_server.h>
#include <support/tuf_repository.h>

#include <atomic>
#include <csignal>
#include <future>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CliTrust : public CliTest {
 protected:
  CliTrust() : repository(system_clock().now()) {
    files().write("root.json", repository.root(1));
    repository.write_to(files().file("copy"));
  }

  Json status(const std::string& folder = "trust") const {
    return succeed_json({"trust", "status", "--dir", folder});
  }
  static std::int64_t version(const Json& status, std::size_t role) {
    return *(*status.find("roles")->as_array())[role].find("version")->as_int64();
  }

  TufRepository repository;
};

TEST_F(CliTrust, BeginsUpdatesGetsAndShows) {
  EXPECT_THAT(succeed({"trust", "init", "--dir", "trust", "--root", "root.json"}),
              AllOf(HasSubstr("root 1, valid until"), HasSubstr("sha256:")));
  EXPECT_THAT(succeed({"trust", "update", "--dir", "trust", "--url", "copy"}),
              AllOf(HasSubstr("timestamp"), HasSubstr("1 of 1 key"), Not(HasSubstr("expired"))));
  EXPECT_THAT(succeed({"trust", "get", "folder/world.txt", "--dir", "trust", "--url", "copy", "-o",
                       "out.txt"}),
              HasSubstr("out.txt"));
  EXPECT_EQ(files().read("out.txt"), "world\n");
  EXPECT_EQ(succeed_json({"trust", "get", "folder/world.txt", "--dir", "trust", "-o", "out2.txt"})
                .string_at({"target"}),
            "folder/world.txt");
  EXPECT_EQ(files().read("out2.txt"), "world\n");
  repository.publish_next("root");
  repository.release();
  repository.write_to(files().file("copy"));
  EXPECT_THAT(
      succeed({"trust", "update", "--dir", "trust", "--url", "file://" + files().file("copy")}),
      HasSubstr("root 1 to 2"));
  const auto now = status();
  EXPECT_EQ(version(now, 0), 2);
  EXPECT_EQ(version(now, 3), 2);
  EXPECT_THAT(succeed({"trust", "status", "--dir", "trust"}), HasSubstr("* folder/world.txt"));
}

TEST_F(CliTrust, SaysWhatIsWrong) {
  EXPECT_THAT(sealift({"trust", "update", "--dir", "trust", "--url", "copy"}),
              ends_with(4, "sealift trust init --dir DIR --root FILE"));
  EXPECT_FALSE(files().has("trust"));
  succeed({"trust", "init", "--dir", "trust", "--root", "root.json"});
  EXPECT_THAT(sealift({"trust", "update", "--dir", "trust", "--url", "nowhere"}),
              ends_with(4, "nowhere is neither a folder nor an http or https URL"));
  EXPECT_THAT(sealift({"trust", "get", "no.txt", "--dir", "trust", "--url", "copy", "-o", "o"}),
              ends_with(4, "the repository has no target no.txt"));
  EXPECT_THAT(
      sealift({"trust", "update", "--dir", "trust", "--url", "copy", "--allow-expired", "x"}),
      ends_with(2, "--allow-expired"));
  EXPECT_THAT(sealift({"trust", "update", "--dir", "trust", "--url", "copy", "--targets-url",
                       "https://example.com"}),
              ends_with(7, "must both be"));
  files().write("ca.pem", "x");
  for (const auto& more : {std::vector<std::string>{}, {"--url", "copy"}}) {
    std::vector<std::string> arguments = {"trust", "get",       "hello.txt", "--dir", "trust",
                                          "-o",    "hello.txt", "--ca-file", "ca.pem"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_THAT(sealift(arguments), ends_with(7, "--ca-file is of a server"));
  }
  const TufRepository other(system_clock().now());
  files().write("other.json", other.root(1));
  EXPECT_THAT(sealift({"trust", "init", "--dir", "trust", "--root", "other.json"}),
              ends_with(8, "trusts another root already"));
}

TEST_F(CliTrust, CopiesThatExpiredNeedAWord) {
  repository.set_expiry("timestamp", system_clock().now() - std::chrono::hours(10));
  repository.publish("timestamp");
  repository.write_to(files().file("copy"));
  succeed({"trust", "init", "--dir", "trust", "--root", "root.json"});
  EXPECT_THAT(sealift({"trust", "update", "--dir", "trust", "--url", "copy"}),
              ends_with(3, "timestamp 1 expired at"));
  EXPECT_THAT(
      sealift({"trust", "update", "--dir", "trust", "--url", "copy", "--allow-expired", "9h"}),
      ends_with(3, "more than the 9h"));
  const auto result =
      sealift({"trust", "update", "--dir", "trust", "--url", "copy", "--allow-expired", "11h"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("timestamp 1 expired at"));
  EXPECT_THAT(result.err, HasSubstr("--allow-expired 11h"));
  const auto status = sealift({"trust", "status", "--dir", "trust"});
  EXPECT_THAT(status, ends_with(3, "timestamp 1 expired at"));
  EXPECT_THAT(status.out, HasSubstr("snapshot"));
  succeed({"trust", "status", "--dir", "trust", "--allow-expired", "11h"});
}

// The copy of August 2026 is refused for ever, and says since when.
TEST_F(CliTrust, PublicSigstore) {
  const std::string copy = SEALIFT_TEST_DATA "/sigstore/tuf";
  EXPECT_THAT(succeed({"trust", "init", "--dir", "trust", "--root", "sigstore"}),
              HasSubstr("root 15, valid until 2026-11-20T13:58:18Z"));
  const auto refused = sealift({"trust", "update", "--dir", "trust", "--url", copy});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr("expired at 2026-11-20T13:58:18Z"));
  succeed({"trust", "get", "trusted_root.json", "--dir", "trust", "--url", copy, "-o", "root.txt",
           "--allow-expired", "870000h"});
  EXPECT_EQ(Digest::of(files().read("root.txt")).hex(),
            "6494e21ea73fa7ee769f85f57d5a3e6a08725eae1e38c755fc3517c9e6bc0b66");
}

TEST_F(CliTrust, GitHubsSigstoreHasAName) {
  succeed({"trust", "init", "--dir", "trust", "--root", "github"});
  // A beginning that has expired is said to have.
  EXPECT_THAT(sealift({"trust", "status", "--dir", "trust"}),
              ends_with(3, "root 3 expired at 2025-04-11"));
}

// A server that keeps silent at the snapshot; the client is killed there.
TEST_F(CliTrust, KilledInTheMiddleGoesOnNextTime) {
  std::promise<void> reached;
  std::promise<void> released;
  const auto release = released.get_future().share();
  std::atomic<bool> silent = true;
  TestServer server([&](const SeenRequest& request) {
    if (request.url == "/1.snapshot.json" && silent.exchange(false)) {
      reached.set_value();
      release.wait();
    }
    const auto file = repository.files().find(request.url.substr(1));
    if (file == repository.files().end()) return FakeAnswer{404, {}, "", {}, {}};
    return FakeAnswer{200, {}, file->second, {}, {}};
  });
  succeed({"trust", "init", "--dir", "trust", "--root", "root.json"});
  ProcessOptions options;
  options.directory = directory();
  Process killed({SEALIFT_PROGRAM, "trust", "update", "--dir", "trust", "--url", server.url()},
                 options);
  ASSERT_EQ(reached.get_future().wait_for(std::chrono::minutes(2)), std::future_status::ready)
      << killed.err();
  killed.send_signal(SIGKILL);
  EXPECT_EQ(killed.wait().signal, SIGKILL);
  released.set_value();
  EXPECT_EQ(version(status(), 1), 1);
  succeed({"trust", "update", "--dir", "trust", "--url", server.url()});
  EXPECT_EQ(version(status(), 3), 1);
}

TEST_F(CliTrust, TwoAtOnceTakeTurns) {
  succeed({"trust", "init", "--dir", "trust", "--root", "root.json"});
  std::vector<std::future<ProcessResult>> runs;
  for (int n = 0; n < 4; ++n) {
    runs.push_back(std::async(std::launch::async, [this] {
      return sealift({"trust", "get", "hello.txt", "--dir", "trust", "--url", "copy", "-o", "out"});
    }));
  }
  for (auto& run : runs) {
    const auto result = run.get();
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }
  EXPECT_EQ(files().read("out"), "hello\n");
  EXPECT_EQ(version(status(), 3), 1);
}

}  // namespace
}  // namespace sealift::test
