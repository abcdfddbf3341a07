#include <sealift/base/json_reader.h>
#include <sealift/sigstore/signing_config.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "protobuf_json.h"

namespace sealift::sigstore {
namespace {

using Selector = ServiceSelection::Selector;

constexpr std::string_view kMediaType01 = "application/vnd.dev.sigstore.signingconfig.v0.1+json";
constexpr std::string_view kMediaType02 = "application/vnd.dev.sigstore.signingconfig.v0.2+json";

struct SelectorName {
  std::string_view name;
  Selector selector;
};

constexpr auto kSelectors = std::to_array<SelectorName>(
    {{"ALL", Selector::kAll}, {"ANY", Selector::kAny}, {"EXACT", Selector::kExact}});

bool is_web_url(std::string_view url) {
  // RFC 3986, section 2: a URL is printable ASCII without blanks.
  const bool is_clean =
      std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (url.starts_with(scheme)) return is_clean && url.size() > scheme.size();
  }
  return false;
}

Result<std::uint32_t> read_count(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(const auto number, reader.int_or(name, 0));
  if (number < 0 || number > std::numeric_limits<std::uint32_t>::max()) {
    return fail(reader.error_at(name, "must be a whole number from 0 to 4294967295"));
  }
  return static_cast<std::uint32_t>(number);
}

Result<Service> read_service(ObjectReader reader) {
  Service service;
  SEALIFT_ASSIGN(service.url, reader.required_string("url"));
  if (!is_web_url(service.url)) {
    return fail(reader.error_at("url", "must be a URL that begins with https:// or http://"));
  }
  SEALIFT_ASSIGN(service.api_version, read_count(reader, "majorApiVersion"));
  SEALIFT_ASSIGN(service.validity, validity_or_always(reader, "validFor"));
  SEALIFT_ASSIGN(service.operator_name, reader.string_or("operator", ""));
  SEALIFT_TRY(reader.finish());
  return service;
}

Result<> check_count(const ObjectReader& reader, std::string_view name, std::size_t count) {
  if (count <= kMaxServices) return {};
  return fail(
      reader.error_at(name, "holds more than " + std::to_string(kMaxServices) + " services"));
}

Result<std::vector<Service>> read_services(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(auto elements, reader.objects(name));
  SEALIFT_TRY(check_count(reader, name, elements.size()));
  std::vector<Service> services;
  for (auto& element : elements) {
    SEALIFT_ASSIGN(auto service, read_service(std::move(element)));
    services.push_back(std::move(service));
  }
  return services;
}

Result<ServiceSelection> read_selection(ObjectReader& reader, std::string_view name,
                                        const std::vector<Service>& services) {
  ServiceSelection selection;
  SEALIFT_ASSIGN(auto config, reader.optional_object(name));
  if (!config) {
    if (services.empty()) return selection;
    return fail(reader.error_at(name, "is required: how many services to use"));
  }
  SEALIFT_ASSIGN(const auto text, config->required_string("selector"));
  SEALIFT_ASSIGN(selection.count, read_count(*config, "count"));
  SEALIFT_TRY(config->finish());
  for (const auto& [known, selector] : kSelectors) {
    if (text != known) continue;
    selection.selector = selector;
    if (selector == Selector::kExact && selection.count == 0) {
      return fail(config->error_at("count", "must be at least 1 with the selector EXACT"));
    }
    return selection;
  }
  return fail(config->error_at("selector", "must be ALL, ANY or EXACT"));
}

Result<SigningConfig> read_version_02(ObjectReader reader) {
  SigningConfig config;
  SEALIFT_ASSIGN(config.certificate_authorities, read_services(reader, "caUrls"));
  SEALIFT_ASSIGN(config.identity_providers, read_services(reader, "oidcUrls"));
  SEALIFT_ASSIGN(config.transparency_logs, read_services(reader, "rekorTlogUrls"));
  SEALIFT_ASSIGN(config.log_selection,
                 read_selection(reader, "rekorTlogConfig", config.transparency_logs));
  SEALIFT_ASSIGN(config.timestamp_authorities, read_services(reader, "tsaUrls"));
  SEALIFT_ASSIGN(config.timestamp_selection,
                 read_selection(reader, "tsaConfig", config.timestamp_authorities));
  SEALIFT_TRY(reader.finish());
  return config;
}

Result<std::vector<Service>> services_of(const ObjectReader& reader, std::string_view name,
                                         std::vector<std::string> urls) {
  SEALIFT_TRY(check_count(reader, name, urls.size()));
  std::vector<Service> services;
  for (auto& url : urls) {
    if (!is_web_url(url)) {
      return fail(reader.error_at(name, "must be a URL that begins with https:// or http://"));
    }
    // Nothing says who runs what, so that nobody's second service may be passed over.
    services.push_back({.url = url, .api_version = 1, .validity = {}, .operator_name = url});
  }
  return services;
}

Result<std::vector<Service>> read_url(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(auto url, reader.optional_string(name));
  return services_of(reader, name, url ? std::vector{*std::move(url)} : std::vector<std::string>{});
}

Result<std::vector<Service>> read_urls(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(auto urls, reader.strings(name));
  return services_of(reader, name, std::move(urls));
}

Result<SigningConfig> read_version_01(ObjectReader reader) {
  SigningConfig config;
  SEALIFT_ASSIGN(config.certificate_authorities, read_url(reader, "caUrl"));
  SEALIFT_ASSIGN(config.identity_providers, read_url(reader, "oidcUrl"));
  SEALIFT_ASSIGN(config.transparency_logs, read_urls(reader, "tlogUrls"));
  SEALIFT_ASSIGN(config.timestamp_authorities, read_urls(reader, "tsaUrls"));
  SEALIFT_TRY(reader.finish());
  return config;
}

}  // namespace

Result<SigningConfig> parse_signing_config(std::string_view bytes, const std::string& what) {
  constexpr JsonLimits kLimits{
      .max_bytes = kMaxSigningConfigBytes, .max_depth = 8, .max_values = 1u << 12};
  SEALIFT_ASSIGN(const auto json, parse_json(bytes, what, kLimits));
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(json, what));
  SEALIFT_ASSIGN(const auto media_type, reader.required_string("mediaType"));
  if (media_type == kMediaType02) return read_version_02(std::move(reader));
  if (media_type == kMediaType01) return read_version_01(std::move(reader));
  return fail(reader.error_at("mediaType", "is not a signing config of version 0.1 or 0.2"));
}

}  // namespace sealift::sigstore
