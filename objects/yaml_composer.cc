#include "yaml_composer.h"

#include "yaml_scalar.h"

#include <sealift/base/encoding.h>

#include <algorithm>

namespace sealift::objects {
namespace {

// Below this many members, comparing a key with each beats a hash table.
constexpr std::size_t kFewMembers = 24;
constexpr std::size_t kNoMember = static_cast<std::size_t>(-1);

std::string place_of(SourcePosition position) {
  return "line " + std::to_string(position.line) + ", column " + std::to_string(position.column);
}

}  // namespace

YamlBudget::YamlBudget(const YamlLimits& file_limits)
    : limits(file_limits),
      values(file_limits.max_values),
      expanded_bytes(file_limits.max_bytes),
      kept_values(file_limits.max_values),
      kept_bytes(file_limits.max_bytes) {}

Result<std::optional<YamlDocument>> YamlComposer::compose() {
  SourcePosition start;
  for (;;) {
    SEALIFT_ASSIGN(const YamlEvent event, events_->next());
    if (start.line == 0) start = event.position;
    switch (event.type) {
      case YamlEvent::Type::kScalar:
        SEALIFT_TRY(on_scalar(event));
        break;
      case YamlEvent::Type::kAlias:
        SEALIFT_TRY(on_alias(event));
        break;
      case YamlEvent::Type::kSequenceStart:
      case YamlEvent::Type::kMappingStart:
        SEALIFT_TRY(on_start(event));
        break;
      case YamlEvent::Type::kCollectionEnd:
        SEALIFT_TRY(on_end(event));
        break;
      case YamlEvent::Type::kDocumentEnd:
        if (!root_) return std::nullopt;
        return YamlDocument{*std::move(root_), start, events_->text()};
    }
  }
}

bool YamlComposer::expects_key() const {
  return !open_.empty() && open_.back().is_mapping && !open_.back().key && !open_.back().merging;
}

Result<> YamlComposer::on_scalar(const YamlEvent& event) {
  const auto at_event = [&](const Error& error) {
    return fail(events_->error_at(event.position, error.message()));
  };
  if (expects_key()) {
    if (is_merge_key(event.tag, event.text, event.plain)) {
      open_.back().merging = true;
      return {};
    }
    auto key = resolve_key(event.tag, event.text, event.plain);
    if (!key) return at_event(key.error());
    if (!event.anchor.empty()) {
      auto value = resolve_scalar(event.tag, event.text, event.plain);
      if (!value) return at_event(value.error());
      SEALIFT_TRY(keep_anchor(std::string(event.anchor), *std::move(value),
                              {1, event.text.size(), 0}, *key, event.position));
    }
    set_key(*std::move(key), event.position);
    return {};
  }
  SEALIFT_TRY(spend(1, event.position));
  auto value = resolve_scalar(event.tag, event.text, event.plain);
  if (!value) return at_event(value.error());
  const Extent extent{1, event.text.size(), 0};
  if (!event.anchor.empty()) {
    auto key = resolve_key(event.tag, event.text, event.plain);
    SEALIFT_TRY(keep_anchor(std::string(event.anchor), *value, extent,
                            key ? std::optional(*std::move(key)) : std::nullopt, event.position));
  }
  return add(*std::move(value), extent, event.position);
}

Result<> YamlComposer::on_alias(const YamlEvent& event) {
  const auto refuse = [&](const std::string& message) {
    return fail(events_->error_at(event.position, message));
  };
  const std::string name(event.anchor);
  const std::string shown = "\"*" + printable(name, 60) + "\"";
  const auto found = anchors_.find(name);
  if (found == anchors_.end()) return refuse("the alias " + shown + " has no anchor before it");
  const Anchor& anchor = found->second;
  if (anchor.open) return refuse("the value of the alias " + shown + " contains itself");
  if (expects_key()) {
    if (!anchor.key) return refuse("the alias " + shown + " is a key, but its value cannot be one");
    SEALIFT_TRY(spend_copied(anchor.key->size(), event.position));
    set_key(*anchor.key, event.position);
    return {};
  }
  if (open_.size() + anchor.extent.height > budget_->limits.max_depth) {
    return refuse("the alias " + shown + " nests deeper than the limit of " +
                  std::to_string(budget_->limits.max_depth) + " levels");
  }
  SEALIFT_TRY(spend(anchor.extent.values, event.position));
  SEALIFT_TRY(spend_copied(anchor.extent.bytes, event.position));
  if (!open_.empty() && open_.back().merging && !anchor.value.is_object()) {
    return refuse("\"<<\" takes a mapping or a list of mappings, and " + shown + " is none");
  }
  return add(anchor.value, anchor.extent, event.position);
}

Result<> YamlComposer::on_start(const YamlEvent& event) {
  const bool is_mapping = event.type == YamlEvent::Type::kMappingStart;
  if (expects_key()) {
    return fail(events_->error_at(event.position,
                                  "a mapping or a list cannot be a key; a value that begins with "
                                  "\"{\" or \"[\" and is meant as text needs quotes"));
  }
  if (auto checked = check_collection_tag(event.tag, !is_mapping); !checked) {
    return fail(events_->error_at(event.position, checked.error().message()));
  }
  if (open_.size() >= budget_->limits.max_depth) {
    return fail(events_->error_at(event.position, "the document nests deeper than the limit of " +
                                                      std::to_string(budget_->limits.max_depth) +
                                                      " levels"));
  }
  SEALIFT_TRY(spend(1, event.position));
  Collection& collection = open_.emplace_back();
  collection.is_mapping = is_mapping;
  collection.extent.values = 1;
  if (!event.anchor.empty()) {
    collection.anchor = event.anchor;
    Anchor anchor;
    anchor.owner = open_.size();
    anchors_.insert_or_assign(collection.anchor, std::move(anchor));
  }
  return {};
}

Result<> YamlComposer::on_end(const YamlEvent& event) {
  const std::size_t depth = open_.size();
  Collection collection = std::move(open_.back());
  open_.pop_back();
  Json value = collection.is_mapping ? Json(std::move(collection.members))
                                     : Json(std::move(collection.elements));
  ++collection.extent.height;
  if (!collection.anchor.empty()) {
    // The same name may have been given anew inside; then the later one stands.
    const Anchor& anchor = anchors_[collection.anchor];
    if (anchor.open && anchor.owner == depth) {
      SEALIFT_TRY(
          keep_anchor(collection.anchor, value, collection.extent, std::nullopt, event.position));
    }
  }
  return add(std::move(value), collection.extent, event.position);
}

void YamlComposer::set_key(std::string key, SourcePosition position) {
  open_.back().key = std::move(key);
  open_.back().key_position = position;
}

Result<> YamlComposer::add(Json value, const Extent& extent, SourcePosition position) {
  if (open_.empty()) {
    root_ = std::move(value);
    return {};
  }
  Collection& parent = open_.back();
  parent.extent.values += extent.values;
  parent.extent.bytes += extent.bytes;
  parent.extent.height = std::max(parent.extent.height, extent.height);
  if (!parent.is_mapping) {
    parent.elements.push_back(std::move(value));
    return {};
  }
  if (parent.merging) {
    parent.merging = false;
    return merge(parent, std::move(value), position);
  }
  return add_member(parent, std::move(value));
}

std::size_t YamlComposer::find_key(const Collection& mapping, const std::string& key) {
  if (!mapping.index.empty()) {
    const auto found = mapping.index.find(key);
    return found == mapping.index.end() ? kNoMember : found->second;
  }
  for (std::size_t i = 0; i < mapping.members.size(); ++i) {
    if (mapping.members[i].first == key) return i;
  }
  return kNoMember;
}

void YamlComposer::append(Collection& mapping, std::string key, Json value, KeyPlace place) {
  const std::size_t position = mapping.members.size();
  mapping.extent.bytes += key.size();
  mapping.members.emplace_back(std::move(key), std::move(value));
  mapping.places.push_back(place);
  if (position < kFewMembers) return;
  if (mapping.index.empty()) {
    for (std::size_t i = 0; i < position; ++i) mapping.index.emplace(mapping.members[i].first, i);
  }
  mapping.index.emplace(mapping.members[position].first, position);
}

Result<> YamlComposer::add_member(Collection& mapping, Json value) {
  std::string key = *std::move(mapping.key);
  mapping.key.reset();
  const KeyPlace place{mapping.key_position, false};
  const std::size_t found = find_key(mapping, key);
  if (found == kNoMember) {
    append(mapping, std::move(key), std::move(value), place);
    return {};
  }
  if (!mapping.places[found].merged) {
    return fail(events_->error_at(place.position,
                                  "the key \"" + printable(key, 80) + "\" is already at " +
                                      place_of(mapping.places[found].position) +
                                      " of the same mapping, and only one can count; remove one"));
  }
  mapping.members[found].second = std::move(value);
  mapping.places[found] = place;
  return {};
}

// As go-yaml v2 does it, and so kubectl: a merge overwrites keys that stand before it, a key that
// stands behind it overwrites the merge, and in a list of mappings the first has precedence.
Result<> YamlComposer::merge(Collection& mapping, Json value, SourcePosition position) {
  if (Json::Object* members = value.as_object()) {
    merge_members(mapping, std::move(*members), position);
    return {};
  }
  Json::Array* sources = value.as_array();
  const bool all_mappings =
      sources != nullptr && std::all_of(sources->begin(), sources->end(),
                                        [](const Json& source) { return source.is_object(); });
  if (!all_mappings) {
    return fail(events_->error_at(position,
                                  "\"<<\" takes a mapping or a list of mappings; quote the key "
                                  "if it is meant as text"));
  }
  for (auto source = sources->rbegin(); source != sources->rend(); ++source) {
    merge_members(mapping, std::move(*source->as_object()), position);
  }
  return {};
}

void YamlComposer::merge_members(Collection& mapping, Json::Object members,
                                 SourcePosition position) {
  for (auto& [key, value] : members) {
    const std::size_t found = find_key(mapping, key);
    if (found == kNoMember) {
      append(mapping, std::move(key), std::move(value), {position, true});
    } else {
      mapping.members[found].second = std::move(value);
    }
  }
}

Result<> YamlComposer::spend(std::uint64_t values, SourcePosition position) {
  if (values > budget_->values) {
    return fail(events_->error_at(position, "the file holds more than " +
                                                std::to_string(budget_->limits.max_values) +
                                                " values once aliases are expanded; split it"));
  }
  budget_->values -= values;
  return {};
}

Result<> YamlComposer::spend_copied(std::uint64_t bytes, SourcePosition position) {
  if (bytes > budget_->expanded_bytes) {
    return fail(events_->error_at(position, "the aliases of this file expand to more than " +
                                                std::to_string(budget_->limits.max_bytes) +
                                                " bytes; write the data once"));
  }
  budget_->expanded_bytes -= bytes;
  return {};
}

Result<> YamlComposer::keep_anchor(const std::string& name, Json value, const Extent& extent,
                                   std::optional<std::string> key, SourcePosition position) {
  if (extent.values > budget_->kept_values || extent.bytes > budget_->kept_bytes) {
    return fail(events_->error_at(position,
                                  "the anchors of this file name more data than it may "
                                  "hold; put anchors on smaller values"));
  }
  budget_->kept_values -= extent.values;
  budget_->kept_bytes -= extent.bytes;
  anchors_.insert_or_assign(name, Anchor{false, 0, std::move(value), extent, std::move(key)});
  return {};
}

}  // namespace sealift::objects
