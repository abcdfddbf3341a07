#include <sealift/base/digest.h>
#include <sealift/base/json_reader.h>
#include <sealift/kube/observed_object.h>
#include <sealift/objects/yaml.h>
#include <sealift/target/directory_target.h>

#include <set>
#include <vector>

namespace sealift::target {
namespace {

constexpr std::string_view kMarker = ".sealift";
constexpr std::uint64_t kMaxMarkerBytes = 64u << 10;
constexpr std::uint64_t kMaxFileBytes = 16u << 20;

// File systems take 255 bytes; write_file_atomically() needs 22 of them for its temporary names.
constexpr std::size_t kMaxFileName = 255 - 22;

bool is_leftover(std::string_view name) { return name.starts_with('.') && name.ends_with(".tmp"); }

struct Marker {
  std::string delivery;
  TargetMemory memory;
};

Result<Marker> parse_marker(std::string_view bytes, const std::string& path) {
  SEALIFT_ASSIGN(auto json, parse_json(bytes, path));
  SEALIFT_ASSIGN(auto root, ObjectReader::open(json, path));
  Marker marker;
  SEALIFT_ASSIGN(marker.delivery, root.required_string("delivery"));
  SEALIFT_ASSIGN(auto digest, root.required_string("digest"));
  SEALIFT_ASSIGN(auto parsed, Digest::parse(digest));
  marker.memory.digest = std::move(parsed);
  SEALIFT_ASSIGN(marker.memory.sequence, root.required_int("sequence"));
  SEALIFT_ASSIGN(marker.memory.writer, root.string_or("writer", ""));
  SEALIFT_ASSIGN(const auto newest, root.optional_string("newestDigest"));
  if (newest) {
    SEALIFT_ASSIGN(marker.memory.newest, Digest::parse(*newest));
  }
  return marker;
}

class DirectoryTarget : public Target {
 public:
  DirectoryTarget(FileSystem& files, const std::string& directory,
                  const delivery::Delivery& delivery, Logger log)
      : files_(files),
        directory_(join_path(directory, delivery.name_space + "_" + delivery.name)),
        delivery_id_(delivery.id()),
        log_(std::move(log)) {}

  // Files announce nothing.
  std::string applyset_id() const override { return ""; }

  // Nobody can be asked here; a kind of unknown scope keeps the namespace that its manifest names.
  Result<std::optional<bool>> is_namespaced(const objects::GroupVersionKind&,
                                            std::stop_token) override {
    return std::nullopt;
  }

  Result<TargetMemory> recall(std::stop_token) override {
    const auto path = join_path(directory_, kMarker);
    auto bytes = read_file(files_, path, kMaxMarkerBytes);
    if (!bytes) {
      if (bytes.error().code() != ErrorCode::kNotFound) return fail(std::move(bytes).error());
      SEALIFT_TRY(check_unclaimed());
      return TargetMemory{};
    }
    SEALIFT_ASSIGN(auto marker, parse_marker(*bytes, path));
    if (marker.delivery != delivery_id_) {
      return fail(ErrorCode::kConflict, directory_ + " belongs to the Delivery " + marker.delivery +
                                            "; deliver into another directory");
    }
    return marker.memory;
  }

  Result<Observation> observe(const DesiredState* desired, std::stop_token) override {
    if (desired == nullptr) {
      return fail(ErrorCode::kConflict, "files tell nothing without the objects that are wanted");
    }
    Wanted wanted;
    for (const auto& object : desired->objects) {
      wanted.names.insert(file_name_of(object));
      wanted.ids.insert(object.object.id());
    }
    Observation observation;
    stale_.clear();
    leftovers_.clear();
    auto entries = files_.list(directory_);
    if (!entries) {
      if (entries.error().code() == ErrorCode::kNotFound) return observation;
      return fail(std::move(entries).error());
    }
    for (const auto& entry : *entries) {
      SEALIFT_TRY(observe_entry(entry, wanted, observation.objects));
    }
    return observation;
  }

  Result<> preflight(const DesiredState& desired, const Plan&, AskedObjects&,
                     std::stop_token) override {
    for (const auto& wanted : desired.objects) {
      if (file_name_of(wanted).size() <= kMaxFileName) continue;
      return fail(ErrorCode::kInvalidInput,
                  wanted.object.source() + ": " + wanted.object.id().to_string() +
                      " would need a file name of more than " + std::to_string(kMaxFileName) +
                      " bytes; give it a shorter name");
    }
    return {};
  }

  Result<> begin(const DesiredState&, const Plan&, const Acceptance& acceptance,
                 std::stop_token) override {
    SEALIFT_TRY(files_.make_directories(directory_));
    Json marker;
    marker.set("delivery", delivery_id_);
    marker.set("digest", acceptance.digest.to_string());
    marker.set("sequence", acceptance.sequence);
    if (acceptance.newest) marker.set("newestDigest", acceptance.newest->to_string());
    marker.set("writer", acceptance.writer);
    SEALIFT_TRY(write_file_atomically(files_, join_path(directory_, kMarker), dump_json(marker)));
    for (const auto& path : leftovers_) SEALIFT_TRY(files_.remove(path));
    leftovers_.clear();
    return {};
  }

  Result<ApplyProgress> apply(const DesiredState& desired, const Plan& plan, const AskedObjects&,
                              DeliveryState& state, StateStore::Journal& journal,
                              std::stop_token stop) override {
    for (const auto& action : plan.applies) {
      if (stop.stop_requested())
        return fail(ErrorCode::kCancelled, "writing files was interrupted");
      const auto& wanted = desired.objects[action.index];
      const auto id = wanted.object.id();
      const auto bytes = objects::dump_yaml(wanted.object.json());
      const auto path = join_path(directory_, file_name_of(wanted));
      SEALIFT_TRY(write_file_atomically(files_, path, bytes));
      RememberedObject remembered{wanted.content_hash, path, Digest::of(bytes).hex()};
      SEALIFT_TRY(journal.remember(id, remembered));
      state.objects.insert_or_assign(id, std::move(remembered));
      log_.info("written", {{"file", path}, {"why", std::string(to_string(action.why))}});
    }
    return ApplyProgress();
  }

  // A file is as it should be when it is written.
  Result<members::MemberHealth> health(const std::vector<objects::ObjectId>& wanted) override {
    members::HealthCounter counter;
    for (const auto& id : wanted) counter.add(id, {objects::Health::kCurrent, ""});
    return counter.take();
  }

  Result<PruneProgress> prune(const DesiredState&, const Plan& plan, DeliveryState& state,
                              StateStore::Journal& journal, std::stop_token) override {
    for (const auto& action : plan.prunes) {
      SEALIFT_TRY(remove_file(action.uid));
      SEALIFT_TRY(journal.forget(action.id));
      state.objects.erase(action.id);
      log_.info("removed", {{"file", action.uid}});
    }
    SEALIFT_TRY(files_.sync_directory(directory_));
    return PruneProgress{plan.prunes.size(), {}};
  }

  // An object that moved to another wave has left its old file behind. Once the run is recorded as
  // done nobody looks for it again, so its removal must have reached the disk.
  Result<> finish(const DesiredState&, const Plan&, std::stop_token) override {
    if (stale_.empty()) return {};
    for (const auto& path : stale_) SEALIFT_TRY(remove_file(path));
    stale_.clear();
    return files_.sync_directory(directory_);
  }

  Result<std::string> release(delivery::DeletionPolicy policy, DeliveryState& state,
                              Released& released, std::stop_token stop) override {
    const DesiredState nothing{Digest::of(""), {}};
    SEALIFT_ASSIGN(const auto observation, observe(&nothing, std::move(stop)));
    Plan removal;
    if (policy == delivery::DeletionPolicy::kDelete) removal = plan_removal(observation.objects);
    for (const auto& [id, reason] : removal.spared) {
      log_.warning("not removed, and let go", {{"object", id.to_string()}, {"reason", reason}});
    }
    for (const auto& [id, file] : removal.prunes) {
      SEALIFT_TRY(remove_file(file));
      state.objects.erase(id);
      ++released.deleted;
      log_.info("removed", {{"file", file}});
    }
    SEALIFT_TRY(remove_file(join_path(directory_, kMarker)));
    released.let_go += observation.objects.size() - removal.prunes.size();
    auto synced = files_.sync_directory(directory_);
    // Somebody may have removed it with all that was in it.
    if (!synced && synced.error().code() != ErrorCode::kNotFound) {
      return fail(std::move(synced).error());
    }
    return std::string();
  }

 private:
  Result<> check_unclaimed() {
    auto entries = files_.list(directory_);
    if (!entries) {
      if (entries.error().code() == ErrorCode::kNotFound) return {};
      return fail(std::move(entries).error());
    }
    for (const auto& entry : *entries) {
      if (is_leftover(entry.name)) continue;
      return fail(ErrorCode::kConflict,
                  directory_ + " has files and no marker " + std::string(kMarker) +
                      " that says whose they are; move them away or deliver elsewhere");
    }
    return {};
  }

  struct Wanted {
    std::set<std::string> names;
    std::set<objects::ObjectId> ids;
  };

  Result<> observe_entry(const DirectoryEntry& entry, const Wanted& wanted, LiveObjects& live) {
    const auto path = join_path(directory_, entry.name);
    if (is_leftover(entry.name)) {
      leftovers_.push_back(path);
      return {};
    }
    auto id = id_of_file_name(entry.name);
    if (!id || entry.type != FileType::kFile) return {};
    const bool is_wanted = wanted.names.contains(entry.name);
    // The object is wanted under another name, or an interrupted update has left it under two: only
    // the file is stale, not the object.
    if (!is_wanted && (wanted.ids.contains(*id) || live.contains(*id))) {
      stale_.push_back(path);
      return {};
    }
    SEALIFT_ASSIGN(auto source, files_.open(path));
    HashingSink hashing(nullptr, Digest::Algorithm::kSha256);
    SEALIFT_TRY(copy(*source, hashing));
    LiveObject object{path, hashing.finish().hex(), false, false};
    if (!is_wanted) {
      SEALIFT_ASSIGN(object.keep, says_keep(path));
    }
    live.emplace(*std::move(id), std::move(object));
    return {};
  }

  // A file that cannot be read as one object says nothing.
  Result<bool> says_keep(const std::string& path) {
    auto bytes = read_file(files_, path, kMaxFileBytes);
    if (!bytes && bytes.error().code() == ErrorCode::kInvalidInput) return false;
    if (!bytes) return fail(std::move(bytes).error());
    auto documents = objects::parse_yaml(*bytes, path);
    if (!documents || documents->size() != 1) return false;
    return kube::is_kept(documents->front().value);
  }

  Result<> remove_file(const std::string& path) {
    auto removed = files_.remove(path);
    if (!removed && removed.error().code() != ErrorCode::kNotFound) return removed;
    return {};
  }

  FileSystem& files_;
  std::string directory_;
  std::string delivery_id_;
  Logger log_;
  std::vector<std::string> stale_;
  std::vector<std::string> leftovers_;
};

}  // namespace

std::unique_ptr<Target> make_directory_target(FileSystem& files, const std::string& directory,
                                              const delivery::Delivery& delivery, Logger log) {
  return std::make_unique<DirectoryTarget>(files, directory, delivery, std::move(log));
}

}  // namespace sealift::target
