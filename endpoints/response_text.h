#pragma once

#include <sealift/base/clock.h>
#include <sealift/endpoints/message.h>

#include <string>

namespace sealift::endpoints {

// A response as it goes over the network (RFC 9112, section 4). HEAD gets the head alone.
std::string response_text(const Response& response, Timestamp now, bool keep_alive, bool head_only);

}  // namespace sealift::endpoints
