#pragma once

#include "support/fake_transport.h"

#include <sealift/base/json.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace sealift::test {

// An OCI registry in memory, as a handler of FakeTransport and TestServer. As it is made it keeps
// the distribution-spec, and the contract suite holds it to that; each quirk makes it one of the
// registries that do not, and two hooks let it lie. Safe from many threads; set it up before.
class HostileRegistry {
 public:
  struct Quirks {
    int patch_status = 202;            // 201 at ECR, 204 at go-containerregistry
    bool range_stands_still = false;   // ECR: Range tells the end of the first part for ever
    bool media_type_required = false;  // ECR: a manifest must have it
    bool parts = true;                 // GCR: PATCH is unknown
    bool parts_corrupt = false;        // GHCR: of several parts the last one is stored
    bool cut_parts_are_kept = true;    // what came before a connection broke
    bool sessions = true;              // that can be asked how far they are
    std::size_t most_taken = std::numeric_limits<std::size_t>::max();    // of each part
    std::size_t least_part = 0;                                          // OCI-Chunk-Min-Length
    std::size_t largest_body = std::numeric_limits<std::size_t>::max();  // else 413: ACR, proxies
    bool mounts = true;                      // otherwise a mount begins an upload: GCR
    bool anonymous_mounts = true;            // otherwise 401 without a login: Quay
    bool referrers_api = true;               // not at GHCR and distribution 2.8
    bool unknown_for_not_found = false;      // Harbor's error code
    bool missing_head_is_forbidden = false;  // JFrog: 403 for the HEAD of a missing manifest
    bool subject_under_its_tag = false;      // GitLab: the tag sha256-… is the image itself
    bool null_tags = false;                  // Nexus: no tags are null
  };
  Quirks quirks;
  // Asked first; what it returns is the answer, and nothing is stored.
  std::function<std::optional<FakeAnswer>(const SeenRequest&)> before;
  // May change an answer.
  std::function<void(const SeenRequest&, FakeAnswer&)> after;

  FakeAnswer answer(const SeenRequest& request);

  void put_blob(const std::string& repository, const std::string& bytes);
  bool has_blob(const std::string& repository, std::string_view bytes) const;
  // Uploads that were begun and neither ended nor cancelled.
  std::size_t open_uploads() const;

 private:
  struct Manifest {
    std::string bytes;
    std::string media_type;
  };
  struct Repository {
    std::map<std::string, std::string> blobs;  // by digest
    std::map<std::string, Manifest> manifests;
    std::map<std::string, std::string> tags;
  };
  struct Upload {
    std::string bytes;
    std::size_t first_part = 0;
  };
  // A request, taken apart: /v2/NAME/KIND/REST?QUERY.
  struct Call {
    const SeenRequest& request;
    std::string name;
    std::string kind;
    std::string rest;
    std::map<std::string, std::string> query;
  };

  static std::optional<Call> parse(const SeenRequest& request);
  FakeAnswer serve(const Call& call);
  FakeAnswer serve_manifest(const Call& call);
  FakeAnswer put_manifest(const Call& call);
  FakeAnswer delete_manifest(const Call& call);
  FakeAnswer serve_blob(const Call& call);
  FakeAnswer begin_upload(const Call& call);
  FakeAnswer serve_upload(const Call& call);
  FakeAnswer patch_upload(const Call& call, Upload& upload);
  FakeAnswer end_upload(const Call& call, Upload& upload);
  FakeAnswer list_tags(const Call& call);
  FakeAnswer list_referrers(const Call& call);
  FakeAnswer place_of(const Call& call, const std::string& id, int status);
  FakeAnswer not_found(std::string_view code) const;
  const Manifest* find_manifest(Repository& repository, const std::string& name);

  mutable std::mutex mutex_;
  std::map<std::string, Repository> repositories_;
  std::map<std::string, Upload> uploads_;
  std::size_t next_upload_ = 0;
};

}  // namespace sealift::test
