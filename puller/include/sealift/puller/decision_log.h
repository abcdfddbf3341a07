#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace sealift::puller {

// The record of every decision: a file of JSON lines, each with the SHA-256 of the line before it
// ("previous"), so that a line that was changed or taken out is noticed. Appended and synced line
// by line. After a crash in the middle of a line, the torn line stays and the next record counts it
// ("torn": 1). At kMaxFileBytes the file becomes "FILE.previous", in place of the one before, and
// the chain goes on in a new one. Safe from many threads. docs/formats/decision-log.md.
class DecisionLog {
 public:
  static constexpr std::uint64_t kMaxFileBytes = 32u << 20;

  // Walks both files to continue their chain. kIo; kUntrusted where it is broken: such a file is
  // never added to.
  static Result<std::unique_ptr<DecisionLog>> open(FileSystem& files, std::string path,
                                                   std::uint64_t max_file_bytes = kMaxFileBytes);

  // Adds "time", "record" (a number that grows by one) and "previous" to an object and appends it.
  // A file has one record at least, however long.
  Result<> append(Timestamp now, const Json& decision);

 private:
  DecisionLog(FileSystem& files, std::string path, std::uint64_t max_file_bytes)
      : files_(files), path_(std::move(path)), max_file_bytes_(max_file_bytes) {}
  Result<> attach();
  Result<> begin_next_file();
  std::string line_of(Timestamp now, const Json& decision) const;

  FileSystem& files_;
  std::string path_;
  std::uint64_t max_file_bytes_;
  std::mutex mutex_;
  std::unique_ptr<WritableFile> file_;
  std::string previous_;
  std::uint64_t next_record_ = 1;
  std::uint64_t torn_lines_ = 0;
  std::uint64_t file_number_ = 0;  // of the last record
  std::uint64_t file_bytes_ = 0;
  bool begins_file_ = true;  // the next record
};

struct DecisionLogCheck {
  std::uint64_t lines = 0;
  std::uint64_t first_record = 1;  // more where the files before are gone
  std::uint64_t torn_lines = 0;    // left by crashes; the last one may have no successor yet
  std::string head;  // hash of the last record: keep it elsewhere, and a new end is noticed too
};

// Walks a whole record, "FILE.previous" and FILE. kUntrusted naming the first line that does not
// fit the one before; kNotFound where there is neither.
Result<DecisionLogCheck> check_decision_log(FileSystem& files, const std::string& path);

}  // namespace sealift::puller
