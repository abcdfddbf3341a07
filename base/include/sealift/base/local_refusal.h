#pragma once

#include <sealift/base/http.h>

#include <memory>
#include <string>

namespace sealift {

// What a transport says when it refuses to connect to a local address.
struct LocalRefusal {
  std::string advice;  // what to do instead, as the end of the message's sentence; may be empty
};

// A transport as make_curl_transport() makes, for URLs that others choose: it refuses (kForbidden)
// to connect to loopback, link-local, unspecified, multicast and reserved addresses and to the
// metadata services of clouds, whatever name stands for them: each connection is looked at when its
// name is resolved. It shares none with other transports. A proxy that the environment names is not
// refused where it is given as an address or as localhost; where names lead is its own matter then,
// but a URL with a local address in it is never sent.
std::unique_ptr<HttpTransport> make_curl_transport(std::string user_agent, LocalRefusal refusal);

}  // namespace sealift
