#include <sealift/base/encoding.h>
#include <sealift/kube/status_error.h>
#include <sealift/kube/watch_event.h>

#include <optional>
#include <utility>

namespace sealift::kube {
namespace {

std::optional<WatchLine::Type> type_of(std::string_view text) {
  if (text == "ADDED") return WatchLine::Type::kAdded;
  if (text == "MODIFIED") return WatchLine::Type::kModified;
  if (text == "DELETED") return WatchLine::Type::kDeleted;
  if (text == "BOOKMARK") return WatchLine::Type::kBookmark;
  return std::nullopt;
}

Error error_event(const Json* status) {
  if (!status)
    return Error(ErrorCode::kUnavailable, "the watch ended with an error it did not name");
  const Json* number = status->find("code");
  const auto code = number ? number->as_int64() : std::nullopt;
  // Without a code the server was not able to say what is wrong; asking again is all there is.
  const bool usable = code && *code >= 400 && *code < 600;
  return error_from_status(usable ? static_cast<int>(*code) : 500, *status);
}

}  // namespace

Result<WatchLine> parse_watch_line(Json line) {
  const auto type_text = std::string(line.string_at({"type"}));
  Json* object = line.find("object");
  if (type_text == "ERROR") return fail(error_event(object));
  const auto type = type_of(type_text);
  if (!type || !object || !object->is_object()) {
    return fail(
        ErrorCode::kInvalidInput,
        "the API server sent a watch event that is none: type \"" + printable(type_text) + "\"");
  }
  WatchLine event;
  event.type = *type;
  event.resource_version = object->string_at({"metadata", "resourceVersion"});
  if (event.resource_version.empty()) {
    return fail(ErrorCode::kInvalidInput,
                "the API server sent a watch event without a resourceVersion");
  }
  event.ends_initial_events =
      *type == WatchLine::Type::kBookmark &&
      object->string_at({"metadata", "annotations", "k8s.io/initial-events-end"}) == "true";
  event.object = std::move(*object);
  return event;
}

}  // namespace sealift::kube
