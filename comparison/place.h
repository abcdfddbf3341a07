#pragma once

#include <sealift/objects/object.h>

#include <string_view>
#include <vector>

namespace sealift::comparison {

// Where in an object a value stands, as far as Kubernetes' rules ask: by names of members. Items of
// lists add none, so "containers/ports" is the ports of any container.
struct Place {
  std::string_view kind;
  bool is_builtin = false;  // of a kind that every API server has
  std::vector<std::string_view> names;

  explicit Place(const objects::GroupVersionKind& gvk);

  // Whether the last names are these, with "/" between them; "*" is any one name.
  bool ends_with(std::string_view names) const;
  // Whether these are all of them.
  bool is(std::string_view names) const;

  // Whether {} says something here that the absence of the field does not: a selector that selects
  // everything, a switch that is on by being there. Of custom resources nobody knows.
  bool means_something_empty() const;
  // Whether an amount stands here, of which "1" and "1000m" are two spellings.
  bool holds_quantity() const;
  // Whether the members are told one by one where the other side has none of them: labels, data,
  // and what an object has at its top.
  bool holds_entries() const;
  // Whether this is one of those. Its name is the user's own, and no rule is about it.
  bool is_entry() const;
};

}  // namespace sealift::comparison
