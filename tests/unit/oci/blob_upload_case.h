#pragma once

#include "hostile_registry_case.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sealift::oci {

class BlobUploadTest : public HostileRegistryTest {
 protected:
  static Blob refusing_blob(std::uint64_t size) {
    Blob blob;
    blob.size = size;
    blob.open = []() -> Result<std::unique_ptr<ByteSource>> {
      return fail(ErrorCode::kIo, "nothing was to be sent");
    };
    return blob;
  }
  Result<> push(const std::string& content, const std::string& address = "oci://r.example/shop") {
    return open({}, address)->push_blob(describe(content), Blob::from_string(content), {});
  }
  Result<> mount(Repository& repository, const std::string& content, const Blob& bytes) {
    return repository.mount_or_push_blob(describe(content), bytes, "team/base", {});
  }
  bool is_stored(const std::string& content) { return registry_.has_blob("shop", content); }
  // The methods of all requests so far: "HEAD POST PUT".
  std::string methods() const {
    std::string methods;
    for (const auto& request : transport_.requests()) {
      methods += (methods.empty() ? "" : " ") + request.method;
    }
    return methods;
  }
  std::vector<std::string> parts() const {
    std::vector<std::string> parts;
    for (const auto& request : transport_.requests()) {
      if (request.method != "PATCH") continue;
      parts.emplace_back(request.headers.get("Content-Range").value_or("none"));
    }
    return parts;
  }
  void answer_once(const std::string& method, test::FakeAnswer answer) {
    registry_.before = [=, asked = std::make_shared<std::atomic<bool>>(false)](
                           const test::SeenRequest& request) -> std::optional<test::FakeAnswer> {
      if (request.method != method || asked->exchange(true)) return std::nullopt;
      return answer;
    };
  }
};

}  // namespace sealift::oci
