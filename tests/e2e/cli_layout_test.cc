// Layouts under several processes at once, under SIGKILL, and on a disk that is full.
#include "cli_fixture.h"

#include <support/registry_server.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CliLayout : public CliTest {
 protected:
  // Publishes its own content under a tag.
  std::vector<std::string> push_command(const std::string& reference,
                                        const std::string& content) const {
    return {"push", reference, "--from", git().path(), "-a", "content=" + content};
  }
  ProcessResult run_limited(const std::string& limit, std::vector<std::string> arguments) const {
    std::string command = limit + "; exec " SEALIFT_PROGRAM;
    for (const auto& argument : arguments) command += " '" + argument + "'";
    ProcessOptions options;
    options.directory = directory();
    options.environment = {{"HOME", directory()}};
    return run_process({"bash", "-c", command}, std::move(options));
  }
  // Everything that a tag names is there and right.
  void expect_whole(const std::string& layout) const {
    const Json tags = succeed_json({"ls", layout});
    for (const auto& tag : *tags.find("tags")->as_array()) {
      SCOPED_TRACE(*tag.as_string());
      succeed({"copy", layout + ":" + *tag.as_string(), "oci-layout:whole-" + *tag.as_string()});
    }
  }
  void expect_no_rests(const std::string& folder) const {
    const auto left = run_well({"find", folder, "-name", "*.tmp", "-o", "-name", "*.session"});
    EXPECT_EQ(left, "");
  }
  void add_large_file(std::size_t bytes) const {
    std::string random(bytes, '\0');
    std::uint32_t state = 1;
    for (char& c : random) {
      state = state * 1'664'525 + 1'013'904'223;
      c = static_cast<char>(state >> 24);
    }
    git().write("deploy/prod/large.bin", random);
    git().commit("Add a large file");
  }
};

TEST_F(CliLayout, ProcessesThatPushPullAndCollectGarbageAtOnceLoseNothing) {
  constexpr int kRounds = 8;
  succeed(push_command("oci-layout:out:first", "first"));
  std::atomic<bool> pushing = true;
  std::vector<std::jthread> threads;
  for (int writer = 0; writer < 2; ++writer) {
    threads.emplace_back([&, writer] {
      for (int i = 0; i < kRounds; ++i) {
        const auto name = std::to_string(writer) + "-" + std::to_string(i);
        succeed(push_command("oci-layout:out:t" + name, name));
        succeed(push_command("oci-layout:out:moving", name));
      }
    });
  }
  std::atomic<int> collected = 0;
  std::jthread collector([&] {
    while (pushing) {
      const auto result = sealift({"gc", "oci-layout:out"});
      EXPECT_EQ(result.exit_code, 0) << result.err;
      ++collected;
    }
  });
  std::jthread reader([&] {
    for (int i = 0; pushing; ++i) {
      succeed({"pull", "oci-layout:out:first", "-o", "read" + std::to_string(i)});
    }
  });
  threads.clear();
  pushing = false;
  collector.join();
  reader.join();
  EXPECT_GT(collected, 0);
  const Json tags = succeed_json({"ls", "oci-layout:out"});
  EXPECT_EQ(tags.find("tags")->as_array()->size(), 2u * kRounds + 2);
  expect_whole("oci-layout:out");
  succeed({"gc", "oci-layout:out"});
  expect_whole("oci-layout:out");
  expect_no_rests("out");
}

TEST_F(CliLayout, KilledWhileItPushesOrCopiesItPublishesNothingByHalves) {
  add_large_file(3u << 20);
  const RegistryServer server("distribution");
  const auto reference = "oci://" + server.address() + "/shop:v1";
  auto to_registry = push_command(reference, "copied");
  to_registry.emplace_back("--plain-http");
  succeed(to_registry);
  const std::vector<std::vector<std::string>> commands = {
      push_command("oci-layout:out:pushed", "pushed"),
      {"copy", "--plain-http", reference, "oci-layout:out:copied"}};
  int killed = 0;
  for (const auto& command : commands) {
    for (int delay = 3; delay <= 220; delay += 14) {
      auto arguments = command;
      arguments.insert(arguments.begin(), SEALIFT_PROGRAM);
      ProcessOptions options;
      options.directory = directory();
      options.environment = {{"HOME", directory()}};
      Process process(arguments, std::move(options));
      std::this_thread::sleep_for(std::chrono::milliseconds(delay));
      process.send_signal(SIGKILL);
      if (process.wait().signal == SIGKILL) ++killed;
      if (!files().has("out/oci-layout")) continue;
      expect_whole("oci-layout:out");
    }
    succeed(command);
  }
  EXPECT_GT(killed, 4);
  expect_whole("oci-layout:out");
  succeed({"gc", "oci-layout:out"});
  expect_whole("oci-layout:out");
  expect_no_rests("out");  // a copy that found everything there did not look for them
}

// RLIMIT_FSIZE, with its signal ignored, is a disk on which a file finds no room.
TEST_F(CliLayout, WithoutRoomItSaysSoAndLeavesNoRests) {
  succeed(push_command("oci-layout:out:v1", "old"));
  add_large_file(3u << 20);
  const std::string small = "trap '' XFSZ; ulimit -f 512";
  EXPECT_THAT(run_limited(small, push_command("oci-layout:out:v1", "new")),
              ends_with(1, "cannot write"));
  expect_no_rests("out");
  expect_whole("oci-layout:out");
  succeed(push_command("oci-layout:other:v2", "large"));
  EXPECT_THAT(run_limited(small, {"copy", "oci-layout:other:v2", "oci-layout:out:v2"}),
              ends_with(1, "cannot write"));
  EXPECT_THAT(run_limited(small, {"pull", "oci-layout:other:v2", "-o", "pulled"}),
              ends_with(1, "cannot write"));
  EXPECT_FALSE(files().has("pulled"));
  expect_no_rests("out");
  succeed({"copy", "oci-layout:other:v2", "oci-layout:out:v2"});
  succeed({"pull", "oci-layout:out:v2", "-o", "pulled"});
}

TEST_F(CliLayout, GarbageIsWhatNoTagLeadsTo) {
  succeed(push_command("oci-layout:out:v1", "one"));
  succeed(push_command("oci-layout:out:v2", "two"));
  succeed({"delete", "oci-layout:out:v2", "--manifest", "--yes"});
  const Json planned = succeed_json({"gc", "oci-layout:out", "--dry-run"});
  EXPECT_EQ(planned.find("blobs")->as_array()->size(), 1u) << "the manifest; its layer is v1's too";
  EXPECT_THAT(succeed({"gc", "oci-layout:out"}),
              AllOf(HasSubstr("removed   sha256:"), HasSubstr("freed     ")));
  EXPECT_EQ(succeed_json({"gc", "oci-layout:out"}).find("blobs")->as_array()->size(), 0u);
  expect_whole("oci-layout:out");
  EXPECT_THAT(sealift({"gc", "oci://registry.example.com/shop"}),
              ends_with(2, "no layout in a directory"));
  EXPECT_THAT(sealift({"gc", "oci-layout:out:v1"}), ends_with(2, "a whole layout is looked at"));
  EXPECT_THAT(sealift({"gc", "oci-layout:none"}), ends_with(4, "no image layout"));
}

}  // namespace
}  // namespace sealift::test
