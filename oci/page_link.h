#pragma once

#include "registry_session.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::oci {

// The target of the header's rel="next" (RFC 8288), as it is written; nullopt where there is none.
std::optional<std::string> next_link(const HttpHeaders& headers);

// Reads a list page by page. `take` gets each answer with status 2xx. An answer of another kind is
// returned without being an error when it is the first. kInvalidInput where pages lead in a circle,
// to another server, or never end.
Result<HttpAnswer> read_pages(RegistrySession& session, RegistryRequest request,
                              const std::function<Result<>(const HttpAnswer&)>& take,
                              std::stop_token stop);

}  // namespace sealift::oci
