#include "sample_layer.h"

#include <sealift/archive/compression.h>
#include <sealift/archive/tar_writer.h>

#include <cstdint>
#include <stdexcept>

namespace sealift::artifacts::test {
namespace {

constexpr std::uint64_t kMaxLayer = 1u << 30;

// The fixture itself must not fail.
void check(const Result<>& result) {
  if (!result) throw std::runtime_error(result.error().message());
}

}  // namespace

std::string gzip(std::string_view bytes) {
  StringSink sink("layer", kMaxLayer);
  archive::GzipWriter writer(sink);
  check(writer.write(bytes));
  check(writer.finish());
  return sink.take();
}

std::string layer_of(const FileTexts& files) {
  StringSink sink("tar", kMaxLayer);
  archive::TarWriter tar(sink);
  for (const auto& [path, text] : files) check(tar.add_file(path, text, false));
  check(tar.finish());
  return gzip(sink.bytes());
}

std::vector<archive::TarFile> files_of(const std::vector<std::string>& texts) {
  std::vector<archive::TarFile> files;
  for (const auto& text : texts) {
    files.push_back({"f" + std::to_string(files.size()) + ".yaml", text});
  }
  return files;
}

}  // namespace sealift::artifacts::test
