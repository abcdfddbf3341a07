#pragma once

#include <sealift/base/file_system.h>
#include <sealift/roots/folder_root.h>
#include <sealift/signing/trust_policy.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace sealift::roots {

// Gives policies their roots out of the trust folders below one directory. What it has read stays
// in force where the folder cannot be read or verified any more, has become older or another
// repository's, until it expires by the policy's own rule. Where somebody took the folder away,
// that counts at once, and what was read from it is forgotten. Safe from several threads; no lock
// is held while a disk is read. What is remembered ends with the process.
class RootKeeper {
 public:
  // `directory` empty: nobody keeps folders, and no policy that asks for one gets a root. `files`
  // must outlive the keeper.
  RootKeeper(FileSystem& files, std::string directory)
      : files_(files), directory_(std::move(directory)) {}

  // Reads the folder that the policy names, where that is not known yet.
  void learn(const signing::TrustPolicy& policy);
  // Reads these folders again, and forgets others that were not wanted the last time either: a
  // policy may have been learnt after the caller asked which are wanted.
  void refresh(const std::vector<signing::RootFolder>& wanted);
  // Puts what is known into the policy; asks no disk. What was not learnt stays as it is, with a
  // problem that says so. Whether that says anything else than before.
  bool give(signing::TrustPolicy& policy) const;

 private:
  using Key = std::pair<std::string, std::string>;  // folder and target
  struct Known {
    std::shared_ptr<const FolderRoot> root;  // null: there is none
    std::string problem;                     // of the last reading; empty: it went well
    bool is_unwanted = false;                // since the last refresh()
  };

  Known read(const signing::RootFolder& wanted, const Known& before) const;

  FileSystem& files_;
  std::string directory_;
  mutable std::mutex mutex_;
  std::map<Key, Known> known_;
};

// learn() and give() at once, for who may wait for a disk.
void give_root(RootKeeper& keeper, signing::TrustPolicy& policy);

}  // namespace sealift::roots
