#pragma once

#include "listen_socket.h"
#include "request_parser.h"

#include <sealift/endpoints/http_server.h>

#include <string>

namespace sealift::endpoints {

// One client. Nothing here waits: turn() does what the socket allows now and returns.
class Connection {
 public:
  Connection(Accepted accepted, const ServerLimits& limits, Clock& clock);

  int descriptor() const { return socket_.get(); }
  // POLLIN or POLLOUT: what the connection waits for.
  short events() const;
  // True where it can go on without a byte from the network.
  bool is_ready() const { return ready_; }
  // Reads, answers at most one request, writes. False where the connection is over.
  bool turn(short events, const RequestHandler& handler, const Logger& log);
  // When the client has kept us waiting too long.
  SteadyTime deadline() const { return deadline_; }
  // Since when the client keeps us waiting.
  SteadyTime waiting_since() const { return waiting_since_; }
  std::size_t buffered() const { return parser_.buffered() + output_.size(); }

 private:
  // kDraining: the answer is out and the connection ends; what still comes is read away, because
  // closing a socket with unread bytes would make the kernel take the answer back.
  enum class Stage { kReading, kWriting, kDraining };

  void enter(Stage stage, std::chrono::milliseconds limit);
  bool read_piece();
  bool write_piece();
  void answer_next(const RequestHandler& handler, const Logger& log);
  void answer_with(const Response& response, bool head_only);

  Descriptor socket_;
  std::string peer_;
  const ServerLimits& limits_;
  Clock& clock_;
  RequestParser parser_;
  Stage stage_ = Stage::kReading;
  SteadyTime waiting_since_;
  SteadyTime deadline_;
  std::string output_;
  std::size_t written_ = 0;
  bool ready_ = false;
  bool closing_ = false;
};

}  // namespace sealift::endpoints
