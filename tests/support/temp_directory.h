#pragma once

#include <string>
#include <string_view>

namespace sealift::test {

// A fresh directory under TMPDIR that goes, with all in it, when the object goes. Everything aborts
// the test program where the disk fails: no test can say anything then.
class TempDirectory {
 public:
  TempDirectory();
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::string& path() const { return path_; }
  // "DIR/name"; nothing is created.
  std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }
  // Writes a file, with its directories, and returns its path.
  std::string write(std::string_view name, std::string_view bytes) const;
  std::string read(std::string_view name) const;
  bool has(std::string_view name) const;

 private:
  std::string path_;
};

}  // namespace sealift::test
