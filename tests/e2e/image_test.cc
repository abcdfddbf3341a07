#include <sealift/base/json.h>

#include <support/process.h>
#include <support/registry_server.h>
#include <support/result_matchers.h>
#include <support/temp_directory.h>
#include <support/test_part.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace sealift::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string programs() {
  const char* from = std::getenv("SEALIFT_BIN");
  return from != nullptr ? from : SEALIFT_DEFAULT_BIN;
}

std::string trimmed(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string run_well(std::vector<std::string> arguments, ProcessOptions options = {}) {
  options.environment.emplace_back("SEALIFT_BIN", programs());
  options.environment.emplace_back("SEALIFT_PASSWORD", "pw");
  const auto done = run_process(arguments, std::move(options));
  EXPECT_EQ(done.exit_code, 0) << arguments[0] << ": " << done.err;
  return done.out;
}

// Prints its digest.
std::string build_image(const std::string& output, std::vector<std::string> more = {},
                        ProcessOptions options = {}) {
  std::vector<std::string> command{std::string(SEALIFT_SOURCE_DIR) + "/packaging/image/build",
                                   output, "--tag", "v1"};
  command.insert(command.end(), more.begin(), more.end());
  return trimmed(run_well(command, std::move(options)));
}

// One image, and its layer unpacked.
class Image : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory_ = new TempDirectory;
    run_well({programs() + "/sealift", "key", "generate", "--output-key-prefix", "image"},
             {.standard_input = {}, .environment = {}, .directory = directory_->path()});
    digest_ = build_image(directory_->file("made"), {"--key", directory_->file("image.key")});
    root_ = directory_->file("root");
    std::filesystem::create_directory(root_);
    const auto image = manifest();
    const auto layer = document(image.find("layers")->as_array()->at(0).string_at({"digest"}));
    run_well({"tar", "-xzf", layer, "-C", root_});
  }
  static void TearDownTestSuite() { delete std::exchange(directory_, nullptr); }

  static std::string document(std::string_view digest) {
    return directory_->file("made/layout/blobs/sha256/" + std::string(digest.substr(7)));
  }
  static Json read(std::string_view digest) {
    const auto name = "made/layout/blobs/sha256/" + std::string(digest.substr(7));
    auto parsed = parse_json(directory_->read(name), name);
    EXPECT_THAT(parsed, is_ok());
    return parsed.value_or(Json());
  }
  static Json manifest() {
    const auto index = read(digest_);
    return read(index.find("manifests")->as_array()->at(0).string_at({"digest"}));
  }
  static std::string layout() { return directory_->file("made/layout"); }

  static TempDirectory* directory_;
  static std::string digest_;
  static std::string root_;
};
TempDirectory* Image::directory_ = nullptr;
std::string Image::digest_;
std::string Image::root_;

TEST_F(Image, TheSameProgramGivesTheSameDigest) {
  ASSERT_THAT(digest_, StartsWith("sha256:"));
  ProcessOptions other;
  other.environment = {{"TZ", "Pacific/Auckland"}, {"LC_ALL", "C"}, {"HOME", "/nonexistent"}};
  const TempDirectory elsewhere;
  EXPECT_EQ(build_image(elsewhere.file("again"), {}, other), digest_);
  other.environment = {{"SOURCE_DATE_EPOCH", "86400"}};
  EXPECT_NE(build_image(elsewhere.file("later"), {}, other), digest_);
}

TEST_F(Image, HasEachLibraryThatTheProgramNeeds) {
  const auto loader = root_ + "/lib64/ld-linux-x86-64.so.2";
  const auto listed = run_well({loader, "--library-path", root_ + "/usr/lib/x86_64-linux-gnu",
                                "--list", root_ + "/usr/bin/sealift-puller"});
  std::istringstream lines(listed);
  int libraries = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto arrow = line.find(" => ");
    if (arrow == std::string::npos) continue;
    ++libraries;
    EXPECT_THAT(line.substr(arrow + 4), StartsWith(root_));
  }
  EXPECT_GT(libraries, 10);
  EXPECT_THAT(run_well({loader, "--library-path", root_ + "/usr/lib/x86_64-linux-gnu",
                        root_ + "/usr/bin/sealift-puller", "--version"}),
              StartsWith("sealift-puller "));
}

TEST_F(Image, RunsOnNothingButItsOwnRoot) {
  // Only root may change the root; in a user namespace of its own, everybody is root.
  std::vector<std::string> command{"unshare", "--map-root-user", "chroot"};
  if (geteuid() == 0) command = {"chroot", "--userspec=65532:65532"};
  command.insert(command.end(), {root_, "/usr/bin/sealift-puller", "--version"});
  EXPECT_THAT(run_well(command), StartsWith("sealift-puller "));
}

TEST_F(Image, HoldsNoShellAndNoRoot) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root_)) {
    const auto path = entry.path().string();
    EXPECT_FALSE(entry.is_symlink()) << path;
    const bool is_ours = path.find("/lib") != std::string::npos ||
                         path.find("/etc/") != std::string::npos ||
                         path.ends_with("/usr/bin/sealift-puller");
    EXPECT_TRUE(is_ours || entry.is_directory()) << path;
  }
  EXPECT_EQ(trimmed(directory_->read("root/etc/passwd")),
            "nonroot:x:65532:65532:nonroot:/:/sbin/nologin");
  EXPECT_THAT(directory_->read("root/etc/ssl/certs/ca-certificates.crt"),
              HasSubstr("BEGIN CERTIFICATE"));
}

TEST_F(Image, SaysHowItIsRun) {
  const auto image = manifest();
  const auto config = read(image.string_at({"config", "digest"}));
  EXPECT_EQ(config.string_at({"architecture"}), "amd64");
  EXPECT_EQ(config.string_at({"config", "User"}), "65532:65532");
  EXPECT_EQ(config.find_path({"config", "Entrypoint"})->as_array()->at(0),
            Json("/usr/bin/sealift-puller"));
  const auto index = read(digest_);
  const auto& platform = index.find("manifests")->as_array()->at(0);
  EXPECT_EQ(platform.string_at({"platform", "architecture"}), "amd64");
  EXPECT_EQ(platform.string_at({"platform", "os"}), "linux");
}

TEST_F(Image, TheBillOfMaterialsNamesEachFileAndItsPackage) {
  ASSERT_OK_ASSIGN(const auto bill,
                   parse_json(directory_->read("made/sbom-amd64.spdx.json"), "the SBOM"));
  EXPECT_EQ(bill.string_at({"spdxVersion"}), "SPDX-2.3");
  std::vector<std::string> packages;
  for (const auto& package : *bill.find("packages")->as_array()) {
    packages.emplace_back(package.string_at({"name"}));
  }
  EXPECT_THAT(packages, testing::IsSupersetOf({"sealift-puller", "ca-certificates", "libc6"}));
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root_)) {
    if (entry.is_regular_file()) ++files;
  }
  EXPECT_EQ(bill.find("files")->as_array()->size(), files);
}

// One index of folders, packed without a build.
class Platforms : public Image {
 protected:
  struct Root {
    std::string architecture;
    std::string folder;
  };
  std::string pack(const std::string& name, const std::vector<Root>& roots) {
    std::vector<std::string> command{programs() + "/../packaging/image/sealift-image",
                                     "--layout",
                                     work_.file(name),
                                     "--tag",
                                     "v1",
                                     "--entrypoint",
                                     "/usr/bin/sealift-puller"};
    for (const auto& [architecture, folder] : roots) {
      command.insert(command.end(), {"--root", architecture, folder, "--sbom", architecture,
                                     directory_->file("made/sbom-amd64.spdx.json")});
    }
    return trimmed(run_well(command));
  }
  ProcessResult check(const std::string& name, const std::string& digest) {
    return run_process(
        {std::string(SEALIFT_SOURCE_DIR) + "/packaging/image/check", work_.file(name), digest});
  }
  static std::string staged() { return directory_->file("made/root-amd64"); }

  TempDirectory work_;
};

TEST_F(Platforms, AreInOneIndexEachWithItsBillOfMaterials) {
  work_.write("other/usr/bin/sealift-puller", "another machine's");
  const auto digest = pack("both", {{"arm64", work_.file("other")}, {"amd64", staged()}});
  EXPECT_EQ(pack("again", {{"amd64", staged()}, {"arm64", work_.file("other")}}), digest);
  const RegistryServer registry("distribution");
  const auto name = registry.address() + "/sealift/puller";
  run_well({test_part("oras"), "cp", "--recursive", "--from-oci-layout",
            work_.file("both") + "@" + digest, "--to-plain-http", name + ":v1"});
  for (const std::string architecture : {"amd64", "arm64"}) {
    const auto platform = "linux/" + architecture;
    const auto config = run_well(
        {test_part("crane"), "config", "--insecure", "--platform", platform, name + ":v1"});
    EXPECT_THAT(config, HasSubstr("\"architecture\":\"" + architecture + "\""));
    const auto image = trimmed(run_well(
        {test_part("crane"), "digest", "--insecure", "--platform", platform, name + ":v1"}));
    EXPECT_THAT(run_well({test_part("oras"), "discover", "--plain-http", "--format", "json",
                          name + "@" + image}),
                HasSubstr("application/spdx+json"))
        << platform;
  }
}

TEST_F(Platforms, AProgramOfAnotherMachineIsFound) {
  const auto found = check("wrong", pack("wrong", {{"amd64", staged()}, {"arm64", staged()}}));
  EXPECT_EQ(found.exit_code, 1);
  EXPECT_THAT(found.out, HasSubstr("linux/amd64: "));
  EXPECT_THAT(found.err, HasSubstr("X86-64, not for AArch64"));
}

TEST_F(Platforms, AMissingLibraryIsFound) {
  const auto root = work_.file("root");
  std::filesystem::copy(staged(), root, std::filesystem::copy_options::recursive);
  ASSERT_TRUE(std::filesystem::remove(root + "/usr/lib/x86_64-linux-gnu/libyaml-0.so.2"));
  const auto found = check("less", pack("less", {{"amd64", root}}));
  EXPECT_EQ(found.exit_code, 1);
  EXPECT_THAT(found.err, HasSubstr("usr/bin/sealift-puller needs libyaml-0.so.2"));
}

TEST_F(Image, OtherToolsTakeItAndVerifyIt) {
  const RegistryServer registry("distribution");
  const auto name = registry.address() + "/sealift/puller";
  run_well({test_part("oras"), "cp", "--recursive", "--from-oci-layout", layout() + "@" + digest_,
            "--to-plain-http", name + ":v1"});
  EXPECT_EQ(trimmed(run_well({test_part("crane"), "digest", "--insecure", name + ":v1"})), digest_);
  EXPECT_THAT(run_well({test_part("crane"), "validate", "--insecure", "--remote", name + ":v1"}),
              HasSubstr("PASS"));
  EXPECT_THAT(run_well({test_part("crane"), "config", "--insecure", "--platform", "linux/amd64",
                        name + ":v1"}),
              HasSubstr("/usr/bin/sealift-puller"));
  run_well({test_part("cosign"), "verify", "--key", directory_->file("image.pub"),
            "--insecure-ignore-tlog=true", "--allow-http-registry", name + "@" + digest_});
  const auto index = read(digest_);
  const auto image = index.find("manifests")->as_array()->at(0).string_at({"digest"});
  EXPECT_THAT(run_well({test_part("oras"), "discover", "--plain-http", "--format", "json",
                        name + "@" + std::string(image)}),
              HasSubstr("application/spdx+json"));
}

}  // namespace
}  // namespace sealift::test
