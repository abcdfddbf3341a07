#pragma once

#include <sealift/base/error.h>
#include <sealift/base/json.h>

#include <chrono>
#include <optional>
#include <string_view>

namespace sealift::kube {

// The API server's refusal as an Error. 401 kUnauthenticated, 403 kForbidden, 404 kNotFound, 409
// and 410 kConflict, 429 and 5xx kUnavailable (but a schema error of server-side apply, which comes
// as 500, kInvalidInput), any other kInvalidInput. The message is prose made of the Status
// (metav1.Status): which admission policy or webhook denied and why, which fields are wrong, which
// manager owns the fields of a conflict, which permission is missing and how to grant it. Whatever
// the server sent is made printable and is bounded.
Error error_from_status(int code, const Json& status);

// The same for an answer whose body may be anything.
Error error_from_answer(int http_status, std::string_view body,
                        std::optional<std::chrono::seconds> retry_after);

}  // namespace sealift::kube
