#include <sealift/base/json_reader.h>
#include <sealift/base/trace_id.h>
#include <sealift/kube/observed_object.h>
#include <sealift/target/delivery_state.h>

namespace sealift::target {
namespace {

constexpr std::uint64_t kMaxStateBytes = 256u << 20;
constexpr JsonLimits kStateLimits{
    .max_bytes = kMaxStateBytes, .max_depth = 8, .max_values = 16u << 20};

Json id_json(const objects::ObjectId& id) {
  Json json;
  json.set("group", id.group);
  json.set("kind", id.kind);
  json.set("namespace", id.name_space);
  json.set("name", id.name);
  return json;
}

Json object_json(const objects::ObjectId& id, const RememberedObject& object) {
  Json json = id_json(id);
  json.set("hash", object.content_hash);
  json.set("uid", object.uid);
  json.set("ownFields", object.own_fields_hash);
  if (object.completed) json.set("completed", true);
  if (object.version != 0) json.set("version", std::to_string(object.version));
  return json;
}

Result<objects::ObjectId> read_id(ObjectReader& reader) {
  objects::ObjectId id;
  SEALIFT_ASSIGN(id.group, reader.string_or("group", ""));
  SEALIFT_ASSIGN(id.kind, reader.required_string("kind"));
  SEALIFT_ASSIGN(id.name_space, reader.string_or("namespace", ""));
  SEALIFT_ASSIGN(id.name, reader.required_string("name"));
  return id;
}

Result<> read_object(ObjectReader& reader, std::map<objects::ObjectId, RememberedObject>& into) {
  SEALIFT_ASSIGN(auto id, read_id(reader));
  SEALIFT_ASSIGN(auto forgotten, reader.bool_or("forgotten", false));
  if (forgotten) {
    into.erase(id);
    return {};
  }
  RememberedObject object;
  SEALIFT_ASSIGN(object.content_hash, reader.string_or("hash", ""));
  SEALIFT_ASSIGN(object.uid, reader.string_or("uid", ""));
  SEALIFT_ASSIGN(object.own_fields_hash, reader.string_or("ownFields", ""));
  SEALIFT_ASSIGN(object.completed, reader.bool_or("completed", false));
  SEALIFT_ASSIGN(const auto version, reader.string_or("version", ""));
  object.version = kube::version_number(version).value_or(0);
  into.insert_or_assign(std::move(id), std::move(object));
  return {};
}

Result<std::optional<Digest>> read_digest(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(auto text, reader.optional_string(name));
  if (!text) return std::optional<Digest>();
  SEALIFT_ASSIGN(auto digest, Digest::parse(*text));
  return std::optional<Digest>(std::move(digest));
}

Result<DeliveryState> parse_state(std::string_view bytes, const std::string& path) {
  SEALIFT_ASSIGN(auto json, parse_json(bytes, path, kStateLimits));
  SEALIFT_ASSIGN(auto root, ObjectReader::open(json, path));
  DeliveryState state;
  SEALIFT_ASSIGN(state.accepted_digest, read_digest(root, "acceptedDigest"));
  SEALIFT_ASSIGN(state.accepted_sequence, root.int_or("acceptedSequence", 0));
  SEALIFT_ASSIGN(state.newest_digest, read_digest(root, "newestDigest"));
  SEALIFT_ASSIGN(state.accepted_repository, root.string_or("acceptedRepository", ""));
  SEALIFT_ASSIGN(state.accepted_tag, root.string_or("acceptedTag", ""));
  SEALIFT_ASSIGN(state.applied_digest, read_digest(root, "appliedDigest"));
  SEALIFT_ASSIGN(state.healthy, root.bool_or("healthy", false));
  SEALIFT_ASSIGN(state.last_healthy_digest, read_digest(root, "lastHealthyDigest"));
  SEALIFT_ASSIGN(state.knows_jobs, root.bool_or("knowsJobs", false));
  SEALIFT_ASSIGN(state.failed_digest, read_digest(root, "failedDigest"));
  SEALIFT_ASSIGN(state.last_decision, root.string_or("lastDecision", ""));
  SEALIFT_ASSIGN(auto objects, root.objects("objects"));
  for (auto& object : objects) SEALIFT_TRY(read_object(object, state.objects));
  return state;
}

std::string serialize_state(const DeliveryState& state) {
  Json json = Json::object();
  if (state.accepted_digest) json.set("acceptedDigest", state.accepted_digest->to_string());
  json.set("acceptedSequence", state.accepted_sequence);
  if (state.newest_digest) json.set("newestDigest", state.newest_digest->to_string());
  json.set("acceptedRepository", state.accepted_repository);
  if (!state.accepted_tag.empty()) json.set("acceptedTag", state.accepted_tag);
  if (state.applied_digest) json.set("appliedDigest", state.applied_digest->to_string());
  json.set("healthy", state.healthy);
  if (state.last_healthy_digest) {
    json.set("lastHealthyDigest", state.last_healthy_digest->to_string());
  }
  if (state.knows_jobs) json.set("knowsJobs", true);
  if (state.failed_digest) json.set("failedDigest", state.failed_digest->to_string());
  json.set("lastDecision", state.last_decision);
  Json::Array objects;
  objects.reserve(state.objects.size());
  for (const auto& [id, object] : state.objects) objects.push_back(object_json(id, object));
  json.set("objects", std::move(objects));
  return dump_json(json);
}

// Replays whole lines; a line that a crash tore is the last one and tells of nothing that the next
// run would not find out again.
void replay_journal(std::string_view bytes, const std::string& path, DeliveryState& state) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    if (end == std::string_view::npos) return;
    auto json = parse_json(bytes.substr(0, end), path, kStateLimits);
    bytes.remove_prefix(end + 1);
    if (!json) continue;
    auto reader = ObjectReader::open(*json, path);
    if (reader) (void)read_object(*reader, state.objects);
  }
}

bool is_missing(const Error& error) { return error.code() == ErrorCode::kNotFound; }

}  // namespace

std::string StateStore::path_of(const std::string& delivery_id, std::string_view suffix) const {
  // "NAMESPACE/NAME" becomes "NAMESPACE_NAME": neither part may hold an underscore.
  std::string file = delivery_id;
  for (char& c : file) {
    if (c == '/') c = '_';
  }
  return join_path(directory_, file + std::string(suffix));
}

Result<std::string> StateStore::identity(Random& random) {
  constexpr std::size_t kHexDigits = 32;
  const auto path = join_path(directory_, "identity");
  auto known = read_file(files_, path, kHexDigits);
  if (known && known->size() == kHexDigits) return known;
  // One that cannot be read is as lost: what lies here is not believed then.
  if (!known && !is_missing(known.error()) && known.error().code() != ErrorCode::kInvalidInput) {
    return known;
  }
  auto name = make_trace_id(random);
  SEALIFT_TRY(files_.make_directories(directory_));
  SEALIFT_TRY(write_file_atomically(files_, path, name));
  return name;
}

Result<StateStore::Loaded> StateStore::load(const std::string& delivery_id) {
  Loaded loaded;
  const auto path = path_of(delivery_id, ".json");
  auto bytes = read_file(files_, path, kMaxStateBytes);
  if (bytes) {
    auto state = parse_state(*bytes, path);
    if (state) {
      loaded.state = *std::move(state);
    } else {
      loaded.warning = "the state in " + path + " cannot be read (" + state.error().message() +
                       "); every object is applied once more";
    }
  } else if (!is_missing(bytes.error())) {
    return fail(std::move(bytes).error());
  }
  const auto journal_path = path_of(delivery_id, ".journal");
  auto journal = read_file(files_, journal_path, kMaxStateBytes);
  if (journal) {
    replay_journal(*journal, journal_path, loaded.state);
  } else if (!is_missing(journal.error())) {
    return fail(std::move(journal).error());
  }
  return loaded;
}

Result<> StateStore::save(const std::string& delivery_id, const DeliveryState& state) {
  SEALIFT_TRY(files_.make_directories(directory_));
  SEALIFT_TRY(write_file_atomically(files_, path_of(delivery_id, ".json"), serialize_state(state),
                                    FileSystem::Access::kPrivate));
  auto removed = files_.remove(path_of(delivery_id, ".journal"));
  if (!removed && !is_missing(removed.error())) return removed;
  return {};
}

Result<> StateStore::remove_leftovers() {
  auto entries = files_.list(directory_);
  if (!entries) {
    if (is_missing(entries.error())) return {};
    return fail(std::move(entries).error());
  }
  for (const auto& entry : *entries) {
    const bool leftover = entry.name.starts_with('.') && entry.name.ends_with(".tmp");
    if (leftover) SEALIFT_TRY(files_.remove(join_path(directory_, entry.name)));
  }
  return {};
}

Result<std::unique_ptr<StateStore::Journal>> StateStore::open_journal(
    const std::string& delivery_id) {
  SEALIFT_TRY(files_.make_directories(directory_));
  SEALIFT_ASSIGN(auto file, files_.append(path_of(delivery_id, ".journal")));
  auto journal = std::make_unique<Journal>(std::move(file));
  // Ends a line that a crash tore, so that it cannot swallow the next one.
  SEALIFT_TRY(journal->begin());
  return journal;
}

Result<> StateStore::Journal::begin() {
  std::scoped_lock lock(mutex_);
  return file_->write("\n");
}

Result<> StateStore::Journal::write_line(const std::string& line) {
  std::scoped_lock lock(mutex_);
  return file_->write(line + "\n");
}

Result<> StateStore::Journal::remember(const objects::ObjectId& id,
                                       const RememberedObject& object) {
  return write_line(dump_json(object_json(id, object)));
}

Result<> StateStore::Journal::forget(const objects::ObjectId& id) {
  Json json = id_json(id);
  json.set("forgotten", true);
  return write_line(dump_json(json));
}

}  // namespace sealift::target
