// What a transfer leaves that is killed at any of its requests, or whose disk is full.
#include "cli_fixture.h"

#include <support/counting_proxy.h>
#include <support/registry_server.h>

#include <csignal>
#include <functional>
#include <future>

namespace sealift::test {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;

// A transfer to a place of its own.
struct Transfer {
  std::vector<std::string> command;
  std::function<void()> expect_whole_or_nothing;
  std::function<void()> expect_whole;
};

class CliStages : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    make_key("release");
    push_signed("oci-layout:source:v1");
    succeed({"copy", "oci-layout:source:v1", registry("source"), "--to-plain-http"});
  }

  void push_signed(const std::string& reference) const {
    push(reference, {"--sign", "release.key"});
  }
  std::string registry(const std::string& repository) const {
    return "oci://" + proxy_.url().substr(7) + "/" + repository + ":v1";
  }
  Transfer copy_to(const std::string& destination, std::vector<std::string> more) const {
    Transfer transfer;
    transfer.command = {"copy", registry("source"), destination, "--from-plain-http"};
    transfer.command.insert(transfer.command.end(), more.begin(), more.end());
    transfer.expect_whole = [this, destination] { expect_signed(destination); };
    transfer.expect_whole_or_nothing = [this, destination] { expect_whole_or_none(destination); };
    return transfer;
  }
  Transfer pull_to(const std::string& directory) const {
    Transfer transfer;
    transfer.command = {"pull", registry("source"), "-o", directory, "--plain-http"};
    transfer.expect_whole = [this, directory] {
      EXPECT_EQ(run_well({"ls", "-A", directory}), "settings.yaml\n");
    };
    transfer.expect_whole_or_nothing = [this, directory, whole = transfer.expect_whole] {
      if (files().has(directory)) whole();
    };
    return transfer;
  }

  // Kills the transfer before the server sees its request of this number, or (`answered`) when it
  // has; false where there are not so many.
  bool killed_at(const Transfer& transfer, std::size_t ordinal, bool answered) {
    std::promise<pid_t> started;
    auto pid = started.get_future().share();
    const auto end = [pid] { ::kill(pid.get(), SIGKILL); };
    proxy_.forget_requests();
    proxy_.set_rule([=](const ProxiedRequest&, std::size_t now) {
      if (now != ordinal) return ProxyAction::forward();
      if (!answered) {
        end();
        return ProxyAction::cut();
      }
      auto action = ProxyAction::lose();
      action.after = end;
      return action;
    });
    auto arguments = transfer.command;
    arguments.insert(arguments.begin(), SEALIFT_PROGRAM);
    ProcessOptions options;
    options.directory = directory();
    options.environment = {{"HOME", directory()}, {"SEALIFT_PASSWORD", "pw"}};
    Process process(arguments, std::move(options));
    started.set_value(process.pid());
    const auto result = process.wait();
    proxy_.set_rule(nullptr);
    EXPECT_TRUE(result.signal == SIGKILL || result.exit_code == 0) << result.err;
    return result.signal == SIGKILL;
  }
  // `transfer_to` makes the same transfer to another place each time.
  void expect_all_or_nothing(const std::function<Transfer(const std::string&)>& transfer_to) {
    std::size_t kills = 0;
    for (std::size_t ordinal = 1;; ++ordinal) {
      const auto place = std::to_string(ordinal);
      SCOPED_TRACE(place);
      const auto transfer = transfer_to(place);
      if (!killed_at(transfer, ordinal, ordinal % 2 == 0)) break;
      ++kills;
      transfer.expect_whole_or_nothing();
      succeed(transfer.command);
      transfer.expect_whole();
    }
    EXPECT_GE(kills, 2U);
  }

 private:
  void expect_signed(const std::string& reference) const {
    auto arguments = std::vector<std::string>{"verify", reference, "--key", "release.pub"};
    if (reference.starts_with("oci://")) arguments.emplace_back("--plain-http");
    succeed(arguments);
    expect_content(reference);
  }
  void expect_content(const std::string& reference) const {
    auto arguments = std::vector<std::string>{"cat", reference, "settings.yaml"};
    if (reference.starts_with("oci://")) arguments.emplace_back("--plain-http");
    EXPECT_EQ(succeed(arguments), kConfigMap);
  }
  void expect_whole_or_none(const std::string& reference) const {
    auto arguments = std::vector<std::string>{"inspect", reference};
    if (reference.starts_with("oci://")) arguments.emplace_back("--plain-http");
    const auto found = sealift(arguments);
    EXPECT_THAT(found.exit_code, AnyOf(0, 4)) << found.err;
    if (found.exit_code == 0) expect_content(reference);
  }

  // Its uploads stay at the address they were begun at.
  RegistryServer server_{"crane"};
  CountingProxy proxy_{"http://" + server_.address(), nullptr};
};

TEST_F(CliStages, ACopyToARegistryIsKilled) {
  expect_all_or_nothing([&](const std::string& place) {
    return copy_to(registry("to-" + place), {"--to-plain-http"});
  });
}

TEST_F(CliStages, ACopyToALayoutIsKilled) {
  expect_all_or_nothing(
      [&](const std::string& place) { return copy_to("oci-layout:to-" + place + ":v1", {}); });
}

TEST_F(CliStages, ACopyToAnArchiveIsKilled) {
  succeed({"copy", registry("source"), "oci-archive:undisturbed.tar", "--from-plain-http"});
  const auto undisturbed = files().read("undisturbed.tar");
  expect_all_or_nothing([&](const std::string& place) {
    auto transfer = copy_to("oci-archive:to-" + place + ".tar", {});
    transfer.expect_whole_or_nothing = [this, place] {
      EXPECT_FALSE(files().has("to-" + place + ".tar")) << "it gets its name when it is whole";
    };
    transfer.expect_whole = [this, place, &undisturbed] {
      EXPECT_TRUE(files().read("to-" + place + ".tar") == undisturbed);
      EXPECT_FALSE(files().has("to-" + place + ".tar.partial"));
    };
    return transfer;
  });
}

TEST_F(CliStages, APullIsKilled) {
  expect_all_or_nothing([&](const std::string& place) { return pull_to("to-" + place); });
}

TEST_F(CliStages, APushIsKilled) {
  expect_all_or_nothing([&](const std::string& place) {
    auto transfer = copy_to(registry("to-" + place), {});
    transfer.command = {"push",        registry("to-" + place), "--from", git().path(),
                        "--path",      "deploy/prod",           "--sign", "release.key",
                        "--plain-http"};
    return transfer;
  });
}

// A file system of a few pages; what does not find room on it, does once it is larger.
class CliFullDisk : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    std::string noise(3u << 20, '\0');
    std::uint32_t state = 1;
    for (char& c : noise) {
      state = state * 1'664'525 + 1'013'904'223;
      c = static_cast<char>(state >> 24);
    }
    git().write("deploy/prod/large.bin", noise);
    git().commit("Add a large file");
    push("oci-layout:source:v1");
  }
  // `command` writes below small/ and `left` prints what counts as published; `whole` fails unless
  // all is there. Returns what the command said on the full disk.
  std::string expect_recovery(const std::string& command, const std::string& left,
                              const std::string& whole) const {
    std::string said;
    for (const std::string kilobytes : {"16", "64", "256", "1024", "2560"}) {
      SCOPED_TRACE(kilobytes);
      const auto result = run({"unshare", "--map-root-user", "--mount", "sh", "-c",
                               "sealift='" SEALIFT_PROGRAM "'; mkdir -p small || exit 90\n"
                               "mount -t tmpfs -o size=" +
                                   kilobytes +
                                   "k none small || exit 91\n"
                                   "if " +
                                   command + "; then exit 92; fi\n" + left +
                                   "\n"
                                   "mount -o remount,size=64m none small || exit 93\n" +
                                   command + " >&2 || exit 94\n" + whole + " >&2 || exit 95\n"});
      EXPECT_EQ(result.exit_code, 0) << result.err;
      EXPECT_THAT(result.out, IsEmpty());
      EXPECT_THAT(result.err, HasSubstr("No space left on device"));
      said = result.err;
    }
    return said;
  }
};

TEST_F(CliFullDisk, ACopyToALayoutIsCompletedOnceThereIsRoom) {
  expect_recovery("$sealift copy oci-layout:source:v1 oci-layout:small/out:v1",
                  "$sealift ls oci-layout:small/out 2>/dev/null",
                  "$sealift pull oci-layout:small/out:v1 -o small/pulled");
}

TEST_F(CliFullDisk, ACopyToAnArchiveIsCompletedOnceThereIsRoom) {
  succeed({"copy", "oci-layout:source:v1", "oci-archive:undisturbed.tar"});
  expect_recovery("$sealift copy -q oci-layout:source:v1 oci-archive:small/shop.tar",
                  "ls small | grep -v -x shop.tar.partial",
                  "cmp undisturbed.tar small/shop.tar && test \"$(ls -A small)\" = shop.tar");
}

TEST_F(CliFullDisk, APullIsCompletedOnceThereIsRoom) {
  expect_recovery("$sealift pull oci-layout:source:v1 -o small/pulled", "ls -A small",
                  "diff -r small/pulled '" + git().path() + "/deploy/prod'");
}

TEST_F(CliFullDisk, APushToALayoutIsCompletedOnceThereIsRoom) {
  expect_recovery(
      "$sealift push -q oci-layout:small/out:v1 --from '" + git().path() + "' --path deploy/prod",
      "$sealift ls oci-layout:small/out 2>/dev/null",
      "$sealift pull oci-layout:small/out:v1 -o small/pulled");
}

}  // namespace
}  // namespace sealift::test
