#pragma once

#include <sealift/base/json.h>
#include <sealift/console/delivery_members.h>

#include <string>

namespace sealift::console {

// What `sealift tree` shows: the Delivery, its kinds, under each its objects with their health.
//
//   Delivery shop/web   True   main@sha1:0123456789ab
//   ├─ ConfigMap
//   │  └─ shop/settings   Current
//   └─ Deployment.apps
//      └─ shop/web        InProgress   1 of 3 replicas are available
//
// Where add_member_status() has told of them, what drifted says so behind its health, and what is
// not there is Missing; the first line counts both. At the end those that only look like members.
// With colours (ECMA-48) where the health and Ready stand.
std::string tree_text(const KnownDelivery& delivery, const Members& members, bool colour);

// The same as data: {delivery, namespace, ready, digest, revision, objects: [{group, kind,
// namespace, name, health, reason, drifted}], missing, drifted, foreign: [{group, kind, namespace,
// name}], unseen: []}. What is Missing has the health NotFound; missing and drifted count also what
// has no name here.
Json tree_json(const KnownDelivery& delivery, const Members& members);

}  // namespace sealift::console
