#include <sealift/base/json_reader.h>
#include <sealift/signing/freshness.h>

#include <utility>

namespace sealift::signing {

Result<FreshnessStatement> parse_freshness_statement(const Json& predicate) {
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(predicate, "predicate"));
  reader.ignore_unknown();
  SEALIFT_ASSIGN(auto tag, reader.required_string("tag"));
  if (tag.empty()) return fail(reader.error_at("tag", "must not be empty"));
  SEALIFT_ASSIGN(const auto digest_text, reader.required_string("digest"));
  auto digest = Digest::parse(digest_text);
  if (!digest) return fail(reader.error_at("digest", digest.error().message()));
  SEALIFT_ASSIGN(const auto time_text, reader.required_string("time"));
  const auto time = parse_timestamp(time_text);
  if (!time) return fail(reader.error_at("time", time.error().message()));
  return FreshnessStatement{std::move(tag), *std::move(digest), *time};
}

Json to_json(const FreshnessStatement& statement) {
  return Json::Object{{"tag", statement.tag},
                      {"digest", statement.digest.to_string()},
                      {"time", format_timestamp(statement.time)}};
}

}  // namespace sealift::signing
