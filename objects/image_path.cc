#include <sealift/base/encoding.h>
#include <sealift/objects/image_path.h>
#include <sealift/objects/json_pointer.h>

#include <algorithm>
#include <utility>

namespace sealift::objects {
namespace {

constexpr std::size_t kMaxBytes = 512;
constexpr std::size_t kMaxSteps = 32;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_word(c); });
}

bool is_group(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_word(c) || c == '.'; });
}

tl::unexpected<Error> refuse(std::string_view why) {
  return fail(ErrorCode::kInvalidInput, std::string(why));
}

}  // namespace

Result<ImagePath> ImagePath::parse(std::string_view text) {
  const auto context = [&] {
    return "\"" + printable(text, 128) + "\" does not say where images are named";
  };
  ImagePath path;
  path.text_ = std::string(text);
  const auto colon = text.find(':');
  if (text.size() > kMaxBytes || colon == std::string_view::npos) {
    return fail(ErrorCode::kInvalidInput,
                context() + (text.size() > kMaxBytes
                                 ? ": it exceeds the limit of 512 bytes"
                                 : ": write [GROUP/]KIND:PATH, such as Prometheus:.spec.image"));
  }
  auto kind = text.substr(0, colon);
  if (const auto slash = kind.find('/'); slash != std::string_view::npos) {
    path.group_ = std::string(kind.substr(0, slash));
    kind.remove_prefix(slash + 1);
    if (!is_group(path.group_)) {
      return fail(ErrorCode::kInvalidInput, context() + ": what stands before \"/\" is no group");
    }
  }
  if (!is_word(kind)) {
    return fail(ErrorCode::kInvalidInput, context() + ": what stands before \":\" is no kind");
  }
  path.kind_ = std::string(kind);
  SEALIFT_TRY_CONTEXT(path.parse_steps(text.substr(colon + 1)), context());
  return path;
}

Result<> ImagePath::parse_steps(std::string_view path) {
  if (path.empty()) return refuse("it has no path, such as .spec.image");
  while (!path.empty()) {
    if (steps_.size() == kMaxSteps) return refuse("it exceeds the limit of 32 steps");
    if (path.starts_with("[*]")) {
      steps_.push_back({"", true});
      path.remove_prefix(3);
    } else if (path.starts_with("['")) {
      const auto end = path.find("']");
      if (end == std::string_view::npos) return refuse("[' has no '] behind it");
      steps_.push_back({std::string(path.substr(2, end - 2)), false});
      path.remove_prefix(end + 2);
    } else if (path.starts_with('.')) {
      path.remove_prefix(1);
      const auto end = path.find_first_of(".[");
      const auto word = path.substr(0, end);
      if (!is_word(word)) {
        return refuse(
            "behind \".\" comes a word of letters, digits, \"_\" and \"-\"; other names "
            "are written ['NAME']");
      }
      steps_.push_back({std::string(word), false});
      path.remove_prefix(word.size());
    } else {
      return refuse("each step is .NAME, ['NAME'] or [*]");
    }
  }
  return {};
}

bool ImagePath::fits(std::string_view group, std::string_view kind) const {
  return kind == kind_ && (group_.empty() || group == group_);
}

Result<> ImagePath::visit(const Json& object, const std::string& pointer,
                          const Visit& visit) const {
  return visit_below(object, pointer, 0, visit);
}

Result<> ImagePath::visit_below(const Json& value, const std::string& pointer, std::size_t step,
                                const Visit& visit) const {
  if (step == steps_.size()) return visit(value, pointer);
  if (!steps_[step].is_every) {
    const Json* member = value.find(steps_[step].member);
    if (member == nullptr) return {};
    return visit_below(*member, extend_pointer(pointer, steps_[step].member), step + 1, visit);
  }
  if (const auto* list = value.as_array()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      const auto place = extend_pointer(pointer, std::to_string(i));
      SEALIFT_TRY(visit_below((*list)[i], place, step + 1, visit));
    }
  } else if (const auto* members = value.as_object()) {
    for (const auto& [name, member] : *members) {
      SEALIFT_TRY(visit_below(member, extend_pointer(pointer, name), step + 1, visit));
    }
  }
  return {};
}

}  // namespace sealift::objects
