#include "memory_tree.h"

#include <sealift/archive/compression.h>
#include <sealift/archive/tar_reader.h>
#include <sealift/builder/layer.h>

#include <support/result_matchers.h>
#include <support/temp_directory.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sealift::builder {
namespace {

using ::sealift::test::fails_with;
using ::testing::ElementsAre;

class Collector : public archive::TarVisitor {
 public:
  Result<> begin_entry(const archive::TarEntry& entry) override {
    current_ = entry.path + (entry.type == archive::TarEntry::Type::kDirectory ? " directory"
                             : entry.executable                                ? " 0755 "
                                                                               : " 0644 ");
    return {};
  }
  Result<> write(std::string_view bytes) override {
    current_ += bytes;
    return {};
  }
  Result<> end_entry() override {
    entries.push_back(std::exchange(current_, {}));
    return {};
  }
  std::vector<std::string> entries;

 private:
  std::string current_;
};

std::string bytes_of(const Blob& blob) {
  auto source = blob.open().value();
  return read_all(*source, "blob", 1u << 30).value();
}

std::string unpack(const Blob& blob) {
  StringSink tar("tar", 1u << 30);
  auto gunzip = archive::make_decompressor(archive::Compression::kGzip, tar, 1u << 30);
  EXPECT_OK(gunzip->write(bytes_of(blob)));
  EXPECT_OK(gunzip->finish());
  return tar.take();
}

RenderedObjects files(std::vector<std::pair<std::string, std::string>> contents) {
  RenderedObjects rendered;
  for (auto& [path, content] : contents) {
    const bool executable = path.ends_with(".sh");
    rendered.files.push_back(
        {path, executable,
         [bytes = std::move(content)]() -> Result<std::string> { return bytes; }});
  }
  return rendered;
}

// Bytes that no compressor makes smaller.
std::string noise(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint64_t state = 88172645463325252ULL;
  for (char& byte : bytes) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    byte = static_cast<char>(state >> 32);
  }
  return bytes;
}

class LayerTest : public ::testing::Test {
 protected:
  std::size_t leftovers() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(directory_.path()), {}));
  }

  test::TempDirectory directory_;
  BuildEnvironment environment_{system_files(), system_random(), directory_.path(), ""};
};

TEST_F(LayerTest, HoldsTheFilesAndTellsTheirDigests) {
  ASSERT_OK_ASSIGN(const Layer layer,
                   pack(files({{"a.yaml", "one"}, {"bin/run.sh", "two"}}), environment_));
  const std::string compressed = bytes_of(layer.bytes);
  const std::string tar = unpack(layer.bytes);
  EXPECT_EQ(layer.digest, Digest::of(compressed));
  EXPECT_EQ(layer.bytes.size, compressed.size());
  EXPECT_EQ(layer.diff_id, Digest::of(tar));
  EXPECT_EQ(layer.unpacked_bytes, tar.size());

  Collector collector;
  archive::TarReader reader(collector, {});
  ASSERT_OK(reader.write(tar));
  ASSERT_OK(reader.finish());
  EXPECT_THAT(collector.entries, ElementsAre("a.yaml 0644 one", "bin/run.sh 0755 two"));
}

TEST_F(LayerTest, BytesAreFixedForEver) {
  ASSERT_OK_ASSIGN(const Layer layer,
                   pack(files({{"a.yaml", "one"}, {"bin/run.sh", "two"}}), environment_));
  EXPECT_EQ(layer.diff_id.to_string(),
            "sha256:6845f8e1f82070e0fe7a6815acab22302b2e63f0bae6bb73ff18c1c62d07036f");
  EXPECT_EQ(layer.digest.to_string(),
            "sha256:99d94f532047af92f9aaad624601f6ad5c692c9896fc7542494847706f99a9ba");
}

TEST_F(LayerTest, LargeOnesGoToAFileThatGoesWithTheLastBlob) {
  const std::string content = noise(kLayerMemoryBytes + 100'000);
  {
    std::optional<Blob> kept;
    {
      ASSERT_OK_ASSIGN(const Layer layer, pack(files({{"a", content}}), environment_));
      EXPECT_EQ(leftovers(), 1U);
      EXPECT_EQ(Digest::of(bytes_of(layer.bytes)), layer.digest);
      EXPECT_EQ(Digest::of(bytes_of(layer.bytes)), layer.digest) << "the second reading";
      EXPECT_NE(unpack(layer.bytes).find(content), std::string::npos);
      kept = layer.bytes;
    }
    EXPECT_EQ(leftovers(), 1U);
  }
  EXPECT_EQ(leftovers(), 0U);
}

TEST_F(LayerTest, SmallOnesStayInMemory) {
  ASSERT_OK_ASSIGN(const Layer layer, pack(files({{"a", noise(100'000)}}), environment_));
  EXPECT_EQ(leftovers(), 0U);
}

TEST_F(LayerTest, FailsWithTheFileAndLeavesNothing) {
  RenderedObjects rendered = files({{"a", noise(kLayerMemoryBytes + 100'000)}});
  rendered.files.push_back({"broken", false, []() -> Result<std::string> {
                              return fail(ErrorCode::kIo, "broken: the disk is gone");
                            }});
  EXPECT_THAT(pack(rendered, environment_), fails_with(ErrorCode::kIo, "the disk is gone"));
  EXPECT_EQ(leftovers(), 0U);
  environment_.temporary_directory = directory_.file("none");
  EXPECT_THAT(pack(files({{"a", noise(kLayerMemoryBytes + 100'000)}}), environment_),
              fails_with(ErrorCode::kNotFound, "none"));
}

}  // namespace
}  // namespace sealift::builder
