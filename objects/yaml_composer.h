#pragma once

#include "yaml_events.h"

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/objects/yaml.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sealift::objects {

// What the documents of one file may still use, of what aliases and anchors can multiply.
struct YamlBudget {
  explicit YamlBudget(const YamlLimits& limits);

  YamlLimits limits;
  std::uint64_t values;          // in the result
  std::uint64_t expanded_bytes;  // of strings and keys that aliases copied
  std::uint64_t kept_values;     // in the copies that anchors hold
  std::uint64_t kept_bytes;
};

// Turns the events of one document into data ("compose" and "construct" in YAML's terms), without
// recursion: open collections are on a stack.
class YamlComposer {
 public:
  YamlComposer(YamlEvents& events, YamlBudget& budget) : events_(&events), budget_(&budget) {}

  // Nullopt where the document is empty.
  Result<std::optional<YamlDocument>> compose();

 private:
  // How much a value is, for the budgets.
  struct Extent {
    std::uint64_t values = 0;
    std::uint64_t bytes = 0;
    std::uint32_t height = 0;  // levels of collections in it
  };
  struct Anchor {
    bool open = true;       // its value has not ended: an alias would contain itself
    std::size_t owner = 0;  // depth of the open collection
    Json value;
    Extent extent;
    std::optional<std::string> key;  // what the value is as a key, if it may be one
  };
  struct KeyPlace {
    SourcePosition position;
    bool merged = false;  // came through "<<", so that an explicit key may replace it
  };
  struct Collection {
    bool is_mapping = false;
    Json::Array elements;
    Json::Object members;
    std::vector<KeyPlace> places;                        // one for each member
    std::unordered_map<std::string, std::size_t> index;  // filled for large mappings alone
    std::optional<std::string> key;                      // read, its value still to come
    SourcePosition key_position;
    bool merging = false;  // the key was "<<"
    std::string anchor;
    Extent extent;
  };

  Result<> on_scalar(const YamlEvent& event);
  Result<> on_alias(const YamlEvent& event);
  Result<> on_start(const YamlEvent& event);
  Result<> on_end(const YamlEvent& event);

  bool expects_key() const;
  void set_key(std::string key, SourcePosition position);
  Result<> add(Json value, const Extent& extent, SourcePosition position);
  Result<> add_member(Collection& mapping, Json value);
  Result<> merge(Collection& mapping, Json value, SourcePosition position);
  void merge_members(Collection& mapping, Json::Object members, SourcePosition position);
  static std::size_t find_key(const Collection& mapping, const std::string& key);
  static void append(Collection& mapping, std::string key, Json value, KeyPlace place);
  Result<> spend(std::uint64_t values, SourcePosition position);
  Result<> spend_copied(std::uint64_t bytes, SourcePosition position);
  Result<> keep_anchor(const std::string& name, Json value, const Extent& extent,
                       std::optional<std::string> key, SourcePosition position);

  YamlEvents* events_;
  YamlBudget* budget_;
  std::vector<Collection> open_;
  std::unordered_map<std::string, Anchor> anchors_;
  std::optional<Json> root_;
};

}  // namespace sealift::objects
