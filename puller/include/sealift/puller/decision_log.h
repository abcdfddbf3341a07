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
// ("torn": 1). Safe from many threads. docs/formats/decision-log.md.
class DecisionLog {
 public:
  // Walks the file to continue its chain. kIo; kUntrusted where the chain is broken: such a file is
  // never added to.
  static Result<std::unique_ptr<DecisionLog>> open(FileSystem& files, std::string path);

  // Adds "time", "record" (a number that grows by one) and "previous" to an object and appends it.
  Result<> append(Timestamp now, const Json& decision);

 private:
  DecisionLog(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}
  Result<> attach();

  FileSystem& files_;
  std::string path_;
  std::mutex mutex_;
  std::unique_ptr<WritableFile> file_;
  std::string previous_;
  std::uint64_t next_record_ = 1;
  std::uint64_t torn_lines_ = 0;
};

struct DecisionLogCheck {
  std::uint64_t lines = 0;
  std::uint64_t torn_lines = 0;  // left by crashes; the last one may have no successor yet
  std::string head;  // hash of the last record: keep it elsewhere, and a new end is noticed too
};

// Walks a whole record. kUntrusted naming the first line that does not fit the one before.
Result<DecisionLogCheck> check_decision_log(FileSystem& files, const std::string& path);

}  // namespace sealift::puller
