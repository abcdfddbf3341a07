#pragma once

#include <sealift/base/json_reader.h>
#include <sealift/tuf/metadata.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::tuf {

// A file of the repository, read as far as all roles have it in common. Results are kInvalidInput
// with the path of the member.
class MetadataReader {
 public:
  // `type`: what "_type" must say. `limit`: of the file, in bytes.
  static Result<MetadataReader> open(std::string_view bytes, std::string_view role,
                                     std::string_view type, std::uint64_t limit);

  Envelope& envelope() { return envelope_; }
  // The members of "signed".
  Result<ObjectReader> content() const;

 private:
  Json document_;
  Envelope envelope_;
};

using KeyMap = std::map<std::string, std::shared_ptr<const RoleKey>, std::less<>>;
Result<KeyMap> read_keys(ObjectReader& reader);
// "keyids" and "threshold" of a role or of a delegation.
Result<RoleKeys> read_role_keys(ObjectReader& reader, const KeyMap& keys);
// "hashes" of a file that is listed, empty where the member is not there.
Result<std::vector<Digest>> read_hashes(ObjectReader& reader);
Result<std::optional<std::uint64_t>> read_length(ObjectReader& reader);
Result<ListedFile> read_listed_file(ObjectReader& reader);
// A whole number from 1.
Result<std::int64_t> read_positive(ObjectReader& reader, std::string_view name);
// The members of the object `name`, which is required.
Result<const Json::Object*> read_members(ObjectReader& reader, std::string_view name);

}  // namespace sealift::tuf
