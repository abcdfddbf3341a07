#include <sealift/base/json_reader.h>
#include <sealift/signing/freshness.h>

#include <utility>

namespace sealift::signing {
namespace {

Result<std::string> some_text(ObjectReader& reader, std::string_view member) {
  SEALIFT_ASSIGN(auto text, reader.required_string(member));
  if (text.empty()) return fail(reader.error_at(member, "must not be empty"));
  return text;
}

}  // namespace

Result<FreshnessStatement> parse_freshness_statement(const Json& predicate) {
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(predicate, "predicate"));
  reader.ignore_unknown();
  SEALIFT_ASSIGN(auto repository, some_text(reader, "repository"));
  SEALIFT_ASSIGN(auto tag, some_text(reader, "tag"));
  SEALIFT_ASSIGN(const auto digest_text, reader.required_string("digest"));
  auto digest = Digest::parse(digest_text);
  if (!digest) return fail(reader.error_at("digest", digest.error().message()));
  SEALIFT_ASSIGN(const auto time_text, reader.required_string("time"));
  const auto time = parse_timestamp(time_text);
  if (!time) return fail(reader.error_at("time", time.error().message()));
  return FreshnessStatement{std::move(repository), std::move(tag), *std::move(digest), *time};
}

Json to_json(const FreshnessStatement& statement) {
  return Json::Object{{"repository", statement.repository},
                      {"tag", statement.tag},
                      {"digest", statement.digest.to_string()},
                      {"time", format_timestamp(statement.time)}};
}

}  // namespace sealift::signing
