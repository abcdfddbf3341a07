#pragma once

#include <sealift/base/result.h>
#include <sealift/objects/object.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::builder {

// Checks the files of an artifact one after the other and collects what is wrong with them.
// Remembers identities only, so that memory does not grow with the files.
class ManifestCheck {
 public:
  explicit ManifestCheck(std::size_t max_faults) : max_faults_(max_faults) {}

  void add(std::string_view path, std::string_view bytes);
  std::uint64_t objects() const { return objects_; }
  // True once more faults were found than anybody reads.
  bool is_full() const { return faults_.size() >= max_faults_; }
  // kInvalidInput with all faults, or where there was no object at all in `place`.
  Result<> finish(std::string_view place) const;

 private:
  void add_manifest(std::string_view path, std::string_view bytes);
  void fault(std::string text);

  std::size_t max_faults_;
  std::uint64_t objects_ = 0;
  std::vector<std::string> faults_;
  std::map<objects::ObjectId, std::string> places_;  // where each object was seen
};

}  // namespace sealift::builder
