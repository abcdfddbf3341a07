#include <sealift/base/encoding.h>
#include <sealift/controller/cluster_secrets.h>
#include <sealift/kube/resource_map.h>
#include <sealift/objects/names.h>

namespace sealift::controller {
namespace {

using delivery::Delivery;
using delivery::NamedData;

const kube::Resource& secrets() {
  static const kube::Resource kSecrets{{"", "v1", "Secret"}, "secrets", true};
  return kSecrets;
}

std::string account_text(const Delivery& delivery) {
  return delivery.service_account_name.empty()
             ? std::string("the puller itself")
             : "its service account " + delivery.name_space + "/" + delivery.service_account_name;
}

std::string way_out(const Delivery& delivery, const kube::Resource& resource,
                    std::string_view name) {
  if (delivery.service_account_name.empty()) {
    return "; give the Delivery a serviceAccountName that may read it";
  }
  const auto role = "sealift-" + delivery.service_account_name + "-reads-" + std::string(name);
  const auto in = " --namespace " + delivery.name_space;
  return "; allow it with: kubectl create role " + role + in +
         " --verb=get --resource=" + resource.plural + " --resource-name=" + std::string(name) +
         " && kubectl create rolebinding " + role + in + " --role=" + role +
         " --serviceaccount=" + delivery.name_space + ":" + delivery.service_account_name;
}

Error explain(Error error, const Delivery& delivery, const kube::Resource& resource,
              std::string_view name) {
  const auto what =
      "Delivery " + delivery.id() + " names the " + resource.gvk.kind + " " + std::string(name);
  // Without the permission to act as others the account's own permissions were not even asked for.
  const bool no_impersonation = error.message().find("\" cannot impersonate") != std::string::npos;
  if (error.code() == ErrorCode::kForbidden && !no_impersonation) {
    return Error(ErrorCode::kForbidden, what + ", which " + account_text(delivery) +
                                            " may not read" + way_out(delivery, resource, name));
  }
  if (error.code() == ErrorCode::kNotFound) {
    return Error(ErrorCode::kNotFound, what + ", and there is none in namespace " +
                                           delivery.name_space + ": create it there");
  }
  return std::move(error).with_context(what);
}

// A value that is no text, or no base64 where that is demanded, is named by its key alone.
Result<> take_data(const Json& object, std::string_view member, bool encoded, NamedData& into) {
  const auto* data = object.find(member);
  if (!data || !data->is_object()) return {};
  for (const auto& [key, value] : *data->as_object()) {
    const auto* text = value.as_string();
    auto decoded = !text     ? fail(ErrorCode::kInvalidInput, "no text")
                   : encoded ? base64_decode(*text)
                             : Result<std::string>(*text);
    if (!decoded) {
      return fail(ErrorCode::kInvalidInput, std::string(member) + "." + printable(key) + " of " +
                                                into.name_space + "/" + into.name +
                                                " cannot be decoded");
    }
    into.data.insert_or_assign(key, *std::move(decoded));
  }
  return {};
}

Result<Json> read(const kube::ApiClient& own, const Delivery& delivery,
                  const kube::Resource& resource, std::string_view name, std::stop_token stop) {
  if (const auto problem = objects::rfc1123_subdomain_problem(name); !problem.empty()) {
    return fail(ErrorCode::kInvalidInput, "Delivery " + delivery.id() + " names the " +
                                              resource.gvk.kind + " \"" + printable(name) +
                                              "\": a name " + std::string(problem));
  }
  const auto& account = delivery.service_account_name;
  const auto client = account.empty() ? own : own.as_service_account(delivery.name_space, account);
  auto object = client.get(resource.path(delivery.name_space, name), {}, std::move(stop));
  if (object) return object;
  return fail(explain(std::move(object).error(), delivery, resource, name));
}

}  // namespace

Result<NamedData> ClusterSecrets::secret(const Delivery& delivery, std::string_view name,
                                         std::stop_token stop) {
  SEALIFT_ASSIGN(const auto object, read(own_, delivery, secrets(), name, std::move(stop)));
  NamedData out{std::string(name), delivery.name_space, {}};
  SEALIFT_TRY_CONTEXT(take_data(object, "data", true, out), "Secret");
  return out;
}

Result<NamedData> ClusterSecrets::config_map(const Delivery& delivery, std::string_view name,
                                             std::stop_token stop) {
  SEALIFT_ASSIGN(const auto object,
                 read(own_, delivery, kube::config_maps(), name, std::move(stop)));
  NamedData out{std::string(name), delivery.name_space, {}};
  SEALIFT_TRY_CONTEXT(take_data(object, "data", false, out), "ConfigMap");
  SEALIFT_TRY_CONTEXT(take_data(object, "binaryData", true, out), "ConfigMap");
  return out;
}

}  // namespace sealift::controller
