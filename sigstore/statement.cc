#include <sealift/base/json_reader.h>
#include <sealift/sigstore/dsse.h>
#include <sealift/sigstore/statement.h>

#include <algorithm>
#include <utility>

namespace sealift::sigstore {
namespace {

constexpr std::string_view kTypeV1 = "https://in-toto.io/Statement/v1";
constexpr std::string_view kTypeV01 = "https://in-toto.io/Statement/v0.1";

Result<Statement::Subject> parse_subject(ObjectReader& reader) {
  Statement::Subject subject;
  reader.ignore_unknown();
  SEALIFT_ASSIGN(subject.name, reader.string_or("name", ""));
  SEALIFT_ASSIGN(subject.digests, reader.string_map("digest"));
  if (subject.digests.empty()) return fail(reader.error_at("digest", "must name a digest"));
  return subject;
}

Json digest_set(const Digest& digest) {
  return Json::Object{{std::string(digest.algorithm_name()), digest.hex()}};
}

std::string write_statement(Json subject, std::string_view predicate_type, Json predicate) {
  return dump_json(Json::Object{{"_type", kTypeV1},
                                {"subject", Json::Array{std::move(subject)}},
                                {"predicateType", predicate_type},
                                {"predicate", std::move(predicate)}});
}

}  // namespace

bool Statement::is_about(const Digest& digest) const {
  const std::pair<std::string, std::string> wanted(digest.algorithm_name(), digest.hex());
  return std::any_of(subjects.begin(), subjects.end(), [&](const Subject& subject) {
    return std::find(subject.digests.begin(), subject.digests.end(), wanted) !=
           subject.digests.end();
  });
}

Result<Statement> parse_statement(std::string_view bytes, const std::string& what) {
  SEALIFT_ASSIGN(const auto json, parse_json(bytes, what, signature_json_limits(bytes.size())));
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(json, what));
  reader.ignore_unknown();
  SEALIFT_ASSIGN(const auto type, reader.required_string("_type"));
  if (type != kTypeV1 && type != kTypeV01) {
    return fail(reader.error_at(
        "_type", "is neither " + std::string(kTypeV1) + " nor " + std::string(kTypeV01)));
  }
  Statement statement;
  SEALIFT_ASSIGN(statement.predicate_type, reader.required_string("predicateType"));
  SEALIFT_ASSIGN(auto subjects, reader.objects("subject"));
  if (subjects.empty() || subjects.size() > kMaxSubjects) {
    return fail(reader.error_at("subject", "must hold 1 to " + std::to_string(kMaxSubjects) +
                                               " subjects, not " +
                                               std::to_string(subjects.size())));
  }
  for (auto& subject : subjects) {
    SEALIFT_ASSIGN(auto parsed, parse_subject(subject));
    statement.subjects.push_back(std::move(parsed));
  }
  if (const Json* predicate = reader.any("predicate")) statement.predicate = *predicate;
  return statement;
}

std::string signature_statement(const Digest& digest) {
  return write_statement(Json::Object{{"digest", digest_set(digest)}}, kSignaturePredicateType,
                         Json::object());
}

std::string attestation_statement(std::string_view name, const Digest& digest,
                                  std::string_view predicate_type, Json predicate) {
  return write_statement(Json::Object{{"name", name}, {"digest", digest_set(digest)}},
                         predicate_type, std::move(predicate));
}

}  // namespace sealift::sigstore
