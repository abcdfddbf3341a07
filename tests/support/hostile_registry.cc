#include "support/hostile_registry.h"

#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>

#include <algorithm>
#include <charconv>

namespace sealift::test {
namespace {

constexpr std::string_view kIndexType = "application/vnd.oci.image.index.v1+json";

std::string decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const bool coded = text[i] == '%' && i + 2 < text.size();
    if (coded) std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16);
    decoded += coded ? static_cast<char>(value) : text[i];
    if (coded) i += 2;
  }
  return decoded;
}

FakeAnswer status(int code, std::string body = "") {
  FakeAnswer answer;
  answer.status = code;
  answer.body = std::move(body);
  return answer;
}

FakeAnswer error(int code, std::string_view name) {
  return FakeAnswer::json(code,
                          R"({"errors":[{"code":")" + std::string(name) + R"(","message":"no"}]})");
}

// "5-9" and "bytes=5-": where it begins, and where it ends if it says so.
struct Range {
  std::size_t first = 0;
  std::optional<std::size_t> last;
};
std::optional<Range> parse_range(std::string_view text) {
  if (text.starts_with("bytes=")) text.remove_prefix(6);
  Range range;
  const auto* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, range.first);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') return std::nullopt;
  if (first.ptr + 1 == end) return range;
  range.last.emplace();
  if (std::from_chars(first.ptr + 1, end, *range.last).ptr != end) return std::nullopt;
  return range;
}

std::string stored_range(std::size_t size) {
  return "0-" + std::to_string(size == 0 ? 0 : size - 1);
}

// An entry of a listing of referrers (distribution-spec 1.1, "Listing Referrers").
Json listed(const std::string& digest, const std::string& media_type, std::size_t size,
            const Json& manifest) {
  std::string_view type = manifest.string_at({"artifactType"});
  if (type.empty()) type = manifest.string_at({"config", "mediaType"});
  Json entry = Json::Object{{"mediaType", media_type},
                            {"digest", digest},
                            {"size", static_cast<std::int64_t>(size)},
                            {"artifactType", std::string(type)}};
  if (const Json* annotations = manifest.find("annotations"))
    entry.set("annotations", *annotations);
  return entry;
}

}  // namespace

std::optional<HostileRegistry::Call> HostileRegistry::parse(const SeenRequest& request) {
  std::string path = request.url.substr(request.url.find("/v2/") + 4);
  Call call{request, "", "", "", {}};
  if (const auto mark = path.find('?'); mark != std::string::npos) {
    std::string_view query = std::string_view(path).substr(mark + 1);
    while (!query.empty()) {
      const auto pair = query.substr(0, query.find('&'));
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos) {
        call.query[decode(pair.substr(0, equals))] = decode(pair.substr(equals + 1));
      }
      query.remove_prefix(std::min(query.size(), pair.size() + 1));
    }
    path.resize(mark);
  }
  for (const std::string_view kind : {"manifests", "blobs", "tags", "referrers"}) {
    const std::string middle = "/" + std::string(kind) + "/";
    const auto at = path.find(middle);
    if (at == std::string::npos) continue;
    call.name = path.substr(0, at);
    call.kind = kind;
    call.rest = path.substr(at + middle.size());
    return call;
  }
  return std::nullopt;
}

FakeAnswer HostileRegistry::answer(const SeenRequest& request) {
  const std::lock_guard lock(mutex_);
  if (before) {
    if (auto given = before(request)) return *std::move(given);
  }
  const auto call = parse(request);
  FakeAnswer answer = call ? serve(*call) : status(200);
  if (after) after(request, answer);
  return answer;
}

FakeAnswer HostileRegistry::serve(const Call& call) {
  if (call.request.body.size() > quirks.largest_body) return error(413, "SIZE_INVALID");
  if (call.kind == "manifests") return serve_manifest(call);
  if (call.kind == "tags") return list_tags(call);
  if (call.kind == "referrers") return list_referrers(call);
  if (call.rest == "uploads/") return begin_upload(call);
  return call.rest.starts_with("uploads/") ? serve_upload(call) : serve_blob(call);
}

FakeAnswer HostileRegistry::not_found(std::string_view code) const {
  return error(404, quirks.unknown_for_not_found ? "UNKNOWN" : code);
}

const HostileRegistry::Manifest* HostileRegistry::find_manifest(Repository& repository,
                                                                const std::string& name) {
  const auto tag = repository.tags.find(name);
  std::string digest = tag == repository.tags.end() ? name : tag->second;
  if (quirks.subject_under_its_tag && name.starts_with("sha256-")) {
    digest = "sha256:" + name.substr(7);
  }
  const auto found = repository.manifests.find(digest);
  return found == repository.manifests.end() ? nullptr : &found->second;
}

FakeAnswer HostileRegistry::serve_manifest(const Call& call) {
  if (call.request.method == "PUT") return put_manifest(call);
  if (call.request.method == "DELETE") return delete_manifest(call);
  const Manifest* manifest = find_manifest(repositories_[call.name], call.rest);
  if (manifest == nullptr) {
    const bool forbids = quirks.missing_head_is_forbidden && call.request.method == "HEAD";
    return forbids ? error(403, "DENIED") : not_found("MANIFEST_UNKNOWN");
  }
  FakeAnswer answer = status(200, manifest->bytes);
  answer.headers.set("Content-Type", manifest->media_type);
  answer.headers.set("Docker-Content-Digest", Digest::of(manifest->bytes).to_string());
  return answer;
}

FakeAnswer HostileRegistry::put_manifest(const Call& call) {
  const auto json = parse_json(call.request.body, "manifest");
  if (!json) return error(400, "MANIFEST_INVALID");
  if (quirks.media_type_required && json->string_at({"mediaType"}).empty()) {
    return error(400, "MANIFEST_INVALID");
  }
  Repository& repository = repositories_[call.name];
  const std::string digest = Digest::of(call.request.body).to_string();
  const bool by_digest = call.rest.find(':') != std::string::npos;
  if (by_digest && call.rest != digest) return error(400, "DIGEST_INVALID");
  if (!by_digest) repository.tags[call.rest] = digest;
  repository.manifests[digest] = {
      call.request.body, std::string(call.request.headers.get("Content-Type").value_or(""))};
  FakeAnswer answer = status(201);
  answer.headers.set("Location", "/v2/" + call.name + "/manifests/" + digest);
  answer.headers.set("Docker-Content-Digest", digest);
  const auto subject = json->string_at({"subject", "digest"});
  if (quirks.referrers_api && !subject.empty()) {
    answer.headers.set("OCI-Subject", std::string(subject));
  }
  return answer;
}

FakeAnswer HostileRegistry::delete_manifest(const Call& call) {
  Repository& repository = repositories_[call.name];
  if (call.rest.find(':') == std::string::npos) {
    return repository.tags.erase(call.rest) > 0 ? status(202) : not_found("MANIFEST_UNKNOWN");
  }
  std::erase_if(repository.tags, [&](const auto& tag) { return tag.second == call.rest; });
  return repository.manifests.erase(call.rest) > 0 ? status(202) : not_found("MANIFEST_UNKNOWN");
}

FakeAnswer HostileRegistry::serve_blob(const Call& call) {
  const auto& blobs = repositories_[call.name].blobs;
  const auto found = blobs.find(call.rest);
  if (found == blobs.end()) return not_found("BLOB_UNKNOWN");
  const std::string& bytes = found->second;
  const auto header = call.request.headers.get("Range");
  const auto range = header ? parse_range(*header) : std::nullopt;
  if (!range) return status(200, bytes);
  if (range->first >= bytes.size()) return error(416, "RANGE_INVALID");
  return status(206, bytes.substr(range->first))
      .with_header("Content-Range", "bytes " + std::to_string(range->first) + "-" +
                                        std::to_string(bytes.size() - 1) + "/" +
                                        std::to_string(bytes.size()));
}

FakeAnswer HostileRegistry::place_of(const Call& call, const std::string& id, int code) {
  return status(code)
      .with_header("Location", "/v2/" + call.name + "/blobs/uploads/" + id + "?state=" + id)
      .with_header("Range", stored_range(uploads_[id].bytes.size()));
}

FakeAnswer HostileRegistry::begin_upload(const Call& call) {
  const auto mount = call.query.find("mount");
  const auto from = call.query.find("from");
  if (mount != call.query.end() && from != call.query.end()) {
    const bool anonymous = !call.request.headers.get("Authorization");
    if (anonymous && !quirks.anonymous_mounts) return error(401, "UNAUTHORIZED");
    const auto& blobs = repositories_[from->second].blobs;
    const auto blob = blobs.find(mount->second);
    if (quirks.mounts && blob != blobs.end()) {
      repositories_[call.name].blobs.insert(*blob);
      return status(201).with_header("Location", "/v2/" + call.name + "/blobs/" + mount->second);
    }
  }
  const std::string id = std::to_string(++next_upload_);
  FakeAnswer answer = place_of(call, id, 202);
  if (quirks.least_part > 0) {
    answer.headers.set("OCI-Chunk-Min-Length", std::to_string(quirks.least_part));
  }
  return answer;
}

FakeAnswer HostileRegistry::serve_upload(const Call& call) {
  const std::string id = call.rest.substr(8);
  const auto upload = uploads_.find(id);
  if (upload == uploads_.end()) return not_found("BLOB_UPLOAD_UNKNOWN");
  const std::string& method = call.request.method;
  if (method == "PATCH") return patch_upload(call, upload->second);
  if (method == "PUT") return end_upload(call, upload->second);
  if (method == "GET" && quirks.sessions) return place_of(call, id, 204);
  if (method != "DELETE") return error(405, "UNSUPPORTED");
  uploads_.erase(upload);
  return status(204);
}

FakeAnswer HostileRegistry::patch_upload(const Call& call, Upload& upload) {
  if (!quirks.parts) return error(405, "UNSUPPORTED");
  const auto range = parse_range(call.request.headers.get("Content-Range").value_or(""));
  if (!range || range->first != upload.bytes.size()) return error(416, "RANGE_INVALID");
  const std::size_t promised = range->last.value_or(0) + 1 - range->first;
  if (promised < quirks.least_part && upload.first_part > promised) {
    // Allowed for the last part alone, which the client knows; a smaller one ends the upload.
    upload.first_part = 0;
  }
  const std::string_view part = std::string_view(call.request.body).substr(0, quirks.most_taken);
  if (call.request.is_cut && !quirks.cut_parts_are_kept) return status(500);
  if (quirks.parts_corrupt) upload.bytes.assign(upload.bytes.size(), '?');
  upload.bytes += part;
  if (upload.first_part == 0) upload.first_part = upload.bytes.size();
  FakeAnswer answer = place_of(call, call.rest.substr(8), quirks.patch_status);
  if (quirks.range_stands_still) answer.headers.set("Range", stored_range(upload.first_part));
  return answer;
}

FakeAnswer HostileRegistry::end_upload(const Call& call, Upload& upload) {
  upload.bytes += call.request.body;
  if (call.request.is_cut) return status(500);
  const auto named = call.query.find("digest");
  const auto digest = named == call.query.end() ? fail(ErrorCode::kInvalidInput, "no digest")
                                                : Digest::parse(named->second);
  if (!digest || Digest::of(upload.bytes, digest->algorithm()) != *digest) {
    return error(400, "DIGEST_INVALID");
  }
  repositories_[call.name].blobs[named->second] = std::move(upload.bytes);
  uploads_.erase(call.rest.substr(8));
  return status(201)
      .with_header("Location", "/v2/" + call.name + "/blobs/" + named->second)
      .with_header("Docker-Content-Digest", named->second);
}

FakeAnswer HostileRegistry::list_tags(const Call& call) {
  const auto& tags = repositories_[call.name].tags;
  if (tags.empty() && quirks.null_tags) {
    return FakeAnswer::json(200, R"({"name":"x","tags":null})");
  }
  if (tags.empty()) return not_found("NAME_UNKNOWN");
  Json names = Json::array();
  for (const auto& [tag, digest] : tags) names.push_back(tag);
  return FakeAnswer::json(200, dump_json(Json::Object{{"name", call.name}, {"tags", names}}));
}

FakeAnswer HostileRegistry::list_referrers(const Call& call) {
  if (!quirks.referrers_api) return not_found("NOT_FOUND");
  Json entries = Json::array();
  for (const auto& [digest, manifest] : repositories_[call.name].manifests) {
    const auto json = parse_json(manifest.bytes, "manifest");
    if (json && json->string_at({"subject", "digest"}) == call.rest) {
      entries.push_back(listed(digest, manifest.media_type, manifest.bytes.size(), *json));
    }
  }
  FakeAnswer answer = status(200, dump_json(Json::Object{{"schemaVersion", 2},
                                                         {"mediaType", std::string(kIndexType)},
                                                         {"manifests", entries}}));
  answer.headers.set("Content-Type", std::string(kIndexType));
  return answer;
}

void HostileRegistry::put_blob(const std::string& repository, const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  repositories_[repository].blobs[Digest::of(bytes).to_string()] = bytes;
}

bool HostileRegistry::has_blob(const std::string& repository, std::string_view bytes) const {
  const std::lock_guard lock(mutex_);
  const auto found = repositories_.find(repository);
  if (found == repositories_.end()) return false;
  const auto blob = found->second.blobs.find(Digest::of(bytes).to_string());
  return blob != found->second.blobs.end() && blob->second == bytes;
}

std::size_t HostileRegistry::open_uploads() const {
  const std::lock_guard lock(mutex_);
  return uploads_.size();
}

}  // namespace sealift::test
