#include <sealift/base/encoding.h>
#include <sealift/sigstore/verification_report.h>

#include <algorithm>

namespace sealift::sigstore {
namespace {

using NameKind = crypto::SubjectAlternativeName::Kind;

constexpr std::size_t kNameWidth = 18;
constexpr std::size_t kMaxValueBytes = 400;

std::string_view to_string(NameKind kind) {
  switch (kind) {
    case NameKind::kUri:
      return "uri";
    case NameKind::kEmail:
      return "email";
    case NameKind::kOtherName:
      return "otherName";
    case NameKind::kDns:
      return "dns";
    case NameKind::kOther:
      return "other";
  }
  return "other";
}

// A URI, or whatever else the trusted root calls it by.
std::string name_of(const TrustedAuthority& authority) {
  if (!authority.uri.empty()) return authority.uri;
  if (!authority.common_name.empty()) return authority.common_name;
  return authority.anchor().subject();
}

std::string name_of(const TrustedLog& log) {
  return log.base_url.empty() ? hex_encode(log.id) : log.base_url;
}

Json to_json(const CertifiedSigner& signer) {
  Json claims = Json::object();
  for (const auto& [claim, text] : signer.identity.claims) {
    claims.set(sigstore::to_string(claim), text);
  }
  Json logs = Json::array();
  for (const auto* log : signer.certificate_logs) logs.push_back(name_of(*log));
  return Json::Object{{"identity", signer.identity.name.value},
                      {"identityType", to_string(signer.identity.name.kind)},
                      {"issuer", signer.identity.issuer},
                      {"claims", std::move(claims)},
                      {"certificate", signer.certificate.fingerprint()},
                      {"authority", name_of(*signer.authority)},
                      {"anchor", signer.anchor.fingerprint()},
                      {"certificateLogs", std::move(logs)}};
}

Json to_json(const ProvenLogEntry& entry) {
  Json json = Json::Object{{"log", name_of(*entry.log)},
                           {"logId", hex_encode(entry.log->id)},
                           {"index", entry.index},
                           {"promise", entry.has_promise},
                           {"inclusionProof", entry.has_proof}};
  if (entry.has_proof) {
    json.set("tree", entry.checkpoint_origin);
    json.set("treeSize", entry.tree_size);
  }
  return json;
}

struct Witness {
  Timestamp time;
  std::string_view source;  // "log" or "timestampAuthority"
  std::string by;
};

std::vector<Witness> witnesses(const VerifiedSignature& verified) {
  std::vector<Witness> all;
  for (const auto& entry : verified.log_entries) {
    if (entry.integrated_time) all.push_back({*entry.integrated_time, "log", name_of(*entry.log)});
  }
  for (const auto& stamp : verified.timestamps) {
    all.push_back({stamp.time, "timestampAuthority", name_of(*stamp.authority)});
  }
  return all;
}

Json to_json(const Statement& statement) {
  Json subjects = Json::array();
  for (const auto& subject : statement.subjects) {
    Json digests = Json::object();
    for (const auto& [algorithm, hex] : subject.digests) digests.set(algorithm, hex);
    subjects.push_back(Json::Object{{"name", subject.name}, {"digest", std::move(digests)}});
  }
  return Json::Object{{"predicateType", statement.predicate_type},
                      {"subject", std::move(subjects)},
                      {"predicate", statement.predicate}};
}

std::string line(std::string name, std::string_view value, std::size_t width = kNameWidth) {
  name.resize(std::max(width, name.size()), ' ');
  return name + printable(value, kMaxValueBytes) + "\n";
}

// All but the issuer, who has a line already.
std::string describe_claims(const CertificateIdentity& identity) {
  std::size_t width = 0;
  for (const auto& [claim, value] : identity.claims) {
    width = std::max(width, sigstore::to_string(claim).size() + 4);
  }
  std::string text;
  for (const auto& [claim, value] : identity.claims) {
    if (claim == Claim::kIssuer || claim == Claim::kOldIssuer) continue;
    text += line("  " + std::string(sigstore::to_string(claim)), value, width);
  }
  return text;
}

std::string describe(const CertifiedSigner& signer) {
  std::string text =
      line("Identity", signer.identity.name.value) +
      line("Vouched for by", signer.identity.issuer) +
      line("Certified by", name_of(*signer.authority) + ", anchor " + signer.anchor.fingerprint());
  for (const auto* log : signer.certificate_logs) text += line("Certificate log", name_of(*log));
  return text + describe_claims(signer.identity);
}

std::string describe(const ProvenLogEntry& entry) {
  const std::string proof = entry.has_promise && entry.has_proof ? "promise and inclusion proof"
                            : entry.has_proof                    ? "inclusion proof"
                                                                 : "promise";
  return line("Log",
              name_of(*entry.log) + ", entry " + std::to_string(entry.index) + ", by " + proof);
}

}  // namespace

Json to_json(const VerifiedSignature& verified) {
  Json json;
  json.set("key", verified.key.fingerprint());
  if (verified.signer) json.set("certificate", to_json(*verified.signer));
  Json entries = Json::array();
  for (const auto& entry : verified.log_entries) entries.push_back(to_json(entry));
  json.set("logEntries", std::move(entries));
  Json times = Json::array();
  for (const auto& [time, source, by] : witnesses(verified)) {
    times.push_back(Json::Object{{"time", format_timestamp(time)}, {"source", source}, {"by", by}});
  }
  json.set("times", std::move(times));
  if (verified.statement) json.set("statement", to_json(*verified.statement));
  return json;
}

std::string describe(const VerifiedSignature& verified) {
  std::string text = verified.signer ? describe(*verified.signer) : "";
  text += line("Key", verified.key.fingerprint());
  for (const auto& entry : verified.log_entries) text += describe(entry);
  for (const auto& [time, source, by] : witnesses(verified)) {
    text += line("Time", format_timestamp(time) + ", by " +
                             (source == "log" ? "the log " : "the time stamp authority ") + by);
  }
  if (verified.statement) text += line("Statement", verified.statement->predicate_type);
  return text;
}

}  // namespace sealift::sigstore
