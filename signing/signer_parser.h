#pragma once

#include <sealift/base/json_reader.h>
#include <sealift/base/result.h>
#include <sealift/signing/root_folder.h>
#include <sealift/signing/signer.h>

#include <optional>
#include <vector>

namespace sealift::signing {

// The signers of a policy, of one object or of two: what one has, the other may not have.
struct Signers {
  std::vector<NamedKey> keys;
  std::vector<NamedIdentity> identities;

  // kInvalidInput, naming a member of the reader: a name, or a key, twice; more than the limits of
  // signer.h.
  Result<> add(Signers others, const ObjectReader& reader);
};

// The members "keys" and "identities" of the reader's object, added to `signers`. kInvalidInput: a
// broken element, and as add().
Result<> parse_signers(ObjectReader& reader, Signers& signers);

// The members "threshold" and "transparency"; "signers" is the caller's.
Result<> parse_quorum(ObjectReader& reader, Quorum& quorum);
// kInvalidInput where the threshold is not from 1 to the number of signers, or a name is there
// twice.
Result<> check_quorum(const Quorum& quorum, const ObjectReader& reader);

// Whom a policy believes, or the folder that says so; at most one of them.
struct RootPlace {
  std::optional<PolicyRoot> root = std::nullopt;
  std::optional<RootFolder> folder = std::nullopt;
};
// {sigstore: public}, {inline: "<JSON>"} or as parse_root_folder(). Where it is null there is
// neither. kInvalidInput.
Result<RootPlace> parse_policy_root(std::optional<ObjectReader> reader);
// {folder: NAME, target: PATH, allowExpired: DURATION}; nullopt without any of them. kInvalidInput.
Result<std::optional<RootFolder>> parse_root_folder(ObjectReader& reader);

}  // namespace sealift::signing
