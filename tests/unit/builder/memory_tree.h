#pragma once

#include <sealift/base/encoding.h>
#include <sealift/builder/source_tree.h>

#include <map>
#include <memory>
#include <optional>
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
  // All of it, whatever the paths are.
  Result<std::unique_ptr<SourceTree>> repository_part(
      const std::vector<std::string>& /*paths*/) override {
    std::map<std::string, std::string> files;
    for (const auto& [path, content] : contents_) files.emplace("deploy/" + path, content);
    return std::make_unique<MemoryTree>(std::move(files));
  }
  Result<std::optional<std::string>> read_in_repository(const std::string& path,
                                                        std::uint64_t /*max_bytes*/) override {
    const std::string prefix = "deploy/";
    if (!path.starts_with(prefix)) return std::nullopt;
    const auto found = contents_.find(path.substr(prefix.size()));
    if (found == contents_.end()) return std::nullopt;
    return found->second;
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
