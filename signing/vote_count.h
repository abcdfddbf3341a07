#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace sealift::signing {

// A piece that may count for one of several signers.
struct Ballot {
  std::string person;                // who cast it, under whatever name
  std::vector<std::string> signers;  // names of a quorum
  std::size_t piece = 0;             // which one, for the caller
};

struct CountedBallot {
  std::string signer;
  std::size_t piece = 0;
};

// As many as can count when each person counts once and each name counts once. Which person stands
// for which name is chosen so that most do: somebody with two names leaves one of them to whoever
// has no other. In the order of the ballots.
std::vector<CountedBallot> count_votes(const std::vector<Ballot>& ballots);

}  // namespace sealift::signing
