#include <sealift/sigstore/predicate.h>

#include <sealift/base/encoding.h>
#include <sealift/sigstore/dsse.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

namespace sealift::sigstore {
namespace {

enum class Kind { kText, kObject, kList, kAny };

// A member that must be there, by its path: "buildDefinition.buildType".
struct RequiredMember {
  std::string_view path;
  Kind kind = Kind::kText;
};

constexpr auto kOfSlsa1 = std::to_array<RequiredMember>({
    {"buildDefinition.buildType"},
    {"buildDefinition.externalParameters", Kind::kObject},
    {"runDetails.builder.id"},
});
constexpr auto kOfSlsa02 = std::to_array<RequiredMember>({{"builder.id"}, {"buildType"}});
constexpr auto kOfSpdx2 = std::to_array<RequiredMember>({
    {"spdxVersion"},
    {"dataLicense"},
    {"SPDXID"},
    {"name"},
    {"documentNamespace"},
    {"creationInfo.created"},
    {"creationInfo.creators", Kind::kList},
});
constexpr auto kOfSpdx3 = std::to_array<RequiredMember>({{"@graph", Kind::kList}});
constexpr auto kOfCycloneDx = std::to_array<RequiredMember>({{"bomFormat"}, {"specVersion"}});
constexpr auto kOfOpenVex = std::to_array<RequiredMember>({
    {"@context"},
    {"@id"},
    {"author"},
    {"timestamp"},
    {"version", Kind::kAny},
    {"statements", Kind::kList},
});
constexpr auto kOfVulnerabilities = std::to_array<RequiredMember>({
    {"scanner.uri"},
    {"scanner.version"},
    {"scanner.result", Kind::kAny},
    {"metadata.scanStartedOn"},
    {"metadata.scanFinishedOn"},
});

bool is_of(const Json& value, Kind kind) {
  switch (kind) {
    case Kind::kText:
      return value.is_string() && !value.as_string()->empty();
    case Kind::kObject:
      return value.is_object();
    case Kind::kList:
      return value.is_array() && !value.as_array()->empty();
    case Kind::kAny:
      return !value.is_null();
  }
  return false;
}

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::kText:
      return "text that is not empty";
    case Kind::kObject:
      return "an object";
    case Kind::kList:
      return "a list that is not empty";
    case Kind::kAny:
      return "a value";
  }
  return "a value";
}

const Json* find(const Json& from, std::string_view path) {
  const Json* value = &from;
  while (value != nullptr && !path.empty()) {
    const auto name = path.substr(0, path.find('.'));
    value = value->find(name);
    path.remove_prefix(std::min(name.size() + 1, path.size()));
  }
  return value;
}

template <std::size_t n>
Result<> check_members(const Json& predicate, const std::array<RequiredMember, n>& members,
                       std::string_view form, const std::string& what) {
  for (const auto& [path, kind] : members) {
    const Json* value = find(predicate, path);
    if (value != nullptr && is_of(*value, kind)) continue;
    return fail(ErrorCode::kInvalidInput,
                what + " is no " + std::string(form) + ": " + std::string(path) + " must be " +
                    std::string(name_of(kind)) +
                    (value == nullptr ? ", and is not there" : ", and is something else"));
  }
  return {};
}

Result<> check_spdx(const Json& predicate, const std::string& what) {
  if (predicate.find("@context") != nullptr) {
    return check_members(predicate, kOfSpdx3, "SPDX 3 document", what);
  }
  SEALIFT_TRY(check_members(predicate, kOfSpdx2, "SPDX document", what));
  if (predicate.string_at({"spdxVersion"}).starts_with("SPDX-")) return {};
  return fail(ErrorCode::kInvalidInput,
              what + " is no SPDX document: spdxVersion must begin with \"SPDX-\"");
}

Result<> check_cyclone_dx(const Json& predicate, const std::string& what) {
  SEALIFT_TRY(check_members(predicate, kOfCycloneDx, "CycloneDX document", what));
  if (predicate.string_at({"bomFormat"}) == "CycloneDX") return {};
  return fail(ErrorCode::kInvalidInput,
              what + " is no CycloneDX document: bomFormat must be \"CycloneDX\"");
}

// OpenVEX 0.2.0: each statement names a vulnerability and a status, one of four.
Result<> check_open_vex(const Json& predicate, const std::string& what) {
  static constexpr std::array<std::string_view, 4> kStatuses = {"not_affected", "affected", "fixed",
                                                                "under_investigation"};
  SEALIFT_TRY(check_members(predicate, kOfOpenVex, "OpenVEX document", what));
  const auto bad = [&](const std::string& message) {
    return fail(ErrorCode::kInvalidInput, what + " is no OpenVEX document: " + message);
  };
  if (!predicate.string_at({"@context"}).starts_with(kOpenVex)) {
    return bad("@context must begin with \"" + std::string(kOpenVex) + "\"");
  }
  const auto& statements = *predicate.find("statements")->as_array();
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const std::string at = "statements[" + std::to_string(i) + "]";
    if (statements[i].find("vulnerability") == nullptr) {
      return bad(at + ".vulnerability is not there");
    }
    const auto status = statements[i].string_at({"status"});
    if (std::find(kStatuses.begin(), kStatuses.end(), status) == kStatuses.end()) {
      return bad(at +
                 ".status must be not_affected, affected, fixed or under_investigation, not \"" +
                 printable(status, 40) + "\"");
    }
  }
  return {};
}

Result<> check_form(std::string_view type, const Json& predicate, const std::string& what) {
  if (type == kSlsaProvenance1) {
    return check_members(predicate, kOfSlsa1, "SLSA provenance v1", what);
  }
  if (type == kSlsaProvenance02) {
    return check_members(predicate, kOfSlsa02, "SLSA provenance v0.2", what);
  }
  if (type == kSpdxDocument) return check_spdx(predicate, what);
  if (type == kCycloneDx) return check_cyclone_dx(predicate, what);
  if (type == kOpenVex) return check_open_vex(predicate, what);
  if (type == kCosignVulnerabilities) {
    return check_members(predicate, kOfVulnerabilities, "report of vulnerabilities", what);
  }
  return {};
}

// RFC 3986, section 3.1: a scheme and something behind it.
bool is_uri(std::string_view text) {
  const auto colon = text.find(':');
  const auto is_scheme = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '-' || c == '.';
  };
  const auto is_visible = [](char c) { return c > ' ' && c < '\x7f'; };
  return colon != std::string_view::npos && colon > 0 && colon + 1 < text.size() &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), is_scheme) &&
         std::all_of(text.begin(), text.end(), is_visible);
}

}  // namespace

Result<Json> read_predicate(std::string_view type, std::string_view bytes, Timestamp now,
                            const std::string& what) {
  if (!is_uri(type)) {
    return fail(ErrorCode::kInvalidInput, "the type " + printable(type, 80) +
                                              " is neither a known name nor a URI, as types of "
                                              "predicates are");
  }
  if (type == kCosignCustom) {
    if (!is_utf8(bytes)) {
      return fail(ErrorCode::kInvalidInput, what + " is not text in UTF-8");
    }
    return Json(Json::Object{{"Data", std::string(bytes)}, {"Timestamp", format_timestamp(now)}});
  }
  SEALIFT_ASSIGN(auto predicate, parse_json(bytes, what, signature_json_limits(bytes.size())));
  if (!predicate.is_object()) {
    return fail(ErrorCode::kInvalidInput,
                what + " must be a JSON object, not " + std::string(predicate.type_name()));
  }
  SEALIFT_TRY(check_form(type, predicate, what));
  return predicate;
}

}  // namespace sealift::sigstore
