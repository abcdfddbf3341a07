#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>
#include <sealift/delivery/variables.h>

#include <algorithm>

namespace sealift::delivery {
namespace {

constexpr std::size_t kMaxVariables = 10'000;
constexpr std::size_t kMaxBytes = 4u << 20;

// Gathers variables, later ones over earlier ones.
class Collection {
 public:
  Result<> add(const std::string& name, std::string value, const std::string& source) {
    if (!objects::is_variable_name(name)) {
      return fail(ErrorCode::kInvalidInput,
                  source + " has the key \"" + printable(name, 100) +
                      "\", which cannot name a variable: a letter or \"_\", then letters, digits "
                      "and \"_\"");
    }
    if (!is_utf8(value)) {
      return fail(ErrorCode::kInvalidInput,
                  source + ": the value of " + name + " is no text (UTF-8)");
    }
    value.erase(std::remove(value.begin(), value.end(), '\n'), value.end());
    bytes_ += name.size() + value.size();
    values_.insert_or_assign(name, std::move(value));
    if (bytes_ > kMaxBytes || values_.size() > kMaxVariables) {
      return fail(ErrorCode::kInvalidInput, source + ": more than " +
                                                std::to_string(kMaxVariables) + " variables or " +
                                                std::to_string(kMaxBytes) + " bytes of them");
    }
    return {};
  }

  Variables take() {
    Variables variables{std::move(values_), {}};
    if (variables.values.empty()) return variables;
    std::string all;
    for (const auto& [name, value] : variables.values) {
      // Values have lost their line breaks, so that these are unambiguous.
      all += name + "=" + value + "\n";
    }
    variables.hash = Digest::of(all).hex();
    return variables;
  }

 private:
  objects::VariableValues values_;
  std::size_t bytes_ = 0;
};

Result<> add_source(const Delivery& delivery, const SubstituteSource& source, SecretSource& secrets,
                    std::stop_token stop, Collection& into) {
  const bool is_secret = source.kind == SubstituteSource::Kind::kSecret;
  auto found = is_secret ? secrets.secret(delivery, source.name, std::move(stop))
                         : secrets.config_map(delivery, source.name, std::move(stop));
  if (!found) {
    if (source.optional && found.error().code() == ErrorCode::kNotFound) return {};
    return fail(std::move(found).error().with_context("substituteFrom"));
  }
  const auto place =
      std::string(is_secret ? "Secret " : "ConfigMap ") + found->name_space + "/" + found->name;
  for (auto& [name, value] : found->data) SEALIFT_TRY(into.add(name, std::move(value), place));
  return {};
}

}  // namespace

Result<Variables> read_variables(const Delivery& delivery, SecretSource& secrets,
                                 std::stop_token stop) {
  Collection collection;
  for (const auto& source : delivery.substitute_from) {
    SEALIFT_TRY(add_source(delivery, source, secrets, stop, collection));
  }
  for (const auto& [name, value] : delivery.substitute) {
    SEALIFT_TRY(collection.add(name, value, "Delivery " + delivery.id() + ": substitute"));
  }
  return collection.take();
}

}  // namespace sealift::delivery
