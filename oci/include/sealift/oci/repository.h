#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/result.h>
#include <sealift/oci/descriptor.h>
#include <sealift/oci/reference.h>

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::oci {

// A manifest exactly as it was stored; `descriptor.digest` is the digest of `bytes`, checked.
struct StoredManifest {
  Descriptor descriptor;
  std::string bytes;
};

struct PushedManifest {
  Descriptor descriptor;
  // True where the store itself lists the manifest among its subject's referrers (the answer had
  // OCI-Subject); false where the referrers tag was updated by us instead.
  bool subject_listed_by_server = false;
};

// One repository: what a registry client and an image layout have in common. Implementations are
// checked by one contract suite (tests/contract). Safe to use from many threads.
//
// Errors of all calls: kNotFound, kUnauthenticated, kForbidden, kUnavailable (retries are used up),
// kUntrusted (bytes do not match their digest or size), kInvalidInput (the other side broke the
// protocol or a limit), kCancelled, kIo.
class Repository {
 public:
  virtual ~Repository() = default;

  // Tag or digest to descriptor; one HEAD where the server is helpful.
  virtual Result<Descriptor> resolve(std::string_view tag_or_digest, std::stop_token stop) = 0;
  // Bytes of a manifest or index of at most kMaxManifestBytes.
  virtual Result<StoredManifest> fetch_manifest(std::string_view tag_or_digest,
                                                std::stop_token stop) = 0;
  // Streams a blob and checks size and digest while doing so; the sink has seen wrong bytes when
  // kUntrusted is returned, so it must be able to discard them.
  virtual Result<> fetch_blob(const Descriptor& blob, ByteSink& sink, std::stop_token stop) = 0;
  virtual Result<bool> has_blob(const Digest& digest, std::stop_token stop) = 0;

  // Uploads unless it is there already. `bytes` must match the descriptor.
  virtual Result<> push_blob(const Descriptor& blob, const Blob& bytes, std::stop_token stop) = 0;
  // The same where the repository `from` of the same registry is thought to have the blob: it then
  // need not be sent. Where that does not hold, or the store cannot, it is sent.
  virtual Result<> mount_or_push_blob(const Descriptor& blob, const Blob& bytes,
                                      std::string_view from, std::stop_token stop);
  // Stores a manifest under its digest and, when `tag` is not empty, under the tag. With a
  // `subject`, makes it findable through referrers() on every store.
  virtual Result<PushedManifest> push_manifest(std::string_view bytes, std::string_view media_type,
                                               std::string_view tag, std::stop_token stop) = 0;

  // All manifests whose subject is `digest`, as the store lists them; empty where there are none.
  // `artifact_type` is a hint: some registries state the config's media type although the manifest
  // has an artifactType. At most 1,000.
  virtual Result<std::vector<Descriptor>> referrers(const Digest& digest, std::stop_token stop) = 0;
  // Takes a manifest with this subject out of referrers(), for good where the store can remove it;
  // the blobs that it names stay until the store collects them. Gone already is fine. kForbidden
  // also where a registry lists it still and removes no manifests.
  virtual Result<> remove_referrer(const Digest& subject, const Digest& referrer,
                                   std::stop_token stop) = 0;
  // Removes a tag and leaves its manifest. kNotFound where there is no such tag, kForbidden where
  // the store removes no tags.
  virtual Result<> remove_tag(std::string_view tag, std::stop_token stop) = 0;
  // Removes a manifest, in most stores with each tag that names it; the blobs stay until the store
  // collects them, and in a layout the manifest's own bytes as well. Of a manifest with a subject,
  // remove_referrer() is what tidies the list as well. kNotFound where it is not there, kForbidden
  // where the store removes no manifests.
  virtual Result<> remove_manifest(const Digest& digest, std::stop_token stop) = 0;
  // All tags, sorted. At most 100,000.
  virtual Result<std::vector<std::string>> tags(std::stop_token stop) = 0;
};

}  // namespace sealift::oci
