#include <sealift/builder/rebuild.h>

#include <sealift/base/encoding.h>
#include <sealift/oci/media_types.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

namespace sealift::builder {
namespace {

constexpr std::string_view kRevision = "org.opencontainers.image.revision";
constexpr std::string_view kCreated = "org.opencontainers.image.created";
constexpr std::string_view kSequence = "dev.sealift.sequence";
constexpr std::string_view kRenderer = "dev.sealift.renderer";
constexpr std::string_view kOurs = "dev.sealift.";
constexpr std::size_t kMaxToldFiles = 10;
constexpr std::size_t kMaxShownLine = 200;

std::string value_of(const oci::Annotations& annotations, std::string_view name) {
  const auto found = std::ranges::find(annotations, name, &oci::Annotations::value_type::first);
  return found == annotations.end() ? std::string() : found->second;
}

Error not_rebuildable(const std::string& why) {
  return Error(ErrorCode::kInvalidInput, "the artifact cannot be built again: " + why);
}

// "main@sha1:<id>" or "sha1:<id>" (fluxcd RFC 0005).
Result<> read_revision(const std::string& revision, RecordedBuild& recorded) {
  if (revision.ends_with("-dirty")) {
    return fail(
        not_rebuildable("it was built from a work tree with changes, " + printable(revision, 200)));
  }
  const auto at = revision.rfind('@');
  const auto colon = revision.rfind(':');
  const bool is_known = colon != std::string::npos && (at == std::string::npos || at < colon);
  const auto id = is_known ? revision.substr(colon + 1) : std::string();
  const bool is_id = (id.size() == 40 || id.size() == 64) &&
                     id.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!is_id) {
    return fail(not_rebuildable(revision.empty() ? "it names no commit in " + std::string(kRevision)
                                                 : "its revision " + printable(revision, 200) +
                                                       " is no commit"));
  }
  recorded.commit = id;
  if (at != std::string::npos) recorded.name = revision.substr(0, at);
  return {};
}

bool is_of_the_builder(std::string_view name) {
  return name == kRevision || name == kCreated || name.starts_with(kOurs) ||
         name == "org.opencontainers.image.source" || name == "org.opencontainers.image.version";
}

void compare_annotations(const oci::Manifest& published, const oci::Manifest& rebuilt,
                         std::vector<std::string>& lines) {
  std::set<std::string> names;
  for (const auto* manifest : {&published, &rebuilt}) {
    for (const auto& [name, value] : manifest->annotations) names.insert(name);
  }
  for (const auto& name : names) {
    const auto before = value_of(published.annotations, name);
    const auto after = value_of(rebuilt.annotations, name);
    if (before == after || name == "dev.sealift.content.diff-id") continue;
    lines.push_back("annotation " + printable(name, 200) + ": published " +
                    (before.empty() ? "nothing" : printable(before, kMaxShownLine)) + ", rebuilt " +
                    (after.empty() ? "nothing" : printable(after, kMaxShownLine)));
  }
}

std::string line_at(std::string_view bytes, std::size_t start) {
  if (start >= bytes.size()) return "the end";
  const auto end = bytes.find('\n', start);
  return printable(bytes.substr(start, end == std::string_view::npos ? end : end - start),
                   kMaxShownLine);
}

std::string first_other_line(const DeliveredFile& before, const DeliveredFile& after) {
  const auto [left, right] = std::ranges::mismatch(before.bytes, after.bytes);
  const auto offset = static_cast<std::size_t>(left - before.bytes.begin());
  const auto line = 1 + std::count(before.bytes.begin(), left, '\n');
  const auto newline = offset == 0 ? std::string::npos : before.bytes.rfind('\n', offset - 1);
  const auto start = newline == std::string::npos ? 0 : newline + 1;
  return printable(before.path, 400) + ":" + std::to_string(line) + ": published " +
         line_at(before.bytes, start) + ", rebuilt " + line_at(after.bytes, start);
}

void compare_files(const std::vector<DeliveredFile>& published,
                   const std::vector<DeliveredFile>& rebuilt, std::vector<std::string>& lines) {
  std::map<std::string_view, const DeliveredFile*> after;
  for (const auto& file : rebuilt) after.emplace(file.path, &file);
  std::vector<std::string> alone;
  std::string first;
  for (const auto& file : published) {
    const auto same = after.find(file.path);
    if (same == after.end()) {
      alone.push_back(printable(file.path, 400) + ": only in what was published");
      continue;
    }
    if (first.empty() && same->second->bytes != file.bytes) {
      first = first_other_line(file, *same->second);
    }
    after.erase(same);
  }
  for (const auto& [path, file] : after) {
    alone.push_back(printable(path, 400) + ": only in what was built now");
  }
  const std::size_t told = std::min(alone.size(), kMaxToldFiles);
  lines.insert(lines.end(), alone.begin(), alone.begin() + static_cast<std::ptrdiff_t>(told));
  if (alone.size() > told) {
    lines.push_back("…and " + std::to_string(alone.size() - told) + " more files of only one");
  }
  if (!first.empty()) lines.push_back(std::move(first));
}

std::string likely_cause(const oci::Manifest& published, const oci::Manifest& rebuilt) {
  const auto before = value_of(published.annotations, kRenderer);
  const auto after = value_of(rebuilt.annotations, kRenderer);
  if (before != after) {
    return "likely cause: another renderer; use " +
           (before.empty() ? "none" : printable(before, 100)) + " as the publisher did, not " +
           (after.empty() ? "none" : printable(after, 100));
  }
  if (published.layers.size() == 1 && rebuilt.layers.size() == 1 &&
      published.layers.front().digest == rebuilt.layers.front().digest) {
    return "likely cause: the content is the same, and other flags or another entry described it";
  }
  return "likely cause: another path or entry of the project, or content that is not this commit's";
}

}  // namespace

Result<RecordedBuild> recorded_build(const oci::Manifest& published) {
  RecordedBuild recorded;
  const auto& annotations = published.annotations;
  recorded.options.revision = value_of(annotations, kRevision);
  SEALIFT_TRY(read_revision(recorded.options.revision, recorded));
  const auto& config = published.config.media_type;
  if (config == oci::media_type::kImageConfig) {
    recorded.options.format = ArtifactFormat::kOci;
  } else if (config != oci::media_type::kFluxConfig && config != oci::media_type::kHelmConfig) {
    return fail(not_rebuildable("its config has the type " + printable(config, 200)));
  }
  const auto sequence = value_of(annotations, kSequence);
  std::int64_t number = 0;
  const auto [end, error] =
      std::from_chars(sequence.data(), sequence.data() + sequence.size(), number);
  if (error != std::errc() || end != sequence.data() + sequence.size() || number < 0) {
    return fail(not_rebuildable("its annotation " + std::string(kSequence) + " is no number"));
  }
  recorded.options.sequence = number;
  recorded.options.source = value_of(annotations, "org.opencontainers.image.source");
  recorded.options.version = value_of(annotations, "org.opencontainers.image.version");
  recorded.renderer = value_of(annotations, kRenderer);
  for (const auto& annotation : annotations) {
    if (!is_of_the_builder(annotation.first)) recorded.options.annotations.push_back(annotation);
  }
  return recorded;
}

std::vector<std::string> explain_difference(const oci::Manifest& published,
                                            const oci::Manifest& rebuilt,
                                            const std::vector<DeliveredFile>& published_files,
                                            const std::vector<DeliveredFile>& rebuilt_files) {
  std::vector<std::string> lines;
  if (published.config.media_type != rebuilt.config.media_type) {
    lines.push_back("type of the config: published " + printable(published.config.media_type, 200) +
                    ", rebuilt " + rebuilt.config.media_type);
  }
  compare_annotations(published, rebuilt, lines);
  compare_files(published_files, rebuilt_files, lines);
  if (lines.empty()) lines.emplace_back("the files are the same, and packed otherwise");
  lines.push_back(likely_cause(published, rebuilt));
  return lines;
}

}  // namespace sealift::builder
