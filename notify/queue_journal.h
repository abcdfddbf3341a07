#pragma once

#include "event_queue.h"

#include <sealift/base/file_system.h>
#include <sealift/base/log.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace sealift::notify {

// The queue on disk: events in segments, each a file that is written once, whole or not at all, and
// removed when all its events are done; and one file with how far each sink has come, replaced in
// one step. A power cut costs at most the events that were not saved yet, and lets a sink see again
// what it had acknowledged last. From one thread at a time.
class QueueJournal {
 public:
  QueueJournal(FileSystem& files, std::string directory, Logger log);

  // What is there. Damaged content is said in the log and left out. kIo where a file or the
  // directory cannot be read: what is there stays as it is then, and nothing may be saved.
  Result<QueueContent> load();
  // Saves events that follow those saved before, as one segment.
  Result<> append(const std::vector<QueuedEventPointer>& events);
  Result<> save_cursors(const Cursors& cursors);
  // Removes segments that hold none of these sequences, which are in order; a failure is mended by
  // the next call.
  void keep_only(const std::vector<std::uint64_t>& sequences);

 private:
  Result<> load_segment(const std::string& name, QueueContent& content);
  Result<> load_cursors(QueueContent& content);
  std::string path_of(std::uint64_t first) const;

  FileSystem& files_;
  std::string directory_;
  Logger log_;
  std::map<std::uint64_t, std::uint64_t> segments_;  // first sequence → last
};

}  // namespace sealift::notify
