#include <sealift/base/encoding.h>
#include <sealift/checks/manifest_file.h>
#include <sealift/checks/rule.h>
#include <sealift/objects/json_pointer.h>

#include <charconv>
#include <map>

namespace sealift::checks {
namespace {

// Whoever has mended these runs the check again.
constexpr std::size_t kMaxFaults = 50;

// "12:3: …" → 12, 3, and what follows; false for another text.
bool take_position(std::string_view& text, objects::SourcePosition& position) {
  for (std::uint32_t* number : {&position.line, &position.column}) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
    if (error != std::errc() || end == text.data() + text.size() || *end != ':') return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  }
  if (text.starts_with(' ')) text.remove_prefix(1);
  return true;
}

bool is_list(const Json& value) {
  const Json* items = value.find("items");
  return value.string_at({"kind"}).ends_with("List") && items != nullptr && items->is_array();
}

}  // namespace

ManifestFile ManifestFile::parse(std::string path, std::string bytes) {
  ManifestFile file(std::move(path));
  file.bytes_ = std::make_shared<const std::string>(std::move(bytes));
  auto documents = objects::parse_yaml(*file.bytes_, file.path_);
  if (!documents) {
    file.add_fault(documents.error().message(), {1, 1});
    return file;
  }
  file.documents_ = *std::move(documents);
  for (std::size_t i = 0; i < file.documents_.size(); ++i) {
    file.add(std::exchange(file.documents_[i].value, Json()), i, "");
  }
  file.place_objects();
  return file;
}

void ManifestFile::place_objects() {
  std::vector<std::pair<std::size_t, std::string>> objects;
  for (std::size_t i = 0; i < objects_.size(); ++i) objects.emplace_back(i, "");
  const auto positions = locate(objects);
  for (std::size_t i = 0; i < objects_.size(); ++i) objects_[i].position = positions[i];
}

void ManifestFile::add(Json value, std::size_t document, const std::string& pointer) {
  if (is_list(value)) return add_items(std::move(value), document, pointer);
  // A Delivery may give the variables of names and labels their values.
  auto object = objects::parse_object(std::move(value), path_, objects::Placeholders::kAllowed);
  if (object) {
    objects_.push_back({*std::move(object), document, pointer});
    return;
  }
  if (faults_.size() == kMaxFaults) return;
  const auto position = objects::locate(documents_[document], pointer);
  std::string message = object.error().message();
  if (message.starts_with(path_ + ": ")) message.erase(0, path_.size() + 2);
  add_fault(std::move(message), position);
}

// A List of one kind (DeploymentList) may leave out what each item's kind is.
void ManifestFile::add_items(Json list, std::size_t document, const std::string& pointer) {
  const std::string kind(list.string_at({"kind"}));
  const std::string item_kind = kind.substr(0, kind.size() - std::string_view("List").size());
  const std::string api_version(list.string_at({"apiVersion"}));
  auto& items = *list.find("items")->as_array();
  for (std::size_t i = 0; i < items.size(); ++i) {
    Json& item = items[i];
    if (item.is_object() && !item_kind.empty() && item.find("kind") == nullptr &&
        item.find("apiVersion") == nullptr) {
      item.set("kind", Json(item_kind));
      item.set("apiVersion", Json(api_version));
    }
    add(std::move(item), document, objects::extend_pointer(pointer + "/items", std::to_string(i)));
  }
}

void ManifestFile::add_fault(std::string message, objects::SourcePosition otherwise) {
  std::string_view text = message;
  objects::SourcePosition position = otherwise;
  if (text.starts_with(path_ + ":")) {
    std::string_view rest = text.substr(path_.size() + 1);
    if (take_position(rest, position)) text = rest;
  }
  Finding finding;
  finding.rule = kInvalidManifest;
  finding.file = path_;
  finding.position = position;
  finding.message = text;
  faults_.push_back(std::move(finding));
}

std::vector<objects::SourcePosition> ManifestFile::locate(
    const std::vector<std::pair<std::size_t, std::string>>& fields) const {
  std::map<std::size_t, std::vector<std::size_t>> of_document;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    of_document[objects_[fields[i].first].document].push_back(i);
  }
  std::vector<objects::SourcePosition> positions(fields.size());
  for (const auto& [document, indices] : of_document) {
    std::vector<std::string> pointers;
    pointers.reserve(indices.size());
    for (const auto i : indices) {
      pointers.push_back(objects_[fields[i].first].pointer + fields[i].second);
    }
    const auto found = objects::locate_all(documents_[document], pointers);
    for (std::size_t i = 0; i < indices.size(); ++i) positions[indices[i]] = found[i];
  }
  return positions;
}

}  // namespace sealift::checks
