#include "support/temp_directory.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace sealift::test {
namespace {

[[noreturn]] void give_up(const std::string& path) {
  std::perror(path.c_str());
  std::abort();
}

}  // namespace

TempDirectory::TempDirectory()
    : path_((std::filesystem::temp_directory_path() / "sealift-test-XXXXXX").string()) {
  if (::mkdtemp(path_.data()) == nullptr) give_up(path_);
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempDirectory::write(std::string_view name, std::string_view bytes) const {
  const std::string path = file(name);
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream out(path, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) give_up(path);
  return path;
}

std::string TempDirectory::read(std::string_view name) const {
  std::ifstream in(file(name), std::ios::binary);
  if (!in) give_up(file(name));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

bool TempDirectory::has(std::string_view name) const {
  return std::filesystem::exists(std::filesystem::symlink_status(file(name)));
}

}  // namespace sealift::test
