#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::objects {

// Names fields of a Kubernetes object: a JSON pointer (RFC 6901) in which a list's item is chosen
// by what it holds, since its place may change:
//   /spec/replicas
//   /metadata/annotations/example.com~1owner
//   /spec/template/spec/containers/[name=web]/image
//   /spec/ports/[port=80,protocol=TCP]        every item that holds all of these
//   /metadata/finalizers/[=example.com~1hold]  an item of a list of plain values
// A number names an item of a list by its place. Several items may be meant at once.
class FieldPath {
 public:
  struct Segment {
    // The member of an object, or the place in a list. Not used where `item` is not empty.
    std::string name;
    // What an item must hold: keys and values, these as text. One with an empty key: the item
    // itself.
    std::vector<std::pair<std::string, std::string>> item;
    bool operator==(const Segment&) const = default;
  };

  // kInvalidInput that begins with the quoted text, for one that is not as above, longer than 512
  // bytes or deeper than 64 segments. There is at least one segment.
  static Result<FieldPath> parse(std::string_view text);

  const std::string& text() const { return text_; }
  const std::vector<Segment>& segments() const { return segments_; }
  bool operator==(const FieldPath& other) const { return segments_ == other.segments_; }

 private:
  FieldPath() = default;
  std::string text_;
  std::vector<Segment> segments_;
};

// In an object as data. The first field that is meant; null where there is none.
const Json* find_field(const Json& object, const FieldPath& path);
// Removes each field that is meant; returns whether there was any. What is around it stays, even
// empty.
bool erase_field(Json& object, const FieldPath& path);
// Sets each field that is meant. Members that are missing on the way are made, items of lists are
// not: false where there was no such item.
bool set_field(Json& object, const FieldPath& path, const Json& value);

// In the `fieldsV1` of an entry of metadata.managedFields (sigs.k8s.io/structured-merge-diff,
// fieldpath/serialize.go): a tree whose keys are f:NAME, k:{"KEY":VALUE}, v:VALUE, i:INDEX, and "."
// for the field itself.
// True where the entry owns the field, something in it, or the undivided value it is part of.
bool owns_field(const Json& fields_v1, const FieldPath& path);
// Takes the field and everything in it out, and what becomes empty thereby, so that the tree is as
// if the field had never been owned. A part of an undivided value stays. Returns whether anything
// was taken out.
bool disown_field(Json& fields_v1, const FieldPath& path);

}  // namespace sealift::objects
