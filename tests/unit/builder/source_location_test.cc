#include <sealift/builder/git_source.h>

#include <support/result_matchers.h>
#include <support/temp_directory.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace sealift::builder {
namespace {

using ::sealift::test::fails_with;

TEST(PublicUrlTest, OneAddressForEachWayToWriteIt) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"https://github.com/org/shop.git", "https://github.com/org/shop"},
      {"https://github.com/org/shop/", "https://github.com/org/shop"},
      {"https://user:secret@github.com/org/shop.git", "https://github.com/org/shop"},
      {"https://x-access-token:a@b@github.com/org/shop", "https://github.com/org/shop"},
      {"https://github.com:443/org/shop", "https://github.com/org/shop"},
      {"https://git.example.com:8443/org/shop?token=1", "https://git.example.com:8443/org/shop"},
      {"ssh://git@github.com:22/org/shop.git", "https://github.com/org/shop"},
      {"git@github.com:org/shop.git", "https://github.com/org/shop"},
      {"github.com:org/shop", "https://github.com/org/shop"},
      {"http://localhost:3000/org/shop.git", "http://localhost:3000/org/shop"},
      {"/srv/git/shop.git", ""},
      {"../shop", ""},
      {"file:///srv/git/shop.git", ""},
      {"./a:b", ""},
      {"", ""},
  };
  for (const auto& [remote, url] : cases) EXPECT_EQ(public_url_of_remote(remote), url) << remote;
}

TEST(SourceLocationTest, SplitsAtTheSignBehindADirectory) {
  const test::TempDirectory directory;
  const std::string plain = directory.file("repo");
  const std::string odd = directory.file("me@home");
  std::filesystem::create_directory(plain);
  std::filesystem::create_directory(odd);
  std::filesystem::create_directory_symlink(plain, directory.file("link"));
  FileSystem& files = system_files();

  const std::vector<std::tuple<std::string, std::string, std::string>> cases = {
      {plain, plain, ""},
      {plain + "@main", plain, "main"},
      {plain + "@feature/x@2", plain, "feature/x@2"},
      {plain + "@HEAD@{1}", plain, "HEAD@{1}"},
      {odd, odd, ""},
      {odd + "@v1", odd, "v1"},
      {directory.file("link") + "@v1", directory.file("link"), "v1"},
  };
  for (const auto& [text, repository, revision] : cases) {
    ASSERT_OK_ASSIGN(const auto location, parse_source_location(files, text));
    EXPECT_EQ(location.repository, repository) << text;
    EXPECT_EQ(location.revision, revision) << text;
  }
  EXPECT_THAT(parse_source_location(files, plain + "@"),
              fails_with(ErrorCode::kInvalidInput, "no revision"));
  EXPECT_THAT(parse_source_location(files, directory.file("none") + "@main"),
              fails_with(ErrorCode::kNotFound, "none"));
  EXPECT_THAT(parse_source_location(files, "https://github.com/org/shop"),
              fails_with(ErrorCode::kInvalidInput, "clone it first"));
  EXPECT_THAT(parse_source_location(files, "git@github.com:org/shop"),
              fails_with(ErrorCode::kInvalidInput, "clone it first"));
}

}  // namespace
}  // namespace sealift::builder
