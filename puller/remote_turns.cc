#include "remote_turns.h"

#include <algorithm>

namespace sealift::puller {
namespace {

std::string name_space_of(const std::string& id) { return id.substr(0, id.find('/')); }

// One at least, so that the puller of a single worker works as well.
std::size_t at_least_one(std::size_t count) { return std::max<std::size_t>(1, count); }

}  // namespace

RemoteTurns::RemoteTurns(std::size_t workers) : workers_(at_least_one(workers)) {}

bool RemoteTurns::has_room(const Turns& turns) const {
  // The share that is too much counts as that of one namespace more.
  return taken_ < at_least_one(workers_ - 1) &&
         turns.taken() < at_least_one(workers_ / (turns_.size() + 1));
}

bool RemoteTurns::begin(const std::string& id) {
  auto& turns = turns_[name_space_of(id)];
  if (turns.promised.erase(id) > 0) {
    ++turns.running;
    return true;
  }
  if (has_room(turns)) {
    ++turns.running;
    ++taken_;
    return true;
  }
  auto& waiting = turns.waiting;
  if (std::find(waiting.begin(), waiting.end(), id) == waiting.end()) waiting.push_back(id);
  return false;
}

void RemoteTurns::end(const std::string& id) {
  const auto turns = turns_.find(name_space_of(id));
  --turns->second.running;
  --taken_;
  forget_idle(turns);
}

void RemoteTurns::withdraw(const std::string& id) {
  const auto turns = turns_.find(name_space_of(id));
  if (turns == turns_.end()) return;
  taken_ -= turns->second.promised.erase(id);
  std::erase(turns->second.waiting, id);
  forget_idle(turns);
}

std::optional<std::string> RemoteTurns::next() {
  auto turns = turns_.upper_bound(last_);
  for (std::size_t seen = 0; seen < turns_.size(); ++seen, ++turns) {
    if (turns == turns_.end()) turns = turns_.begin();
    auto& [name_space, its] = *turns;
    if (its.waiting.empty() || !has_room(its)) continue;
    auto id = std::move(its.waiting.front());
    its.waiting.pop_front();
    its.promised.insert(id);
    ++taken_;
    last_ = name_space;
    return id;
  }
  return std::nullopt;
}

void RemoteTurns::forget_idle(TurnsOfAll::iterator turns) {
  if (turns->second.is_idle()) turns_.erase(turns);
}

}  // namespace sealift::puller
