// A blob of one repository as bytes for another.
#include "support/result_matchers.h"
#include "support/temp_directory.h"

#include "layout_repository.h"
#include "repository_blob.h"

#include <sealift/base/random.h>
#include <sealift/oci/manifest.h>

#include <gtest/gtest.h>

#include <vector>

namespace sealift::oci {
namespace {

using test::fails_with;

class RepositoryBlob : public testing::TestWithParam<std::size_t> {
 protected:
  RepositoryBlob() { EXPECT_OK(layout_.push_blob(blob_, Blob::from_string(content_), {})); }
  static std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 7 / 3);
    return text;
  }
  // Reads to the end, or to an error; `given` has what came before.
  Result<> read_all(std::string& given) {
    const Blob bytes = repository_blob(layout_, blob_, {});
    EXPECT_TRUE(bytes.is_verified);
    EXPECT_EQ(bytes.size, blob_.size);
    SEALIFT_ASSIGN(const auto source, bytes.open());
    std::vector<char> buffer(100'000);
    while (true) {
      SEALIFT_ASSIGN(const std::size_t count, source->read(buffer.data(), buffer.size()));
      if (count == 0) return {};
      given.append(buffer.data(), count);
    }
  }

  test::TempDirectory directory_;
  LayoutRepository layout_{directory_.file("out"), system_files(), system_clock(), system_random()};
  const std::string content_ = pattern(GetParam());
  const Descriptor blob_{"text/plain", Digest::of(content_), content_.size(), "", {}};
};

TEST_P(RepositoryBlob, GivesAllOfIt) {
  std::string given;
  ASSERT_OK(read_all(given));
  EXPECT_TRUE(given == content_);
}

// Whoever stores it counts on that: it does not hash again.
TEST_P(RepositoryBlob, KeepsTheLastBytesOfWhatIsWrong) {
  const std::string path = "out/blobs/sha256/" + blob_.digest.hex();
  for (const std::size_t wrong : {std::size_t{0}, content_.size() / 2, content_.size() - 1}) {
    std::string changed = content_;
    changed[wrong] = static_cast<char>(changed[wrong] ^ 1);
    directory_.write(path, changed);
    std::string given;
    EXPECT_THAT(read_all(given), fails_with(ErrorCode::kUntrusted, blob_.digest.to_string()));
    EXPECT_LT(given.size(), content_.size());
  }
}

TEST_P(RepositoryBlob, KeepsWhatIsTooLong) {
  directory_.write("out/blobs/sha256/" + blob_.digest.hex(), content_ + "more");
  std::string given;
  EXPECT_THAT(read_all(given), fails_with(ErrorCode::kUntrusted, ""));
  EXPECT_LT(given.size(), content_.size());
}

// Fetched at once, by a thread, and by a thread that has to wait for the reader.
INSTANTIATE_TEST_SUITE_P(Sizes, RepositoryBlob, testing::Values(1'000, 300'000, 5'000'000));

}  // namespace
}  // namespace sealift::oci
