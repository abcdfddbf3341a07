#include <sealift/objects/json_pointer.h>
#include <sealift/objects/scope.h>
#include <sealift/objects/substitution.h>

#include <algorithm>
#include <vector>

#include "object_check.h"
#include "text_expander.h"
#include "yaml_substituted.h"

namespace sealift::objects {
namespace {

// An object has at most 1.5 MiB in the end; parts of it are text within text.
constexpr std::uint64_t kMaxBytes = 8u << 20;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// Walks through an object and replaces what is in it.
class Walk {
 public:
  Walk(const Object& object, const VariableValues& values, std::set<std::string>& undefined)
      : object_(object), expander_(values, kMaxBytes, undefined) {}

  Result<Object> run() {
    // What the object is decides where only text can stand.
    SEALIFT_ASSIGN(const auto api_version, text_at("apiVersion"));
    SEALIFT_ASSIGN(const auto kind, text_at("kind"));
    const auto gvk = split_api_version(api_version, kind);
    is_builtin_ = is_builtin_namespaced(gvk).has_value();
    is_data_ = gvk.group.empty() && (kind == "ConfigMap" || kind == "Secret");
    SEALIFT_ASSIGN(auto json, value(object_.json()));
    auto result = parse_object(std::move(json), object_.source());
    if (!result) {
      return fail(std::move(result).error().with_context("with its variables replaced"));
    }
    return result;
  }

 private:
  Result<std::string> text_at(std::string_view member) {
    path_ = {member};
    auto text = expand(object_.json().string_at({member}));
    path_.clear();
    return text;
  }

  // Recursion is bounded by the depth that the readers of JSON and YAML allow.
  Result<Json> value(const Json& json) {
    if (const auto* text = json.as_string()) return scalar(*text);
    if (const auto* elements = json.as_array()) return array(*elements);
    if (const auto* members = json.as_object()) return mapping(*members);
    return json;
  }

  Result<Json> array(const Json::Array& elements) {
    Json::Array result;
    result.reserve(elements.size());
    path_.emplace_back();
    for (const auto& element : elements) {
      SEALIFT_ASSIGN(auto next, value(element));
      result.push_back(std::move(next));
    }
    path_.pop_back();
    return Json(std::move(result));
  }

  Result<Json> mapping(const Json::Object& members) {
    Json::Object result;
    result.reserve(members.size());
    bool renamed = false;
    for (const auto& [name, member] : members) {
      path_.push_back(name);
      SEALIFT_ASSIGN(auto next_name, expand(name));
      renamed = renamed || next_name != name;
      SEALIFT_ASSIGN(auto next, value(member));
      result.emplace_back(std::move(next_name), std::move(next));
      path_.pop_back();
    }
    if (renamed) SEALIFT_TRY(check_names(result));
    return Json(std::move(result));
  }

  Result<> check_names(const Json::Object& members) const {
    std::set<std::string_view> names;
    for (const auto& [name, member] : members) {
      if (!names.insert(name).second) {
        return fail(wrong("two members have the name \"" + name + "\" now"));
      }
    }
    return {};
  }

  Result<Json> scalar(const std::string& text) {
    if (text.find('$') == std::string::npos) return Json(text);
    SEALIFT_ASSIGN(auto expanded, expand(text));
    if (expanded == text) return Json(text);
    if (takes_text_alone() || !is_written_plain(text)) return Json(std::move(expanded));
    auto read = read_substituted(std::move(expanded));
    if (!read) return fail(wrong(read.error().message()));
    return read;
  }

  Result<std::string> expand(std::string_view text) {
    if (text.find('$') == std::string_view::npos) return std::string(text);
    auto expanded = expander_.expand(text);
    if (!expanded) return fail(wrong(expanded.error().message()));
    return expanded;
  }

  // Where Kubernetes' own types have nothing but strings: what looks like a number there would be
  // refused.
  bool takes_text_alone() const {
    const auto& last = path_.back();
    if (path_.size() == 1) return is_one_of(last, {"apiVersion", "kind"});
    const auto& parent = path_[path_.size() - 2];
    if (path_[0] == "metadata") {
      return is_one_of(last, {"name", "namespace"}) || is_one_of(parent, {"labels", "annotations"});
    }
    if (is_data_) return is_one_of(path_[0], {"data", "stringData"});
    if (!is_builtin_) return false;
    if (is_one_of(parent, {"labels", "annotations", "matchLabels", "nodeSelector", "selector"})) {
      return true;
    }
    if (last.empty()) return is_one_of(parent, {"args", "command"});
    return is_one_of(last, {"name", "value"}) && parent.empty() && path_.size() > 2 &&
           path_[path_.size() - 3] == "env";
  }

  Error wrong(const std::string& problem) const {
    std::string place;
    for (const auto& name : path_) place += (place.empty() ? "" : ".") + std::string(name);
    return Error(ErrorCode::kInvalidInput, object_.source() + ": " + describe(object_.json()) +
                                               ": " + place + ": " + problem);
  }

  const Object& object_;
  TextExpander expander_;
  std::vector<std::string_view> path_;  // names of members; empty for an item of a list
  bool is_builtin_ = false;
  bool is_data_ = false;
};

}  // namespace

Result<Object> substitute(const Object& object, const VariableValues& values,
                          std::set<std::string>& undefined) {
  return Walk(object, values, undefined).run();
}

}  // namespace sealift::objects
