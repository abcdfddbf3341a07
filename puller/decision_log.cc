#include <sealift/base/json.h>
#include <sealift/puller/decision_log.h>

#include <cassert>
#include <utility>

#include "record_chain.h"

namespace sealift::puller {
namespace {

struct RecordStart {
  std::uint64_t number = 0;
  std::string previous;
  std::uint64_t torn_lines = 0;
  std::uint64_t begins_file = 0;  // 0: none, otherwise which
};

// The text of one record: what the writer adds stands in front, so that a reader sees it first.
std::string serialize_record(Timestamp now, const RecordStart& start, const Json& decision) {
  Json record;
  record.set("time", format_timestamp(now));
  record.set("record", start.number);
  record.set("previous", start.previous);
  if (start.torn_lines > 0) record.set("torn", start.torn_lines);
  if (start.begins_file > 1) record.set("file", start.begins_file);
  if (const auto* members = decision.as_object()) {
    for (const auto& [name, value] : *members) {
      assert(record.find(name) == nullptr && "a decision must not take the record's own names");
      record.set(name, value);
    }
  }
  return dump_json(record);
}

}  // namespace

Result<std::unique_ptr<DecisionLog>> DecisionLog::open(FileSystem& files, std::string path,
                                                       std::uint64_t max_file_bytes) {
  std::unique_ptr<DecisionLog> log(new DecisionLog(files, std::move(path), max_file_bytes));
  SEALIFT_TRY(log->attach());
  return log;
}

Result<> DecisionLog::attach() {
  RecordChain chain;
  SEALIFT_TRY(walk_record(files_, path_, chain));
  SEALIFT_TRY(files_.make_directories(parent_path(path_)));
  SEALIFT_ASSIGN(auto file, files_.append(path_));
  SEALIFT_TRY(files_.sync_directory(parent_path(path_)));
  if (chain.has_open_line()) {
    // The line may be torn, or whole and without its end alone: the chain decides.
    SEALIFT_TRY(file->write("\n"));
    SEALIFT_TRY(chain.write("\n"));
  }
  previous_ = chain.head();
  next_record_ = chain.next_record();
  torn_lines_ = chain.pending_torn_lines();
  file_number_ = chain.file_number();
  file_bytes_ = chain.file_bytes();
  begins_file_ = !chain.file_has_records();
  file_ = std::move(file);
  return {};
}

// All of the file is synced. Wherever this ends early, attach() finds the record whole: under the
// old name, under the new one, or under that and an empty file.
Result<> DecisionLog::begin_next_file() {
  file_.reset();
  const auto directory = parent_path(path_);
  SEALIFT_TRY(files_.rename(path_, previous_file_of(path_)));
  SEALIFT_TRY(files_.sync_directory(directory));
  SEALIFT_ASSIGN(auto file, files_.append(path_));
  SEALIFT_TRY(files_.sync_directory(directory));
  begins_file_ = true;
  file_bytes_ = 0;
  file_ = std::move(file);
  return {};
}

std::string DecisionLog::line_of(Timestamp now, const Json& decision) const {
  return serialize_record(
      now, {next_record_, previous_, torn_lines_, begins_file_ ? file_number_ + 1 : 0}, decision);
}

Result<> DecisionLog::append(Timestamp now, const Json& decision) {
  std::scoped_lock lock(mutex_);
  // After a failed write nobody knows what reached the disk: read it.
  if (!file_) SEALIFT_TRY(attach());
  auto line = line_of(now, decision);
  if (!begins_file_ && file_bytes_ + line.size() + 1 > max_file_bytes_) {
    SEALIFT_TRY_CONTEXT(begin_next_file(), "beginning a new file of the decision record " + path_);
    line = line_of(now, decision);
  }
  auto written = file_->write(line + "\n");
  if (written) written = file_->sync();
  if (!written) {
    file_.reset();
    return fail(std::move(written).error().with_context("writing the decision record " + path_));
  }
  previous_ = hash_of_record(line);
  ++next_record_;
  torn_lines_ = 0;
  file_bytes_ += line.size() + 1;
  if (std::exchange(begins_file_, false)) ++file_number_;
  return {};
}

Result<DecisionLogCheck> check_decision_log(FileSystem& files, const std::string& path) {
  RecordChain chain;
  SEALIFT_ASSIGN(const bool there, walk_record(files, path, chain));
  if (!there) return fail(ErrorCode::kNotFound, path + " does not exist");
  return DecisionLogCheck{chain.records(), chain.first_record(),
                          chain.torn_lines() + (chain.has_open_line() ? 1u : 0u), chain.head()};
}

}  // namespace sealift::puller
