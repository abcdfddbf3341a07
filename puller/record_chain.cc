#include "record_chain.h"

#include <sealift/base/digest.h>

#include <optional>
#include <utility>

namespace sealift::puller {
namespace {

constexpr std::uint64_t kMaxLineBytes = 16u << 20;
constexpr JsonLimits kLineLimits{.max_bytes = kMaxLineBytes, .max_depth = 16};

// nullopt where it is there and no count.
std::optional<std::uint64_t> count_at(const Json& record, std::string_view name,
                                      std::uint64_t missing) {
  const auto* found = record.find(name);
  if (found == nullptr) return missing;
  const auto count = found->as_int64();
  if (!count || *count < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*count);
}

Result<bool> walk_file(FileSystem& files, const std::string& path, RecordChain& chain) {
  SEALIFT_TRY(chain.begin_file(path));
  auto source = files.open(path);
  if (!source) {
    if (source.error().code() == ErrorCode::kNotFound) return false;
    return fail(std::move(source).error());
  }
  SEALIFT_TRY(copy(**source, chain));
  return true;
}

}  // namespace

std::string hash_of_record(std::string_view line) { return Digest::of(line).to_string(); }

Result<> RecordChain::begin_file(std::string path) {
  if (has_open_line()) SEALIFT_TRY(end_line());
  path_ = std::move(path);
  file_bytes_ = 0;
  file_lines_ = 0;
  file_records_ = 0;
  return {};
}

Result<> RecordChain::write(std::string_view bytes) {
  file_bytes_ += bytes.size();
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    line_.append(bytes.substr(0, end));
    if (line_.size() > kMaxLineBytes) return broken("is longer than any record");
    if (end == std::string_view::npos) return {};
    SEALIFT_TRY(end_line());
    bytes.remove_prefix(end + 1);
  }
  return {};
}

tl::unexpected<Error> RecordChain::broken(const std::string& why) const {
  return fail(ErrorCode::kUntrusted,
              path_ + ":" + std::to_string(file_lines_ + 1) + ": the line " + why +
                  "; it was changed after it was written; keep the "
                  "file for an investigation and move it away, so that a new record can begin");
}

Result<> RecordChain::end_line() {
  auto record = parse_json(line_, path_, kLineLimits);
  if (!record || !record->is_object()) {
    ++pending_torn_lines_;
    ++torn_lines_;
  } else {
    SEALIFT_TRY(check(*record));
    head_ = hash_of_record(line_);
  }
  ++file_lines_;
  line_.clear();
  return {};
}

// The first record of a file whose predecessors nobody keeps: what it says of them is all that is
// known. Whoever takes lines off has to forge this one, and breaks the chain behind it.
void RecordChain::believe_beginning(const Json& record) {
  const auto number = count_at(record, "record", 0).value_or(0);
  const auto file = count_at(record, "file", 0).value_or(0);
  if (number < 2 || file < 2) return;
  last_record_ = number - 1;
  file_number_ = file - 1;
  head_ = record.string_at({"previous"});
  pending_torn_lines_ = count_at(record, "torn", 0).value_or(0);
}

Result<> RecordChain::check(const Json& record) {
  const bool begins = file_records_ == 0;
  if (begins && file_number_ == 0) believe_beginning(record);
  if (count_at(record, "record", 0) != last_record_ + 1) {
    return broken("does not have the number " + std::to_string(last_record_ + 1));
  }
  if (record.string_at({"previous"}) != head_) {
    return broken("does not continue the line before it");
  }
  if (count_at(record, "torn", 0) != pending_torn_lines_) {
    return broken("does not tell of the " + std::to_string(pending_torn_lines_) +
                  " lines before it that are no records");
  }
  // Of the first file it is not said.
  if (begins && count_at(record, "file", 1) != file_number_ + 1) {
    return broken("does not begin the file number " + std::to_string(file_number_ + 1));
  }
  if (!begins && record.find("file") != nullptr)
    return broken("begins a file in the middle of one");
  if (begins) ++file_number_;
  pending_torn_lines_ = 0;
  ++file_records_;
  ++records_;
  ++last_record_;
  return {};
}

std::string previous_file_of(const std::string& path) { return path + ".previous"; }

Result<bool> walk_record(FileSystem& files, const std::string& path, RecordChain& chain) {
  SEALIFT_ASSIGN(const bool has_previous, walk_file(files, previous_file_of(path), chain));
  SEALIFT_ASSIGN(const bool has_file, walk_file(files, path, chain));
  return has_previous || has_file;
}

}  // namespace sealift::puller
