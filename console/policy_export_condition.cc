#include <sealift/base/encoding.h>

#include "policy_export_source.h"

// Conditions on fields of a predicate in other languages. A field that is not there fulfils nothing
// but "exists: false", in all of them: CEL and Rego fail where they look for it.
namespace sealift::console {
namespace {

using signing::Condition;

std::string path_text(const std::vector<std::string>& tokens, const std::string& root) {
  std::string text = root;
  for (const auto& token : tokens) text += "[" + (is_index(token) ? token : quoted(token)) + "]";
  return text;
}

std::string list_text(const std::vector<Json>& choices, char open, char close) {
  std::string text(1, open);
  for (const auto& choice : choices) {
    text += (text.size() == 1 ? "" : ", ") + dump_json(choice);
  }
  return text + close;
}

std::string anchored(const RegularExpression& expression) {
  return quoted("^(?:" + expression.pattern() + ")$");
}

void refuse_version(const Condition& condition, ExportedPolicy& policy) {
  policy.refuse("spec.require", "a range of versions (" + printable(condition.path.text()) +
                                    ") cannot be asked for there; name the versions with oneOf or "
                                    "matches");
}

// Of a list no index is asked for, because other languages have other words for its end.
bool has_index(const std::vector<std::string>& tokens) {
  for (const auto& token : tokens) {
    if (is_index(token)) return true;
  }
  return false;
}

class Cel {
 public:
  explicit Cel(ExportedPolicy& policy) : policy_(policy) {}

  std::string all(const std::vector<Condition>& conditions, const std::string& root, int depth) {
    std::string text;
    for (const auto& condition : conditions) {
      text += (text.empty() ? "" : " && ") + one(condition, root, depth);
    }
    return text.empty() ? "true" : text;
  }

 private:
  std::string one(const Condition& condition, const std::string& root, int depth) {
    const auto& tokens = condition.path.tokens();
    const auto value = path_text(tokens, root);
    if (const auto* exists = std::get_if<Condition::Exists>(&condition.test)) {
      return (exists->wanted ? "" : "!") + presence(tokens, root);
    }
    if (const auto* one_of = std::get_if<Condition::OneOf>(&condition.test)) {
      return value + " in " + list_text(one_of->choices, '[', ']');
    }
    if (const auto* matches = std::get_if<Condition::Matches>(&condition.test)) {
      return value + ".matches(" + anchored(matches->expression) + ")";
    }
    if (const auto* every = std::get_if<Condition::Every>(&condition.test)) {
      const auto element = "each" + std::to_string(depth);
      return value + ".all(" + element + ", " + all(every->conditions, element, depth + 1) + ")";
    }
    refuse_version(condition, policy_);
    return "false";
  }

  std::string presence(const std::vector<std::string>& tokens, const std::string& root) {
    if (has_index(tokens)) {
      policy_.refuse("spec.require", "whether an element of a list is there cannot be asked");
    }
    std::string text = "(";
    std::string at = root;
    for (const auto& token : tokens) {
      text += quoted(token) + " in " + at + " && ";
      at += "[" + quoted(token) + "]";
    }
    return text + at + " != null)";
  }

  ExportedPolicy& policy_;
};

class Rego {
 public:
  explicit Rego(ExportedPolicy& policy) : policy_(policy) {}

  std::string all(const std::vector<Condition>& conditions, const std::string& root, int depth) {
    std::string text;
    for (const auto& condition : conditions) {
      text += std::string(static_cast<std::size_t>(2 * depth), ' ') + one(condition, root, depth) +
              "\n";
    }
    const std::string nothing = std::string(static_cast<std::size_t>(2 * depth), ' ') + "true\n";
    return text.empty() ? nothing : text;
  }

 private:
  std::string one(const Condition& condition, const std::string& root, int depth) {
    const auto& tokens = condition.path.tokens();
    const auto value = path_text(tokens, root);
    if (const auto* exists = std::get_if<Condition::Exists>(&condition.test)) {
      return presence(tokens, root) + (exists->wanted ? " != null" : " == null");
    }
    if (const auto* one_of = std::get_if<Condition::OneOf>(&condition.test)) {
      return value + " in " + list_text(one_of->choices, '[', ']');
    }
    if (const auto* matches = std::get_if<Condition::Matches>(&condition.test)) {
      return "regex.match(" + anchored(matches->expression) + ", " + value + ")";
    }
    if (const auto* every = std::get_if<Condition::Every>(&condition.test)) {
      const auto element = "each" + std::to_string(depth);
      return "is_array(" + value + ")\n" + std::string(static_cast<std::size_t>(2 * depth), ' ') +
             "every " + element + " in " + value + " {\n" +
             all(every->conditions, element, depth + 1) +
             std::string(static_cast<std::size_t>(2 * depth), ' ') + "}";
    }
    refuse_version(condition, policy_);
    return "false";
  }

  std::string presence(const std::vector<std::string>& tokens, const std::string& root) {
    if (has_index(tokens)) {
      policy_.refuse("spec.require", "whether an element of a list is there cannot be asked");
    }
    std::string path;
    for (const auto& token : tokens) path += (path.empty() ? "" : ", ") + quoted(token);
    return "object.get(" + root + ", [" + path + "], null)";
  }

  ExportedPolicy& policy_;
};

}  // namespace

std::string cel_of(const std::vector<Condition>& conditions, const std::string& root,
                   ExportedPolicy& policy) {
  return Cel(policy).all(conditions, root, 0);
}

std::string rego_of(const std::vector<Condition>& conditions, const std::string& root,
                    ExportedPolicy& policy) {
  return Rego(policy).all(conditions, root, 1);
}

}  // namespace sealift::console
