#include "manifest_transfer.h"

#include <sealift/base/encoding.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>

#include <charconv>

namespace sealift::oci {
namespace {

constexpr std::string_view kDigestHeader = "Docker-Content-Digest";

std::string accepted_types() {
  std::string types;
  for (const auto type : {media_type::kManifest, media_type::kIndex, media_type::kDockerManifest,
                          media_type::kDockerList}) {
    types += (types.empty() ? "" : ", ") + std::string(type);
  }
  return types;
}

RegistryRequest manifest_request(RegistrySession& session, std::string_view method,
                                 std::string_view verb, std::string_view tag_or_digest) {
  RegistryRequest request;
  request.method = std::string(method);
  request.url = session.url("manifests/" + std::string(tag_or_digest));
  request.headers.set("Accept", accepted_types());
  request.action = std::string(verb) + " the manifest " + std::string(tag_or_digest) + " of \"" +
                   session.repository() + "\"";
  request.max_body_bytes = kMaxManifestBytes;
  return request;
}

bool is_digest(std::string_view tag_or_digest) {
  return tag_or_digest.find(':') != std::string_view::npos;
}

// Content-Type without its parameters.
std::string content_type_of(const HttpHeaders& headers) {
  std::string_view value = headers.get("Content-Type").value_or("");
  value = value.substr(0, value.find(';'));
  while (value.ends_with(' ')) value.remove_suffix(1);
  return std::string(value);
}

Result<std::optional<Digest>> digest_header(const HttpHeaders& headers, const std::string& who) {
  const auto value = headers.get(kDigestHeader);
  if (!value) return std::nullopt;
  auto digest = Digest::parse(*value);
  if (digest) return std::optional<Digest>(*std::move(digest));
  return fail(std::move(digest).error().with_context(who + "Docker-Content-Digest"));
}

tl::unexpected<Error> disagree(const std::string& who, const Digest& promised,
                               const std::string& asked) {
  return fail(ErrorCode::kUntrusted, who + "calls " + asked + " the manifest " +
                                         promised.to_string() + " in Docker-Content-Digest");
}

// What the bytes are: the type they carry themselves must be the one that the server states.
Result<std::string> media_type_of(std::string_view bytes, const std::string& content_type,
                                  const std::string& who) {
  JsonLimits limits;
  limits.max_bytes = kMaxManifestBytes;
  SEALIFT_ASSIGN(const Json json, parse_json(bytes, who + "the manifest", limits));
  std::string media_type(json.string_at({"mediaType"}));
  if (media_type.empty()) media_type = content_type;
  if (!content_type.empty() && media_type != content_type) {
    return fail(ErrorCode::kInvalidInput,
                who + "states the content type \"" + printable(content_type, 80) +
                    "\" for a manifest that says \"" + printable(media_type, 80) + "\"");
  }
  if (is_manifest_type(media_type) || is_index_type(media_type)) return media_type;
  return fail(ErrorCode::kInvalidInput, who + "gave a \"" + printable(media_type, 80) +
                                            "\", which is neither a manifest nor an index");
}

std::string answers_to(const RegistrySession& session, const RegistryRequest& request) {
  return "registry " + session.registry() + ", asked to " + request.action + ", ";
}

}  // namespace

Result<> check_tag_or_digest(std::string_view tag_or_digest) {
  if (is_digest(tag_or_digest)) {
    SEALIFT_TRY(Digest::parse(tag_or_digest));
    return {};
  }
  if (is_valid_tag(tag_or_digest)) return {};
  return fail(ErrorCode::kInvalidInput,
              "\"" + printable(tag_or_digest, 140) + "\" is neither a tag nor a digest");
}

Result<std::optional<Descriptor>> head_manifest(RegistrySession& session,
                                                std::string_view tag_or_digest,
                                                std::stop_token stop) {
  const RegistryRequest request = manifest_request(session, "HEAD", "resolve", tag_or_digest);
  SEALIFT_ASSIGN(const HttpAnswer answer, session.send(request, std::move(stop)));
  // 403 is what JFrog says of a manifest that is not there; the GET tells.
  if (answer.head.status == 405 || answer.head.status == 403) return std::nullopt;
  if (!is_success(answer)) return fail(session.error_of(request, answer));
  const std::string who = answers_to(session, request);
  SEALIFT_ASSIGN(const auto digest, digest_header(answer.head.headers, who));
  const std::string_view length = answer.head.headers.get("Content-Length").value_or("");
  const std::string media_type = content_type_of(answer.head.headers);
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), size);
  if (!digest || error != std::errc() || end != length.data() + length.size()) return std::nullopt;
  if (!is_manifest_type(media_type) && !is_index_type(media_type)) return std::nullopt;
  if (is_digest(tag_or_digest) && digest->to_string() != tag_or_digest) {
    return disagree(who, *digest, std::string(tag_or_digest));
  }
  return Descriptor{media_type, *digest, size, "", {}};
}

Result<FetchedManifest> get_manifest(RegistrySession& session, std::string_view tag_or_digest,
                                     std::stop_token stop) {
  const RegistryRequest request = manifest_request(session, "GET", "fetch", tag_or_digest);
  SEALIFT_ASSIGN(HttpAnswer answer, session.send(request, std::move(stop)));
  if (!is_success(answer)) return fail(session.error_of(request, answer));
  const std::string who = answers_to(session, request);
  SEALIFT_ASSIGN(const auto stated, digest_header(answer.head.headers, who));
  std::optional<Digest> digest;
  if (is_digest(tag_or_digest)) {
    SEALIFT_ASSIGN(digest, Digest::parse(tag_or_digest));
  } else {
    digest = stated;
  }
  const auto algorithm = digest ? digest->algorithm() : Digest::Algorithm::kSha256;
  const Digest found = Digest::of(answer.body, algorithm);
  if (digest && found != *digest) {
    return fail(ErrorCode::kUntrusted,
                who + "gave other content: it hashes to " + found.to_string());
  }
  if (stated && *stated != Digest::of(answer.body, stated->algorithm())) {
    return disagree(who, *stated, found.to_string());
  }
  SEALIFT_ASSIGN(std::string media_type,
                 media_type_of(answer.body, content_type_of(answer.head.headers), who));
  const std::string etag(answer.head.headers.get("ETag").value_or(""));
  Descriptor descriptor{std::move(media_type), found, answer.body.size(), "", {}};
  return FetchedManifest{{std::move(descriptor), std::move(answer.body)}, etag};
}

Result<PutManifest> put_manifest(RegistrySession& session, std::string_view bytes,
                                 std::string_view media_type, std::string_view tag_or_digest,
                                 std::string_view if_match, std::stop_token stop) {
  RegistryRequest request = manifest_request(session, "PUT", "store", tag_or_digest);
  request.access = RegistryAccess::kPush;
  request.headers.set("Content-Type", std::string(media_type));
  if (!if_match.empty()) request.headers.set("If-Match", std::string(if_match));
  request.body = Blob::from_string(std::string(bytes));
  SEALIFT_ASSIGN(const HttpAnswer answer, session.send(request, std::move(stop)));
  if (!is_success(answer)) return fail(session.error_of(request, answer));
  const std::string who = answers_to(session, request);
  SEALIFT_ASSIGN(const auto stated, digest_header(answer.head.headers, who));
  if (stated && *stated != Digest::of(bytes, stated->algorithm())) {
    return disagree(who, *stated, Digest::of(bytes).to_string());
  }
  return PutManifest{answer.head.headers.get("OCI-Subject").has_value()};
}

Result<Removal> delete_manifest(RegistrySession& session, std::string_view tag_or_digest,
                                std::stop_token stop) {
  RegistryRequest request = manifest_request(session, "DELETE", "remove", tag_or_digest);
  request.access = RegistryAccess::kDelete;
  SEALIFT_ASSIGN(const HttpAnswer answer, session.send(request, std::move(stop)));
  const int status = answer.head.status;
  if (is_success(answer)) return Removal{};
  if (status == 404) return Removal{Removal::Outcome::kAbsent, {}};
  const std::string said = describe_answer(status, answer.body);
  const auto says = [&](const char* code) { return said.find(code) != std::string::npos; };
  // distribution 2.8 takes a tag for a digest that is wrong.
  const bool unsupported =
      status == 405 || (status == 400 && (says("UNSUPPORTED") ||
                                          (!is_digest(tag_or_digest) && says("DIGEST_INVALID"))));
  if (unsupported) return Removal{Removal::Outcome::kUnsupported, said};
  return fail(session.error_of(request, answer));
}

}  // namespace sealift::oci
