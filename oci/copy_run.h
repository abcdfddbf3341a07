#pragma once

#include <sealift/oci/attachments.h>
#include <sealift/oci/copy.h>
#include <sealift/oci/manifest.h>

#include <cstdint>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "digest_tasks.h"

namespace sealift::oci {

// One call of copy_artifacts(): trees of manifests and blobs are stored, then whatever is attached
// to any of their manifests, until nothing is attached any more. An artifact's own manifest is
// stored last, with its tags.
class CopyRun {
 public:
  CopyRun(Repository& from, Repository& to, const CopyOptions& options);

  Result<CopySummary> run(const std::vector<CopyItem>& items, const std::stop_token& stop);

 private:
  struct Root {
    StoredManifest manifest;
    std::vector<std::string> missing_tags;
    bool was_there = false;
  };
  // A manifest to which others may be attached.
  struct Subject {
    Digest digest;
    bool is_new = false;  // stored by this run, so that nothing points at it there yet
  };
  enum class Presence { kAbsent, kPresent };

  Result<Root> read_root(const CopyItem& item, const std::stop_token& stop);
  Result<> publish(const Root& root, const std::stop_token& stop);

  // Where in a tree, and how many threads may work from there on down: those of all branches
  // together are no more than the run may have.
  struct Place {
    unsigned depth = 0;
    std::size_t threads = 1;
    // The threads that each of so many branches may have.
    std::size_t share(std::size_t branches) const;
  };

  // Stores all that a manifest names, where it is absent, but not the manifest. Either way what may
  // be attached to it and to manifests below it will be looked for.
  Result<> copy_below(const StoredManifest& manifest, Presence presence, Place place,
                      const std::stop_token& stop);
  Result<> copy_child(const Descriptor& child, Place place, const std::stop_token& stop);
  void announce(const std::vector<Descriptor>& blobs);
  Result<> copy_blob(const Descriptor& blob, const std::stop_token& stop);
  Result<> put(const StoredManifest& manifest, const std::string& tag, const std::stop_token& stop);

  Result<> examine(const Digest& digest, Presence presence);
  Result<> copy_attached(const std::stop_token& stop);
  Result<> copy_attached_to(const Subject& subject, Place place, const std::stop_token& stop);
  Result<> store(const Attachment& attached, Place place, const std::stop_token& stop);
  Result<bool> may_take(const std::string& tag, const StoredManifest& manifest,
                        const std::stop_token& stop);

  Repository& from_;
  Repository& to_;
  const CopyOptions& options_;
  Attachments attachments_;
  DigestTasks blobs_;
  DigestTasks manifests_;

  std::mutex mutex_;
  std::set<Digest> announced_;
  std::set<Digest> examined_;
  std::vector<Subject> to_examine_;
  CopySummary summary_;
};

}  // namespace sealift::oci
