#include "read_only_layout.h"

#include <utility>

namespace sealift::oci {

tl::unexpected<Error> ReadOnlyLayout::refuse() const {
  return fail(ErrorCode::kForbidden, files_->shown() +
                                         " is an archive, which is written once and whole; write "
                                         "to a layout and pack that with sealift copy");
}

Result<Descriptor> ReadOnlyLayout::resolve(std::string_view tag_or_digest, std::stop_token) {
  return reader_.resolve(tag_or_digest);
}

Result<StoredManifest> ReadOnlyLayout::fetch_manifest(std::string_view tag_or_digest,
                                                      std::stop_token) {
  return reader_.fetch_manifest(tag_or_digest);
}

Result<> ReadOnlyLayout::fetch_blob(const Descriptor& blob, ByteSink& sink, std::stop_token stop) {
  return reader_.fetch_blob(blob, sink, std::move(stop));
}

Result<bool> ReadOnlyLayout::has_blob(const Digest& digest, std::stop_token) {
  return files_->holds(digest);
}

Result<> ReadOnlyLayout::push_blob(const Descriptor&, const Blob&, std::stop_token) {
  return refuse();
}

Result<PushedManifest> ReadOnlyLayout::push_manifest(std::string_view, std::string_view,
                                                     std::string_view, std::stop_token) {
  return refuse();
}

Result<std::vector<Descriptor>> ReadOnlyLayout::referrers(const Digest& digest,
                                                          std::stop_token stop) {
  return reader_.referrers(digest, std::move(stop));
}

Result<> ReadOnlyLayout::remove_referrer(const Digest&, const Digest&, std::stop_token) {
  return refuse();
}

Result<> ReadOnlyLayout::remove_tag(std::string_view, std::stop_token) { return refuse(); }

Result<> ReadOnlyLayout::remove_manifest(const Digest&, std::stop_token) { return refuse(); }

Result<std::vector<std::string>> ReadOnlyLayout::tags(std::stop_token) { return reader_.tags(); }

}  // namespace sealift::oci
