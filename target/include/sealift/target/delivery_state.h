#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/file_system.h>
#include <sealift/base/random.h>
#include <sealift/base/result.h>
#include <sealift/objects/object.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace sealift::target {

// What was sent for one object, and what the cluster said after it.
struct RememberedObject {
  std::string content_hash;     // of what was sent; empty: nobody knows what
  std::string uid;              // of the live object
  std::string own_fields_hash;  // our entry in managedFields; another value later is drift
  bool completed = false;       // a Job of this content has succeeded, and need not be there
  std::uint64_t version = 0;    // resourceVersion that the cluster said; 0: nobody knows

  // It was there before us and is left to whoever made it (sealift.dev/once): no member.
  bool is_others() const { return !content_hash.empty() && own_fields_hash.empty() && !completed; }
};

// What a puller remembers of one Delivery between runs. It is believed where nobody else has
// written to the target since. Losing it costs one full apply, which the API server answers without
// writing; what decides (the newest artifact, the way back) is kept by the target as well.
struct DeliveryState {
  std::optional<Digest> accepted_digest;  // artifact in force: the last that was accepted
  std::int64_t accepted_sequence = 0;     // of the newest one
  // Whose the sequence is, where the Delivery went back from that one: it may come again.
  std::optional<Digest> newest_digest;
  std::string accepted_repository;  // where it came from
  // By which the reference named the one in force last; empty: nobody knows, or it named another.
  std::string accepted_tag;
  std::optional<Digest> applied_digest;  // newest artifact that was applied completely
  bool healthy = false;                  // all objects of applied_digest became healthy
  // Newest artifact whose objects all became healthy, hooks and Jobs included: what a rollback goes
  // back to.
  std::optional<Digest> last_healthy_digest;
  // A Job that `objects` does not know has not run. Not so where the memory of them was lost: then
  // those of last_healthy_digest have.
  bool knows_jobs = false;
  // Accepted after that one, and failed, so that the Delivery went back (onFailure: rollback).
  std::optional<Digest> failed_digest;
  std::string last_decision;  // hash of the last record, so that it is not repeated
  std::map<objects::ObjectId, RememberedObject> objects;
};

// One file for each Delivery, replaced atomically, and beside it a journal of the objects that an
// unfinished run has applied already, so that a killed run is continued and not repeated. Safe from
// many threads for different Deliveries; remember() also for one.
class StateStore {
 public:
  StateStore(FileSystem& files, std::string directory)
      : files_(files), directory_(std::move(directory)) {}

  // An empty state where there is none, or where it cannot be read: then `warning` says why.
  struct Loaded {
    DeliveryState state;
    std::string warning;
  };
  Result<Loaded> load(const std::string& delivery_id);
  // Replaces the file and drops the journal. kIo.
  Result<> save(const std::string& delivery_id, const DeliveryState& state);

  // A random name of this directory, the same for as long as it lasts. kIo.
  Result<std::string> identity(Random& random);

  // Removes what a crash left half-written, before the first save of this process.
  Result<> remove_leftovers();

  // The journal of one run.
  class Journal {
   public:
    explicit Journal(std::unique_ptr<WritableFile> file) : file_(std::move(file)) {}
    // Once, before the first line.
    Result<> begin();
    Result<> remember(const objects::ObjectId& id, const RememberedObject& object);
    Result<> forget(const objects::ObjectId& id);

   private:
    Result<> write_line(const std::string& line);
    std::mutex mutex_;
    std::unique_ptr<WritableFile> file_;
  };
  Result<std::unique_ptr<Journal>> open_journal(const std::string& delivery_id);

 private:
  std::string path_of(const std::string& delivery_id, std::string_view suffix) const;
  FileSystem& files_;
  std::string directory_;
};

}  // namespace sealift::target
