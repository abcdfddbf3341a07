#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/console/policy_export.h>
#include <sealift/signing/trust_policy.h>

#include <string>
#include <string_view>
#include <vector>

namespace sealift::console {

// How a signer's subject or issuer must read. One of both is there.
struct ExportedText {
  std::string equals;
  std::string matches;  // an expression for the whole text

  // Anchored, for readers who look for a match anywhere.
  std::string expression() const;
};

// An identity, as the policy's document has it.
struct ExportedIdentity {
  ExportedText subject;
  ExportedText issuer;
  bool has_extensions = false;
};

// One policy on its way out: what of it every target treats alike.
class ExportedPolicy {
 public:
  ExportedPolicy(const ExportSource& source, Timestamp now, std::vector<ExportRemark>& remarks)
      : policy_(source.policy), document_(source.document), now_(now), remarks_(remarks) {}

  const signing::TrustPolicy& policy() const { return policy_; }
  // Of Kubernetes: lower case, digits, "-".
  std::string object_name() const;

  void note(std::string field, std::string message);
  void lose(std::string field, std::string message);
  void refuse(std::string field, std::string message);
  bool refused() const { return refused_; }

  // Null where the signer is no key, or one that does not count now.
  const signing::NamedKey* key(std::string_view signer) const;
  // Null where the signer is no identity.
  const signing::NamedIdentity* identity(std::string_view signer) const;
  ExportedIdentity identity_text(const signing::NamedIdentity& identity) const;
  // Where the policy's root is its own, or that of a folder, and not the public one.
  std::string own_root() const;

  // The signers of a quorum that count now. Refuses where they are too few, and where one
  // certificate that fits two identities would count twice, as it does elsewhere.
  std::vector<std::string> able_signers(const signing::Quorum& quorum);
  // Refuses where the root of a trust folder is not there: the public one would take its place.
  void check_root();
  // Remarks on rollback, maxAge, freshness, the validity of keys and that of a folder's root.
  void lose_time_and_memory();
  // Remarks on what holds a policy against those beside it.
  void note_scope(std::size_t policies, std::string_view others);

 private:
  void add(ExportRemark::Kind kind, std::string field, std::string message);

  const signing::TrustPolicy& policy_;
  const Json& document_;
  Timestamp now_;
  std::vector<ExportRemark>& remarks_;
  bool refused_ = false;
};

bool is_index(std::string_view token);
// Whether a registry in a pattern, which has no default port, has no other port and no "*" that
// stands for one: then ports 443 and 80 mean the same.
bool may_lack_port(std::string_view registry);
// A text in double quotes, as JSON, CEL and Rego write it.
std::string quoted(std::string_view text);

void export_kyverno(ExportedPolicy& policy, std::vector<Json>& documents);
void export_policy_controller(ExportedPolicy& policy, std::vector<Json>& documents);
void export_flux(ExportedPolicy& policy, std::vector<Json>& documents);

// CEL that is true where the value of `root` fulfils the conditions. Refuses what CEL cannot say.
std::string cel_of(const std::vector<signing::Condition>& conditions, const std::string& root,
                   ExportedPolicy& policy);
// Lines of a Rego rule's body, the same.
std::string rego_of(const std::vector<signing::Condition>& conditions, const std::string& root,
                    ExportedPolicy& policy);

}  // namespace sealift::console
