#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/file_system.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace sealift::puller {

// What the next line says of this one: "sha256:<hex>".
std::string hash_of_record(std::string_view line);

// Walks the files of a record of decisions, the older one first, and says where it goes on. Memory
// stays at one line. The first file that is walked may be one whose predecessors are gone; it says
// so itself ("file"). docs/formats/decision-log.md.
class RecordChain : public ByteSink {
 public:
  // Ends what the file before left open. kUntrusted as write().
  Result<> begin_file(std::string path);
  // kUntrusted, naming file and line, where one does not fit those before.
  Result<> write(std::string_view bytes) override;

  std::uint64_t records() const { return records_; }
  std::uint64_t first_record() const { return last_record_ - records_ + 1; }
  std::uint64_t next_record() const { return last_record_ + 1; }
  const std::string& head() const { return head_; }  // hash of the last record
  std::uint64_t torn_lines() const { return torn_lines_; }
  // Those behind the last record: no later one has counted them yet.
  std::uint64_t pending_torn_lines() const { return pending_torn_lines_; }
  // Which file the last record is in, by its own count; 0 where there is none.
  std::uint64_t file_number() const { return file_number_; }
  // Of the file that was begun last.
  std::uint64_t file_bytes() const { return file_bytes_; }
  bool file_has_records() const { return file_records_ > 0; }
  bool has_open_line() const { return !line_.empty(); }

 private:
  tl::unexpected<Error> broken(const std::string& why) const;
  Result<> end_line();
  Result<> check(const Json& record);
  void believe_beginning(const Json& record);

  std::string path_;
  std::string line_;
  std::string head_;
  std::uint64_t records_ = 0;
  std::uint64_t last_record_ = 0;
  std::uint64_t torn_lines_ = 0;
  std::uint64_t pending_torn_lines_ = 0;
  std::uint64_t file_number_ = 0;
  std::uint64_t file_bytes_ = 0;
  std::uint64_t file_lines_ = 0;
  std::uint64_t file_records_ = 0;
};

// Where the older half of a record lies: "FILE.previous".
std::string previous_file_of(const std::string& path);

// Walks "FILE.previous", where it is there, and FILE. False where neither is.
Result<bool> walk_record(FileSystem& files, const std::string& path, RecordChain& chain);

}  // namespace sealift::puller
