#include "queue_journal.h"

#include <sealift/base/json_reader.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace sealift::notify {
namespace {

constexpr std::string_view kCursorFile = "cursors.json";
constexpr std::string_view kPrefix = "events-";
constexpr std::string_view kSuffix = ".jsonl";
constexpr std::uint64_t kMaxSegmentBytes = 16u << 20;
constexpr std::size_t kMaxSegments = 10'000;
// Sixteen sinks with each of as many lanes as there may be events.
constexpr JsonLimits kCursorLimits{.max_bytes = 8u << 20, .max_depth = 8, .max_values = 100'000};
constexpr JsonLimits kEventLimits{.max_bytes = 64u << 10, .max_depth = 8, .max_values = 200};

std::string hex_of(std::uint64_t number) {
  std::array<char, 16> digits;
  digits.fill('0');
  std::array<char, 16> buffer{};
  const auto* const end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, 16).ptr;
  std::copy_backward(buffer.data(), const_cast<char*>(end), digits.end());
  return {digits.data(), digits.size()};
}

bool is_segment(std::string_view name) {
  return name.size() == kPrefix.size() + 16 + kSuffix.size() && name.starts_with(kPrefix) &&
         name.ends_with(kSuffix);
}

Json json_of(const QueuedEvent& queued) {
  Json json = Json::object();
  json.set("sequence", queued.sequence);
  json.set("id", queued.event.id);
  json.set("notification", to_json(queued.event.notification));
  return json;
}

Result<QueuedEventPointer> event_of(std::string_view line) {
  SEALIFT_ASSIGN(const auto json, parse_json(line, "an event", kEventLimits));
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(json, "event"));
  QueuedEvent queued;
  SEALIFT_ASSIGN(const auto sequence, reader.required_int("sequence"));
  if (sequence < 1) return fail(reader.error_at("sequence", "is below 1"));
  queued.sequence = static_cast<std::uint64_t>(sequence);
  SEALIFT_ASSIGN(queued.event.id, reader.required_string("id"));
  const Json* notification = reader.any("notification");
  if (notification == nullptr) return fail(reader.error_at("notification", "is required"));
  SEALIFT_ASSIGN(queued.event.notification, notification_from_json(*notification));
  queued.bytes = line.size();
  return std::make_shared<const QueuedEvent>(std::move(queued));
}

Result<Cursors> cursors_of(std::string_view bytes) {
  SEALIFT_ASSIGN(const auto json, parse_json(bytes, "the cursors", kCursorLimits));
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(json, "cursors"));
  SEALIFT_ASSIGN(auto sinks, reader.objects("sinks"));
  Cursors cursors;
  for (auto& entry : sinks) {
    SEALIFT_ASSIGN(const auto name, entry.required_string("name"));
    SEALIFT_ASSIGN(const auto next, entry.required_int("next"));
    SEALIFT_ASSIGN(const auto dropped, entry.required_int("dropped"));
    if (next < 1 || dropped < 0) return fail(entry.error_at("next", "is below 1"));
    auto& cursor = cursors[name];
    cursor = {static_cast<std::uint64_t>(next), static_cast<std::uint64_t>(dropped)};
    SEALIFT_ASSIGN(auto lanes, entry.objects("lanes"));
    for (auto& lane : lanes) {
      SEALIFT_ASSIGN(const auto name_space, lane.string_or("namespace", ""));
      SEALIFT_ASSIGN(const auto first, lane.required_int("next"));
      if (first < 1) return fail(lane.error_at("next", "is below 1"));
      cursor.lanes[name_space] = static_cast<std::uint64_t>(first);
    }
  }
  return cursors;
}

}  // namespace

QueueJournal::QueueJournal(FileSystem& files, std::string directory, Logger log)
    : files_(files), directory_(std::move(directory)), log_(std::move(log)) {}

Result<QueueContent> QueueJournal::load() {
  segments_.clear();
  SEALIFT_TRY(files_.make_directories(directory_));
  SEALIFT_ASSIGN(const auto entries, files_.list(directory_));
  QueueContent content;
  SEALIFT_TRY(load_cursors(content));
  std::size_t count = 0;
  for (const auto& entry : entries) {
    if (entry.type != FileType::kFile) continue;
    // What a crash left half-written.
    if (entry.name.ends_with(".tmp")) {
      static_cast<void>(files_.remove(join_path(directory_, entry.name)));
    }
    if (!is_segment(entry.name) || ++count > kMaxSegments) continue;
    SEALIFT_TRY(load_segment(entry.name, content));
  }
  return content;
}

// Entries are sorted by name, which is by sequence.
Result<> QueueJournal::load_segment(const std::string& name, QueueContent& content) {
  const auto path = join_path(directory_, name);
  SEALIFT_ASSIGN(const auto bytes, read_file(files_, path, kMaxSegmentBytes));
  std::uint64_t last = content.events.empty() ? 0 : content.events.back()->sequence;
  std::optional<std::uint64_t> first;
  for (std::string_view rest = bytes; !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    auto event = event_of(line);
    if (!event || (*event)->sequence <= last) {
      log_.warning("a notification is lost",
                   {{"file", path}, {"error", event ? "out of order" : event.error().message()}});
      continue;
    }
    last = (*event)->sequence;
    if (!first) first = last;
    content.events.push_back(*std::move(event));
  }
  if (first && hex_of(*first) == name.substr(kPrefix.size(), 16)) {
    segments_[*first] = last;
  } else {
    // Nothing in it is ours; its events, if any, are saved in no other place.
    static_cast<void>(files_.remove(path));
  }
  return {};
}

Result<> QueueJournal::load_cursors(QueueContent& content) {
  const auto path = join_path(directory_, kCursorFile);
  const auto bytes = read_file(files_, path, kCursorLimits.max_bytes);
  if (!bytes && bytes.error().code() == ErrorCode::kNotFound) return {};
  if (!bytes) return fail(bytes.error());
  auto cursors = cursors_of(*bytes);
  if (!cursors) {
    log_.warning("how far notifications had come is lost; all that wait are sent once more",
                 {{"file", path}, {"error", cursors.error().message()}});
    return {};
  }
  content.cursors = *std::move(cursors);
  return {};
}

Result<> QueueJournal::append(const std::vector<QueuedEventPointer>& events) {
  if (events.empty()) return {};
  std::string bytes;
  for (const auto& event : events) bytes += dump_json(json_of(*event)) + "\n";
  const auto first = events.front()->sequence;
  SEALIFT_TRY(write_file_atomically(files_, path_of(first), bytes, FileSystem::Access::kPrivate));
  segments_[first] = events.back()->sequence;
  return {};
}

Result<> QueueJournal::save_cursors(const Cursors& cursors) {
  Json sinks = Json::array();
  for (const auto& [name, cursor] : cursors) {
    Json entry = Json::object();
    entry.set("name", name);
    entry.set("next", cursor.next);
    entry.set("dropped", cursor.dropped);
    Json lanes = Json::array();
    for (const auto& [name_space, first] : cursor.lanes) {
      Json lane = Json::object();
      lane.set("namespace", name_space);
      lane.set("next", first);
      lanes.push_back(std::move(lane));
    }
    if (!cursor.lanes.empty()) entry.set("lanes", std::move(lanes));
    sinks.push_back(std::move(entry));
  }
  Json json = Json::object();
  json.set("sinks", std::move(sinks));
  return write_file_atomically(files_, join_path(directory_, kCursorFile), dump_json(json) + "\n",
                               FileSystem::Access::kPrivate);
}

void QueueJournal::keep_only(const std::vector<std::uint64_t>& sequences) {
  for (auto segment = segments_.begin(); segment != segments_.end();) {
    const auto wanted = std::lower_bound(sequences.begin(), sequences.end(), segment->first);
    if (wanted != sequences.end() && *wanted <= segment->second) {
      ++segment;
      continue;
    }
    const auto removed = files_.remove(path_of(segment->first));
    const bool gone = removed || removed.error().code() == ErrorCode::kNotFound;
    segment = gone ? segments_.erase(segment) : std::next(segment);
  }
}

std::string QueueJournal::path_of(std::uint64_t first) const {
  return join_path(directory_, std::string(kPrefix) + hex_of(first) + std::string(kSuffix));
}

}  // namespace sealift::notify
