#include "fair_schedule.h"

#include <algorithm>
#include <utility>

namespace sealift::artifacts {

FairSchedule::Ticket FairSchedule::add(std::string lane, std::string owner) {
  const Ticket ticket = next_++;
  owners_[owner].waiting.push_back(ticket);
  pieces_[ticket] = Piece{std::move(lane), {std::move(owner)}, ""};
  return ticket;
}

void FairSchedule::join(Ticket ticket, const std::string& owner) {
  const auto piece = pieces_.find(ticket);
  if (piece == pieces_.end() || piece->second.owners.empty()) return;
  if (piece->second.owners.insert(owner).second) owners_[owner].waiting.push_back(ticket);
}

std::optional<FairSchedule::Ticket> FairSchedule::first_startable(const Owner& owner) const {
  if (owner.running >= limits_.per_owner) return std::nullopt;
  for (const auto ticket : owner.waiting) {
    const auto lane = running_in_.find(pieces_.at(ticket).lane);
    if (lane == running_in_.end() || lane->second < limits_.per_lane) return ticket;
  }
  return std::nullopt;
}

std::optional<FairSchedule::Choice> FairSchedule::choose() const {
  auto at = owners_.upper_bound(last_);
  for (std::size_t i = 0; i < owners_.size(); ++i, ++at) {
    if (at == owners_.end()) at = owners_.begin();
    if (const auto ticket = first_startable(at->second)) return Choice{*ticket, at->first};
  }
  return std::nullopt;
}

std::optional<FairSchedule::Ticket> FairSchedule::take() {
  const auto choice = choose();
  if (!choice) return std::nullopt;
  auto& piece = pieces_.at(choice->ticket);
  const auto wanted_by = std::exchange(piece.owners, {});
  piece.started_by = choice->owner;
  ++owners_.at(choice->owner).running;
  ++running_in_[piece.lane];
  for (const auto& owner : wanted_by) {
    std::erase(owners_.at(owner).waiting, choice->ticket);
    drop_if_idle(owner);
  }
  last_ = choice->owner;
  return choice->ticket;
}

void FairSchedule::done(Ticket ticket) {
  const auto piece = pieces_.extract(ticket);
  if (piece.empty()) return;
  const auto& [lane, owners, started_by] = piece.mapped();
  const auto running = running_in_.find(lane);
  if (--running->second == 0) running_in_.erase(running);
  --owners_.at(started_by).running;
  drop_if_idle(started_by);
}

void FairSchedule::clear() {
  std::erase_if(pieces_, [](const auto& entry) { return entry.second.started_by.empty(); });
  for (auto& [name, owner] : owners_) owner.waiting.clear();
  std::erase_if(owners_, [](const auto& entry) { return entry.second.running == 0; });
}

void FairSchedule::drop_if_idle(const std::string& owner) {
  const auto at = owners_.find(owner);
  if (at->second.waiting.empty() && at->second.running == 0) owners_.erase(at);
}

}  // namespace sealift::artifacts
