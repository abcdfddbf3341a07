#pragma once

#include <sealift/base/json.h>
#include <sealift/kube/watch.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace sealift::console {

// What there is to show of an object: its state, or its last one.
struct ObjectChange {
  Json object;
  bool deleted = false;
};

// Turns a watch into changes for people: what was there already is no change when the watch begins
// anew, and what went in the meantime is told as deleted.
class ObjectChanges {
 public:
  // An empty `name` means all objects.
  explicit ObjectChanges(std::string name = {}) : name_(std::move(name)) {}

  std::vector<ObjectChange> take(kube::WatchEvent event);
  // Whether all that was there when the watch began has been told.
  bool synced() const { return synced_; }

 private:
  std::string name_;
  bool synced_ = false;
  std::map<std::string, Json> known_;  // by UID
  std::set<std::string> unseen_;       // of those, since the watch began anew
};

}  // namespace sealift::console
