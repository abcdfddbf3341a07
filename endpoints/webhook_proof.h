#pragma once

#include <sealift/endpoints/message.h>
#include <sealift/endpoints/webhook_content.h>

#include <string_view>

namespace sealift::endpoints {

// Whether the request shows that its sender knows the secret, in a way that this kind of sender
// can: an HMAC over the body where it signs, otherwise the secret itself in a header, and in the
// parameter "token" of the URL where nothing else can be set. Compared in constant time.
bool proves(WebhookKind kind, const Request& request, std::string_view secret);

}  // namespace sealift::endpoints
