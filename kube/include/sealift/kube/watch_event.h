#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <string>

namespace sealift::kube {

// One line of a watch (metav1.WatchEvent) as the protocol has it.
struct WatchLine {
  enum class Type { kAdded, kModified, kDeleted, kBookmark };
  Type type = Type::kAdded;
  Json object;
  std::string resource_version;      // of the object: where a cut watch resumes
  bool ends_initial_events = false;  // a bookmark with annotation k8s.io/initial-events-end
};

// kInvalidInput for what is no event. An ERROR event is the error of its Status: 410 Gone is
// kConflict.
Result<WatchLine> parse_watch_line(Json line);

}  // namespace sealift::kube
