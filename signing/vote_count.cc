#include "vote_count.h"

#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace sealift::signing {
namespace {

// Maximum matching between persons and names, by augmenting paths (Kuhn's algorithm).
class Matching {
 public:
  explicit Matching(const std::vector<Ballot>& ballots) {
    for (const auto& ballot : ballots) {
      auto& names = names_of_[ballot.person];
      for (const auto& signer : ballot.signers) names.try_emplace(signer, ballot.piece);
    }
  }

  void match(std::string_view person) {
    if (tried_.insert(person).second) {
      std::set<std::string_view> seen;
      find_name(person, seen);
    }
  }

  // Name to person.
  const std::map<std::string_view, std::string_view>& pairs() const { return person_of_; }
  std::size_t piece_of(std::string_view person, std::string_view name) const {
    return names_of_.at(person).at(name);
  }

 private:
  bool find_name(std::string_view person, std::set<std::string_view>& seen) {
    for (const auto& [name, piece] : names_of_.at(person)) {
      if (!seen.insert(name).second) continue;
      const auto taken = person_of_.find(name);
      if (taken == person_of_.end() || find_name(taken->second, seen)) {
        person_of_[name] = person;
        return true;
      }
    }
    return false;
  }

  std::map<std::string_view, std::map<std::string_view, std::size_t>> names_of_;
  std::map<std::string_view, std::string_view> person_of_;
  std::set<std::string_view> tried_;
};

}  // namespace

std::vector<CountedBallot> count_votes(const std::vector<Ballot>& ballots) {
  Matching matching(ballots);
  for (const auto& ballot : ballots) matching.match(ballot.person);
  std::map<std::size_t, std::string> by_piece;
  for (const auto& [name, person] : matching.pairs()) {
    by_piece.emplace(matching.piece_of(person, name), name);
  }
  std::vector<CountedBallot> counted;
  for (auto& [piece, name] : by_piece) counted.push_back({std::move(name), piece});
  return counted;
}

}  // namespace sealift::signing
