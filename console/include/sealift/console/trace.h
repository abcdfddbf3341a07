#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/console/delivery_members.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/resource_map.h>

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::console {

// "KIND/NAME" as on kubectl's command line; KIND may be the kind, the plural or kubectl's short
// name, with ".GROUP" or without, in any case.
struct ObjectQuestion {
  std::string kind;
  std::string name;
};

// kInvalidInput for anything else.
Result<ObjectQuestion> parse_object_question(std::string_view text);

// The resource meant by the kind. kNotFound where none of `served` is; kInvalidInput where several
// groups have it, naming them. Pure.
Result<kube::Resource> resolve_kind(std::string_view kind,
                                    const std::vector<kube::Resource>& served);

// Where a live object came from.
struct Origin {
  objects::ObjectId asked;
  // The member that it belongs to: itself, or an owner of it (a Pod's Deployment).
  objects::ObjectId member;
  KnownDelivery delivery;
  std::string file;  // "web.yaml:12:1" of the artifact; empty: was not asked for

  // "0123…" of "main@sha1:0123…"; empty where the revision names no commit.
  std::string commit() const;
};

// Follows owner references up to a member of an ApplySet (kube::observe_member()), and that to its
// Delivery. kNotFound where there is none on the way, saying so where somebody else wrote the
// label, or no Delivery of that set any more.
Result<Origin> trace_object(const kube::ApiClient& client, const ObjectQuestion& question,
                            const std::string& name_space, std::stop_token stop);

// Names and values for people, in order; empty values say nothing.
std::vector<std::pair<std::string, std::string>> origin_fields(const Origin& origin);
Json to_json(const Origin& origin);

}  // namespace sealift::console
