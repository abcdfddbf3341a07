#pragma once

#include <sealift/base/encoding.h>
#include <sealift/builder/source_tree.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sealift::test {

inline builder::Commit example_commit() {
  return {std::string(40, 'a'), "sha1", Timestamp(std::chrono::seconds(1767225600)), "", "", false};
}

// A tree of files in memory.
class MemoryTree : public builder::SourceTree {
 public:
  explicit MemoryTree(std::map<std::string, std::string> files)
      : SourceTree(example_commit(), "deploy", list(files)), contents_(std::move(files)) {}

  Result<std::string> read(const builder::SourceFile& file) override {
    return contents_.at(file.path);
  }
  Result<std::unique_ptr<SourceTree>> whole_repository() override {
    std::map<std::string, std::string> files;
    for (const auto& [path, content] : contents_) files.emplace("deploy/" + path, content);
    return std::make_unique<MemoryTree>(std::move(files));
  }

 private:
  static std::vector<builder::SourceFile> list(const std::map<std::string, std::string>& files) {
    std::vector<builder::SourceFile> result;
    for (const auto& [path, content] : files) {
      result.push_back({path, content.size(), path.ends_with(".sh")});
    }
    return result;
  }

  std::map<std::string, std::string> contents_;
};

inline std::string config_map(const std::string& name) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + name + "\n";
}

}  // namespace sealift::test
