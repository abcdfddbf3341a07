#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace sealift::artifacts {

// Which piece of work starts next, without threads or time. Work waits in the names of those who
// want it, its owners; owners take turns, each has at most so many pieces under way, and so has
// each lane (a registry): neither a greedy owner nor a dead registry takes all there is.
class FairSchedule {
 public:
  struct Limits {
    std::size_t per_lane;
    std::size_t per_owner;
  };
  using Ticket = std::uint64_t;

  explicit FairSchedule(Limits limits) : limits_(limits) {}

  Ticket add(std::string lane, std::string owner);
  // One more owner wants it, so that it may start on their turn as well. What has started already
  // stays on the account of the owner whose turn it was.
  void join(Ticket ticket, const std::string& owner);
  // The next piece that the limits let start; it counts until done().
  std::optional<Ticket> take();
  bool can_take() const { return choose().has_value(); }
  void done(Ticket ticket);
  // Forgets what waits.
  void clear();

 private:
  struct Owner {
    std::deque<Ticket> waiting;  // oldest first
    std::size_t running = 0;
  };
  struct Piece {
    std::string lane;
    std::set<std::string> owners;  // while it waits
    std::string started_by;        // afterwards
  };
  struct Choice {
    Ticket ticket;
    std::string owner;
  };

  std::optional<Choice> choose() const;
  std::optional<Ticket> first_startable(const Owner& owner) const;
  void drop_if_idle(const std::string& owner);

  Limits limits_;
  Ticket next_ = 1;
  std::map<Ticket, Piece> pieces_;
  std::map<std::string, Owner> owners_;
  std::map<std::string, std::size_t> running_in_;  // by lane
  std::string last_;                               // whose turn it was
};

}  // namespace sealift::artifacts
