#pragma once

#include <sealift/base/result.h>

#include <string>
#include <string_view>

namespace sealift::endpoints {

// A file descriptor that is closed with its owner.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  int get() const { return number_; }

 private:
  int number_;
};

struct ListenSocket {
  Descriptor socket;  // does not block
  int port = 0;
};

// Binds "ADDRESS:PORT" and listens; see HttpServer::start() for forms and errors.
Result<ListenSocket> listen_on(std::string_view address);

struct Accepted {
  Descriptor socket;  // does not block
  std::string peer;   // the numeric address; an IPv4 address that came by IPv6 is written as IPv4
};

// The next connection; its socket is negative where there is none, with errno telling why.
Accepted accept_from(int listener);

}  // namespace sealift::endpoints
