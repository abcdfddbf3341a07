// A root as a folder or an archive has it.
#include "roots_fixture.h"

#include <sealift/roots/folder_root.h>

namespace sealift::roots {
namespace {

using test::fails_with;

class FolderRootTest : public RootsTest {
 protected:
  Result<FolderRoot> read(FileSystem& disk, const signing::RootFolder& folder = wanted()) {
    return read_folder_root(disk, "keep", folder);
  }
};

TEST_F(FolderRootTest, TheFolderAndItsArchiveSayTheSame) {
  ASSERT_OK(get());
  ASSERT_OK_ASSIGN(const auto bytes, pack());
  carry_in(bytes);
  for (FileSystem* disk : {static_cast<FileSystem*>(&files), static_cast<FileSystem*>(&inside)}) {
    ASSERT_OK_ASSIGN(const auto found, read(*disk));
    EXPECT_EQ(found.root.name, "trust folder sigstore");
    EXPECT_EQ(*found.content.json, sigstore::public_trusted_root().bytes);
    EXPECT_EQ(found.root.digest, Digest::of(*found.content.json));
    EXPECT_FALSE(found.root.trusted->certificate_authorities.empty());
    EXPECT_EQ(found.content.first_to_expire, "timestamp 2");
    EXPECT_EQ(found.content.expires, expiry);
    EXPECT_EQ(found.state.root, repository.root(1));
  }
}

TEST_F(FolderRootTest, SaysWhatIsMissing) {
  EXPECT_THAT(read(inside), fails_with(ErrorCode::kNotFound,
                                       "neither the folder keep/sigstore nor the archive "
                                       "keep/sigstore.tar.gz"));
  EXPECT_THAT(read(files), fails_with(ErrorCode::kInvalidInput, "has no timestamp.json"));
  ASSERT_OK(get("hello.txt"));
  EXPECT_THAT(read(files), fails_with(ErrorCode::kInvalidInput, "targets/trusted_root.json"));
  EXPECT_THAT(read(files, wanted("other.json")),
              fails_with(ErrorCode::kInvalidInput, "has no target other.json"));
  EXPECT_THAT(read(files, wanted("../../root.json")),
              fails_with(ErrorCode::kInvalidInput, "relative paths"));
  EXPECT_THAT(read(files, wanted("hello.txt")),
              fails_with(ErrorCode::kInvalidInput, "trust folder sigstore: hello.txt"));
}

TEST_F(FolderRootTest, TwoThatDifferAreNoAnswer) {
  ASSERT_OK(get());
  ASSERT_OK_ASSIGN(const auto bytes, pack());
  files.put("keep/sigstore.tar.gz", bytes);
  EXPECT_THAT(read(files), fails_with(ErrorCode::kConflict, "remove one of them"));
}

// Whatever byte of the archive is another one, the root is this one or none.
TEST_F(FolderRootTest, NoByteOfAnArchiveIsBelieved) {
  ASSERT_OK(get());
  ASSERT_OK_ASSIGN(const auto bytes, pack());
  for (std::size_t at = 0; at < bytes.size(); at += 41) {
    auto bad = bytes;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    carry_in(bad);
    const auto found = read(inside);
    if (!found) continue;
    EXPECT_EQ(*found->content.json, sigstore::public_trusted_root().bytes) << at;
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{20}, bytes.size() / 2}) {
    carry_in(bytes.substr(0, size));
    EXPECT_THAT(read(inside), fails_with(ErrorCode::kInvalidInput)) << size;
  }
}

}  // namespace
}  // namespace sealift::roots
