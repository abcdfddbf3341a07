#include <support/process.h>
#include <support/temp_directory.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace sealift::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string run_well(const std::vector<std::string>& arguments, ProcessOptions options = {}) {
  const auto done = run_process(arguments, std::move(options));
  EXPECT_EQ(done.exit_code, 0) << arguments[0] << ": " << done.out << done.err;
  return done.out;
}

void build_packages(const std::string& folder) {
  ProcessOptions options;
  options.environment = {{"SOURCE_DATE_EPOCH", "1700000000"}};
  options.directory = folder;
  run_well({"cpack", "--config", std::string(SEALIFT_BUILD) + "/CPackConfig.cmake", "-G", "DEB",
            "-B", folder},
           std::move(options));
}

// Both packages, made once.
class Deb : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory_ = new TempDirectory;
    build_packages(directory_->path());
  }
  static void TearDownTestSuite() { delete std::exchange(directory_, nullptr); }

  static std::string package(const std::string& name) {
    for (const auto& entry : std::filesystem::directory_iterator(directory_->path())) {
      if (entry.path().filename().string().starts_with(name + "_")) return entry.path().string();
    }
    ADD_FAILURE() << "there is no package " << name;
    return {};
  }
  static std::string field(const std::string& name, const std::string& field) {
    return run_well({"dpkg-deb", "--field", package(name), field});
  }
  static std::string unpacked(const std::string& name) {
    const auto root = directory_->file("root-" + name);
    run_well({"dpkg-deb", "--extract", package(name), root});
    return root;
  }

  static TempDirectory* directory_;
};
TempDirectory* Deb::directory_ = nullptr;

TEST_F(Deb, ThePullerNeedsNoGit) {
  EXPECT_THAT(field("sealift-puller", "Depends"), HasSubstr("libcurl4"));
  EXPECT_THAT(field("sealift-puller", "Depends"), HasSubstr("libssl3"));
  EXPECT_THAT(field("sealift-puller", "Depends"), Not(HasSubstr("git")));
}

TEST_F(Deb, TheOtherNeedsWhatItLoadsLate) {
  EXPECT_THAT(field("sealift", "Depends"), HasSubstr("libcurl4"));
  EXPECT_THAT(field("sealift", "Depends"), HasSubstr("libgit2-"));
  EXPECT_THAT(field("sealift", "Depends"), HasSubstr("libssl3"));
}

TEST_F(Deb, TheProgramsInThemRun) {
  for (const std::string name : {"sealift", "sealift-puller"}) {
    const auto root = unpacked(name);
    EXPECT_THAT(run_well({root + "/usr/bin/" + name, "--version"}), StartsWith(name + " "));
    EXPECT_TRUE(std::filesystem::exists(root + "/usr/share/doc/" + name + "/copyright"));
  }
}

TEST_F(Deb, KubectlFindsItsPlugIn) {
  const auto programs = unpacked("sealift") + "/usr/bin/";
  for (const std::string name : {"kubectl-sealift", "kubectl_complete-sealift"}) {
    EXPECT_EQ(std::filesystem::read_symlink(programs + name), "sealift") << name;
  }
}

TEST_F(Deb, DpkgTakesThemIntoAFreshRoot) {
  const auto root = directory_->file("fresh");
  for (const auto* folder : {"/var/lib/dpkg/info", "/var/lib/dpkg/updates"}) {
    std::filesystem::create_directories(root + folder);
  }
  directory_->write("fresh/var/lib/dpkg/status", "");
  // The libraries are the machine's: what they are called in it is the affair of the dependencies.
  run_well({"dpkg", "--root=" + root, "--force-depends", "--force-not-root", "--log=/dev/null",
            "--unpack", package("sealift"), package("sealift-puller")});
  EXPECT_THAT(run_well({"dpkg", "--root=" + root, "--status", "sealift-puller"}),
              HasSubstr("Status: install ok unpacked"));
  EXPECT_TRUE(std::filesystem::exists(root + "/usr/lib/systemd/system/sealift-puller.service"));
}

TEST_F(Deb, TheServiceIsConfined) {
  const auto unit = unpacked("sealift-puller") + "/usr/lib/systemd/system/sealift-puller.service";
  // 0 is the best, 100 the worst; a service that says nothing has 96.
  run_well({"systemd-analyze", "security", "--offline=true", "--threshold=15", unit});
}

TEST_F(Deb, TheServiceStartsWhatThePackageHolds) {
  const auto unit = "root-sealift-puller/usr/lib/systemd/system/sealift-puller.service";
  const auto root = unpacked("sealift-puller");
  const auto text = directory_->read(unit);
  const auto from = text.find("ExecStart=") + 10;
  const auto words = text.substr(from, text.find('\n', from) - from);
  const auto program = words.substr(0, words.find(' '));
  ASSERT_TRUE(std::filesystem::exists(root + program)) << program;
  // Each flag that the unit names is one of the program's.
  const auto help = run_well({root + program, "--help"});
  for (auto at = words.find("--"); at != std::string::npos; at = words.find("--", at + 2)) {
    EXPECT_THAT(help, HasSubstr("  " + words.substr(at, words.find(' ', at) - at) + " "));
  }
}

TEST_F(Deb, TheSameProgramsGiveTheSamePackages) {
  const TempDirectory again;
  build_packages(again.path());
  for (const std::string name : {"sealift", "sealift-puller"}) {
    const auto file = std::filesystem::path(package(name)).filename().string();
    EXPECT_TRUE(directory_->read(file) == again.read(file)) << file;
  }
}

}  // namespace
}  // namespace sealift::test
