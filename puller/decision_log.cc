#include <sealift/base/digest.h>
#include <sealift/base/json.h>
#include <sealift/puller/decision_log.h>

#include <cassert>

namespace sealift::puller {
namespace {

constexpr std::uint64_t kMaxLineBytes = 16u << 20;
constexpr JsonLimits kLineLimits{.max_bytes = kMaxLineBytes, .max_depth = 16};

std::string hash_of(std::string_view line) { return Digest::of(line).to_string(); }

// The text of one record: what the writer adds stands in front, so that a reader sees it first.
std::string serialize_record(Timestamp now, std::uint64_t number, const std::string& previous,
                             std::uint64_t torn_lines, const Json& decision) {
  Json record;
  record.set("time", format_timestamp(now));
  record.set("record", number);
  record.set("previous", previous);
  if (torn_lines > 0) record.set("torn", torn_lines);
  if (const auto* members = decision.as_object()) {
    for (const auto& [name, value] : *members) {
      assert(record.find(name) == nullptr && "a decision must not take the record's own names");
      record.set(name, value);
    }
  }
  return dump_json(record);
}

// Splits a stream into lines and walks the chain; memory stays at one line.
class ChainWalker : public ByteSink {
 public:
  explicit ChainWalker(std::string path) : path_(std::move(path)) {}

  Result<> write(std::string_view bytes) override {
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

  std::uint64_t next_record() const { return records_ + 1; }
  const std::string& head() const { return head_; }
  std::uint64_t lines() const { return records_; }
  std::uint64_t torn_lines() const { return torn_lines_; }
  // Those behind the last record: no later one has counted them yet.
  std::uint64_t pending_torn_lines() const { return pending_torn_lines_; }
  bool has_open_line() const { return !line_.empty(); }

 private:
  tl::unexpected<Error> broken(const std::string& why) const {
    return fail(ErrorCode::kUntrusted,
                path_ + ":" + std::to_string(line_number_ + 1) + ": the line " + why +
                    "; it was changed after it was written; keep the "
                    "file for an investigation and move it away, so that a new record can begin");
  }

  Result<> end_line() {
    auto record = parse_json(line_, path_, kLineLimits);
    if (!record || !record->is_object()) {
      ++pending_torn_lines_;
      ++torn_lines_;
    } else {
      SEALIFT_TRY(check(*record));
      head_ = hash_of(line_);
    }
    ++line_number_;
    line_.clear();
    return {};
  }

  Result<> check(const Json& record) {
    const auto* number = record.find("record");
    if (number == nullptr || number->as_int64() != static_cast<std::int64_t>(records_ + 1)) {
      return broken("does not have the number " + std::to_string(records_ + 1));
    }
    if (record.string_at({"previous"}) != head_) {
      return broken("does not continue the line before it");
    }
    const auto* torn = record.find("torn");
    const auto counted = torn == nullptr ? std::int64_t{0} : torn->as_int64().value_or(-1);
    if (counted != static_cast<std::int64_t>(pending_torn_lines_)) {
      return broken("does not tell of the " + std::to_string(pending_torn_lines_) +
                    " lines before it that are no records");
    }
    pending_torn_lines_ = 0;
    ++records_;
    return {};
  }

  std::string path_;
  std::string line_;
  std::string head_;
  std::uint64_t records_ = 0;
  std::uint64_t line_number_ = 0;
  std::uint64_t torn_lines_ = 0;
  std::uint64_t pending_torn_lines_ = 0;
};

Result<bool> walk(FileSystem& files, const std::string& path, ChainWalker& walker) {
  auto source = files.open(path);
  if (!source) {
    if (source.error().code() == ErrorCode::kNotFound) return false;
    return fail(std::move(source).error());
  }
  SEALIFT_TRY(copy(**source, walker));
  return true;
}

}  // namespace

Result<std::unique_ptr<DecisionLog>> DecisionLog::open(FileSystem& files, std::string path) {
  std::unique_ptr<DecisionLog> log(new DecisionLog(files, std::move(path)));
  SEALIFT_TRY(log->attach());
  return log;
}

Result<> DecisionLog::attach() {
  ChainWalker walker(path_);
  SEALIFT_TRY(walk(files_, path_, walker));
  SEALIFT_TRY(files_.make_directories(parent_path(path_)));
  SEALIFT_ASSIGN(auto file, files_.append(path_));
  SEALIFT_TRY(files_.sync_directory(parent_path(path_)));
  if (walker.has_open_line()) {
    // The line may be torn, or whole and without its end alone: the walker decides.
    SEALIFT_TRY(file->write("\n"));
    SEALIFT_TRY(walker.write("\n"));
  }
  previous_ = walker.head();
  next_record_ = walker.next_record();
  torn_lines_ = walker.pending_torn_lines();
  file_ = std::move(file);
  return {};
}

Result<> DecisionLog::append(Timestamp now, const Json& decision) {
  std::scoped_lock lock(mutex_);
  // After a failed write nobody knows what reached the disk: read it.
  if (!file_) SEALIFT_TRY(attach());
  const auto line = serialize_record(now, next_record_, previous_, torn_lines_, decision);
  auto written = file_->write(line + "\n");
  if (written) written = file_->sync();
  if (!written) {
    file_.reset();
    return fail(std::move(written).error().with_context("writing the decision record " + path_));
  }
  previous_ = hash_of(line);
  ++next_record_;
  torn_lines_ = 0;
  return {};
}

Result<DecisionLogCheck> check_decision_log(FileSystem& files, const std::string& path) {
  ChainWalker walker(path);
  SEALIFT_ASSIGN(auto there, walk(files, path, walker));
  if (!there) return fail(ErrorCode::kNotFound, path + " does not exist");
  return DecisionLogCheck{walker.lines(), walker.torn_lines() + (walker.has_open_line() ? 1u : 0u),
                          walker.head()};
}

}  // namespace sealift::puller
