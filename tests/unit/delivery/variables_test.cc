#include <sealift/delivery/variables.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "support/result_matchers.h"
#include "unit/delivery/sample_delivery.h"

namespace sealift::delivery {
namespace {

using sealift::test::fails_with;
using test::make_delivery;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Kind = SubstituteSource::Kind;
using Data = std::map<std::string, std::string, std::less<>>;

class FakeSecrets : public SecretSource {
 public:
  Result<NamedData> secret(const Delivery& delivery, std::string_view name,
                           std::stop_token) override {
    return find(secrets, delivery, name);
  }
  Result<NamedData> config_map(const Delivery& delivery, std::string_view name,
                               std::stop_token) override {
    return find(config_maps, delivery, name);
  }

  std::map<std::string, Data, std::less<>> secrets;
  std::map<std::string, Data, std::less<>> config_maps;
  std::optional<Error> refusal;

 private:
  Result<NamedData> find(const std::map<std::string, Data, std::less<>>& from,
                         const Delivery& delivery, std::string_view name) const {
    if (refusal) return fail(*refusal);
    const auto it = from.find(name);
    if (it == from.end()) {
      return fail(ErrorCode::kNotFound, "there is no " + std::string(name));
    }
    return NamedData{std::string(name), delivery.name_space, it->second};
  }
};

class ReadVariables : public testing::Test {
 protected:
  Result<Variables> read() { return read_variables(delivery_, secrets_, {}); }

  Delivery delivery_ = make_delivery();
  FakeSecrets secrets_;
};

TEST_F(ReadVariables, GivesNothingForNothing) {
  ASSERT_OK_ASSIGN(const auto variables, read());
  EXPECT_THAT(variables.values, IsEmpty());
  EXPECT_EQ(variables.hash, "");
}

TEST_F(ReadVariables, LetsTheLaterWinAndSubstituteOverAll) {
  secrets_.config_maps["first"] = {{"a", "1"}, {"b", "1"}, {"c", "1"}};
  secrets_.secrets["second"] = {{"b", "2"}, {"c", "2"}};
  delivery_.substitute_from = {{Kind::kConfigMap, "first", false},
                               {Kind::kSecret, "second", false}};
  delivery_.substitute = {{"c", "3"}, {"d", "3"}};
  ASSERT_OK_ASSIGN(const auto variables, read());
  EXPECT_THAT(variables.values,
              ElementsAre(Pair("a", "1"), Pair("b", "2"), Pair("c", "3"), Pair("d", "3")));
}

TEST_F(ReadVariables, TakesLineBreaksOut) {
  secrets_.secrets["s"] = {{"key", "line 1\nline 2\n"}};
  delivery_.substitute_from = {{Kind::kSecret, "s", false}};
  delivery_.substitute = {{"own", "x\n"}};
  ASSERT_OK_ASSIGN(const auto variables, read());
  EXPECT_THAT(variables.values, ElementsAre(Pair("key", "line 1line 2"), Pair("own", "x")));
}

TEST_F(ReadVariables, MissesAnOptionalSourceAlone) {
  delivery_.substitute_from = {{Kind::kConfigMap, "away", true}};
  EXPECT_OK(read());
  delivery_.substitute_from = {{Kind::kConfigMap, "away", false}};
  EXPECT_THAT(read(), fails_with(ErrorCode::kNotFound, "substituteFrom: there is no away"));
  // Optional is what may not exist, not what may not be read.
  delivery_.substitute_from = {{Kind::kSecret, "away", true}};
  secrets_.refusal = Error(ErrorCode::kForbidden, "no right");
  EXPECT_THAT(read(), fails_with(ErrorCode::kForbidden, "no right"));
}

TEST_F(ReadVariables, RefusesNamesOfNoVariableAndBytes) {
  secrets_.config_maps["c"] = {{"not-a-name", "x"}};
  delivery_.substitute_from = {{Kind::kConfigMap, "c", false}};
  EXPECT_THAT(read(), fails_with(ErrorCode::kInvalidInput,
                                 "ConfigMap shop/c has the key \"not-a-name\", which cannot name a "
                                 "variable"));
  secrets_.config_maps["c"] = {{"a", "\xff"}};
  EXPECT_THAT(read(), fails_with(ErrorCode::kInvalidInput, "the value of a is no text"));
}

TEST_F(ReadVariables, LimitsNumberAndSize) {
  delivery_.substitute_from = {{Kind::kConfigMap, "c", false}};
  Data many;
  for (int i = 0; i <= 10'000; ++i) many.emplace("v" + std::to_string(i), "");
  secrets_.config_maps["c"] = many;
  EXPECT_THAT(read(), fails_with(ErrorCode::kInvalidInput, "more than 10000 variables"));
  secrets_.config_maps["c"] = {{"a", std::string(5u << 20, 'x')}};
  EXPECT_THAT(read(), fails_with(ErrorCode::kInvalidInput, "4194304 bytes"));
}

TEST_F(ReadVariables, HashesEveryNameAndValue) {
  const auto hash = [&](std::map<std::string, std::string> values) {
    delivery_.substitute = std::move(values);
    return read().value().hash;
  };
  const auto base = hash({{"a", "1"}, {"b", "2"}});
  EXPECT_EQ(base, hash({{"b", "2"}, {"a", "1"}}));
  EXPECT_NE(base, hash({{"a", "1"}, {"b", "3"}}));
  EXPECT_NE(base, hash({{"a", "1"}, {"c", "2"}}));
  EXPECT_NE(base, hash({{"a", "1"}}));
  EXPECT_NE(hash({{"a", "1b=2"}}), base);
  EXPECT_NE(hash({{"a", ""}}), "");
}

}  // namespace
}  // namespace sealift::delivery
