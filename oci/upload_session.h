#pragma once

#include "registry_session.h"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string_view>

namespace sealift::oci {

// One upload that a registry has begun (distribution-spec 1.1, "Pushing blobs"): where the next
// bytes go. Each call is one attempt and returns the registry's answer, whatever it is.
class UploadSession {
 public:
  // `start` is the POST that `answer` allows. kInvalidInput where the answer names no place,
  // kUntrusted where that place is http after https.
  static Result<UploadSession> begin(RegistrySession& session, const RegistryRequest& start,
                                     const HttpAnswer& answer);

  // OCI-Chunk-Min-Length: parts but the last one may not be shorter; 0: the registry names none.
  std::uint64_t least_part() const { return least_part_; }

  // Ends the upload; `rest` is what was not sent before, nothing where that was all.
  Result<HttpAnswer> put(const Digest& digest, std::optional<Blob> rest, std::stop_token stop);
  Result<HttpAnswer> patch(std::uint64_t first, Blob part, std::stop_token stop);
  // How far the upload has come, in the answer's Range.
  Result<HttpAnswer> ask(std::stop_token stop);
  // Tells the registry that nothing more will come. In vain is fine: it forgets uploads by itself.
  void cancel();

 private:
  UploadSession(RegistrySession& session, RegistryRequest start)
      : session_(&session), start_(std::move(start)) {}

  RegistryRequest request(std::string_view method) const;
  // Answers name a new place, at some registries for each part.
  Result<> move_to(const HttpAnswer& answer);

  RegistrySession* session_;
  RegistryRequest start_;
  Url place_;
  std::uint64_t least_part_ = 0;
};

}  // namespace sealift::oci
