#include "referrers_listing.h"

#include "manifest_transfer.h"
#include "page_link.h"

#include <sealift/base/encoding.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>

#include <algorithm>
#include <functional>

namespace sealift::oci {
namespace {

constexpr int kMaxRounds = 13;

Result<> append(std::vector<Descriptor>& list, std::vector<Descriptor> more,
                const RegistrySession& session, const Digest& subject) {
  for (auto& entry : more) {
    const bool listed = std::any_of(list.begin(), list.end(), [&](const Descriptor& other) {
      return other.digest == entry.digest;
    });
    if (listed) continue;
    if (list.size() == kMaxReferrers) {
      return fail(ErrorCode::kInvalidInput,
                  "registry " + session.registry() + " lists more than the limit of " +
                      std::to_string(kMaxReferrers) + " referrers of " + subject.to_string());
    }
    list.push_back(std::move(entry));
  }
  return {};
}

// The referrers API is there where a 200 carries an index.
bool is_listing(const HttpAnswer& answer) {
  const std::string_view type = answer.head.headers.get("Content-Type").value_or("");
  return is_success(answer) && type.substr(0, type.find(';')) == media_type::kIndex;
}

// What the referrers tag holds; nullopt where there is no listing.
Result<std::optional<FetchedManifest>> get_listing(RegistrySession& session, const Digest& subject,
                                                   std::stop_token stop) {
  const std::string tag = referrers_tag(subject);
  auto fetched = get_manifest(session, tag, std::move(stop));
  if (!fetched) {
    if (fetched.error().code() == ErrorCode::kNotFound) return std::nullopt;
    return fail(std::move(fetched).error());
  }
  const Descriptor& found = fetched->manifest.descriptor;
  // GitLab resolves "sha256-<hex>" to the manifest with that digest.
  if (found.digest == subject) return std::nullopt;
  if (is_index_type(found.media_type)) return *std::move(fetched);
  return fail(ErrorCode::kConflict, "the tag " + tag + " in \"" + session.repository() +
                                        "\" at registry " + session.registry() +
                                        " must hold the listing of referrers, but holds a " +
                                        printable(found.media_type, 80) + "; remove that tag");
}

// Given the listing's bytes ("": there is none), gives those to store instead; nullopt: nothing to
// change.
using ListingChange = std::function<Result<std::optional<std::string>>(std::string_view)>;

enum class ListingStep { kNothingToChange, kWritten, kRefused };

// Reads the referrers tag, changes it, writes it back.
Result<ListingStep> change_listing_once(RegistrySession& session, const Digest& subject,
                                        const ListingChange& change, std::stop_token stop) {
  const std::string tag = referrers_tag(subject);
  SEALIFT_ASSIGN(const auto listing, get_listing(session, subject, stop));
  SEALIFT_ASSIGN_CONTEXT(const auto changed, change(listing ? listing->manifest.bytes : ""),
                         "the referrers tag " + tag);
  if (!changed) return ListingStep::kNothingToChange;
  const std::string type(listing ? listing->manifest.descriptor.media_type : media_type::kIndex);
  const std::string etag = listing ? listing->etag : "";
  auto put = put_manifest(session, *changed, type, tag, etag, std::move(stop));
  if (put) return ListingStep::kWritten;
  if (put.error().code() == ErrorCode::kConflict) return ListingStep::kRefused;
  return fail(std::move(put).error());
}

// Changes the listing until it is as it should be. Whether there was anything to change.
// Registries take If-Match and do not heed it. Then whoever read the tag before this wrote it, and
// writes it after, undoes the change. The threads of this session take turns; for all others, it is
// looked for again once they have had twice the time that it took here.
Result<bool> change_listing(RegistrySession& session, const Digest& subject,
                            const ListingChange& change, std::stop_token stop) {
  const std::string tag = referrers_tag(subject);
  bool any = false;
  for (int round = 1; round <= kMaxRounds; ++round) {
    SteadyTime begun;
    {
      SEALIFT_ASSIGN(const auto turn, session.turns().take(tag, stop));
      begun = session.clock().steady_now();
      SEALIFT_ASSIGN(const ListingStep step, change_listing_once(session, subject, change, stop));
      if (step == ListingStep::kNothingToChange) return any;
      any = any || step == ListingStep::kWritten;
    }
    const SteadyTime now = session.clock().steady_now();
    session.clock().sleep_until(now + 2 * (now - begun), stop);
  }
  return fail(ErrorCode::kConflict, "others keep undoing the change of the referrers tag " + tag +
                                        " in \"" + session.repository() +
                                        "\"; try again when they are done");
}

// Whether an answer is that of a registry that does not know the path at all. An error of its API
// has a code, such as NAME_UNKNOWN for a repository that comes into being with its first push; and
// what stands before a registry, and answers so while that is away, does not state the API.
bool knows_no_such_path(const HttpAnswer& answer) {
  return answer.head.status == 404 && answer.head.headers.get("Docker-Distribution-Api-Version") &&
         answer.body.find("\"errors\"") == std::string::npos;
}

// Nullopt where the referrers tag has to tell.
Result<std::optional<std::vector<Descriptor>>> ask_referrers_api(RegistrySession& session,
                                                                 const Digest& subject,
                                                                 std::stop_token stop) {
  RegistryRequest request;
  request.url = session.url("referrers/" + subject.to_string());
  request.action =
      "list the referrers of " + subject.to_string() + " in \"" + session.repository() + "\"";
  request.headers.set("Accept", std::string(media_type::kIndex));
  std::vector<Descriptor> list;
  bool has_api = true;
  const auto take = [&](const HttpAnswer& answer) -> Result<> {
    has_api = has_api && is_listing(answer);
    if (!has_api) return {};
    SEALIFT_ASSIGN_CONTEXT(Index index, parse_index(answer.body, media_type::kIndex),
                           "registry " + session.registry() + ", asked to " + request.action);
    return append(list, std::move(index.manifests), session, subject);
  };
  SEALIFT_ASSIGN(const HttpAnswer answer, read_pages(session, request, take, std::move(stop)));
  const int status = answer.head.status;
  if (is_success(answer) && has_api) return list;
  if (!is_success(answer) && status != 404 && status != 400 && status != 406 && status != 405) {
    return fail(session.error_of(request, answer));
  }
  if (knows_no_such_path(answer)) session.note_missing_referrers_api();
  return std::nullopt;
}

}  // namespace

Result<std::vector<Descriptor>> list_referrers(RegistrySession& session, const Digest& subject,
                                               std::stop_token stop) {
  if (!session.lacks_referrers_api()) {
    SEALIFT_ASSIGN(auto listed, ask_referrers_api(session, subject, stop));
    if (listed) return *std::move(listed);
  }
  std::vector<Descriptor> list;
  SEALIFT_ASSIGN(const auto listing, get_listing(session, subject, std::move(stop)));
  if (!listing) return list;
  SEALIFT_ASSIGN_CONTEXT(
      Index index, parse_index(listing->manifest.bytes, listing->manifest.descriptor.media_type),
      "the referrers tag of " + subject.to_string());
  SEALIFT_TRY(append(list, std::move(index.manifests), session, subject));
  return list;
}

Result<> add_to_referrers_tag(RegistrySession& session, const Referrer& referrer,
                              std::stop_token stop) {
  SEALIFT_TRY(change_listing(
      session, referrer.subject,
      [&](std::string_view listing) { return add_to_listing(listing, referrer.descriptor); },
      std::move(stop)));
  return {};
}

Result<> remove_referrer(RegistrySession& session, const Digest& subject, const Digest& referrer,
                         std::stop_token stop) {
  const auto without = [&](std::string_view listing) -> Result<std::optional<std::string>> {
    if (listing.empty()) return std::nullopt;
    return remove_from_listing(listing, referrer);
  };
  SEALIFT_ASSIGN(const bool was_in_tag, change_listing(session, subject, without, stop));
  SEALIFT_ASSIGN(const Removal removal, delete_manifest(session, referrer.to_string(), stop));
  if (removal.outcome != Removal::Outcome::kUnsupported) {
    // Whoever read the tag before and wrote it after has put the entry back.
    if (was_in_tag) SEALIFT_TRY(change_listing(session, subject, without, std::move(stop)));
    return {};
  }
  SEALIFT_ASSIGN(const auto listed, list_referrers(session, subject, std::move(stop)));
  const bool is_listed = std::any_of(listed.begin(), listed.end(), [&](const Descriptor& entry) {
    return entry.digest == referrer;
  });
  if (!is_listed) return {};
  return fail(ErrorCode::kForbidden,
              "registry " + session.registry() + " removes no manifests (" + removal.answer +
                  "), so " + referrer.to_string() + " stays in \"" + session.repository() +
                  "\": let the registry's owner allow it, or remove it with the registry's own "
                  "means");
}

}  // namespace sealift::oci
