#pragma once

#include <sealift/base/json.h>

#include <string>

namespace sealift::console {

inline const std::string kOldDigest = "sha256:" + std::string(64, '1');
inline const std::string kNewDigest = "sha256:" + std::string(64, '2');

// A Delivery in its second version, delivered and healthy, as the API server gives it.
inline Json delivered() {
  auto parsed = parse_json(R"({
    "apiVersion": "sealift.dev/v1alpha1", "kind": "Delivery",
    "metadata": {
      "name": "web", "namespace": "shop", "uid": "u-1", "generation": 3,
      "creationTimestamp": "2026-11-20T08:00:00Z",
      "labels": {"applyset.kubernetes.io/id": "applyset-x-v1"},
      "annotations": {
        "applyset.kubernetes.io/contains-group-kinds": "ConfigMap,Deployment.apps",
        "applyset.kubernetes.io/additional-namespaces": "shop-eu",
        "sealift.dev/requestedAt": "r-1"
      }
    },
    "spec": {"artifact": {"url": "oci://registry.example.com/shop/web", "tag": "prod"}},
    "status": {
      "observedGeneration": 3, "stage": "record", "lastHandledReconcileAt": "r-1",
      "conditions": [
        {"type": "Ready", "status": "True", "reason": "Delivered", "message": "delivered"}
      ],
      "artifact": {
        "url": "oci://registry.example.com/shop/web", "tag": "prod", "digest": ")" +
                               kNewDigest + R"(",
        "revision": "main@sha1:0123456789abcdef0123456789abcdef01234567",
        "source": "https://git.example.com/shop", "created": "2026-11-21T09:00:00Z",
        "sequence": 2, "policy": "shop", "signers": ["release", "security"]
      },
      "accepted": {"digest": ")" +
                               kNewDigest +
                               R"(", "sequence": 2},
      "inventory": {"objects": 4, "kinds": []},
      "history": [
        {"digest": ")" + kOldDigest +
                               R"(", "revision": "main@sha1:aa", "outcome": "delivered",
         "startedAt": "2026-11-20T08:00:01Z", "endedAt": "2026-11-20T08:00:02Z"},
        {"digest": ")" + kNewDigest +
                               R"(", "revision": "main@sha1:bb", "outcome": "delivered",
         "startedAt": "2026-11-21T09:00:01Z", "endedAt": "2026-11-21T09:00:02Z",
         "message": "1 applied"}
      ]
    }
  })",
                           "the sample");
  return *std::move(parsed);
}

// With another Ready condition.
inline Json with_ready(Json delivery, const char* status, const char* reason, const char* message) {
  Json ready;
  ready.set("type", "Ready");
  ready.set("status", status);
  ready.set("reason", reason);
  ready.set("message", message);
  Json all = Json::array();
  all.push_back(std::move(ready));
  delivery.find("status")->set("conditions", std::move(all));
  return delivery;
}

}  // namespace sealift::console
