#include "soft_token.h"

#include "process.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace sealift::test {
namespace {

constexpr const char* kConfiguration = "softhsm2.conf";

void run_well(std::vector<std::string> arguments, const SoftToken& token) {
  arguments.insert(arguments.begin(), "softhsm2-util");
  ProcessOptions options;
  options.environment.emplace_back(token.environment());
  const auto result = run_process(arguments, std::move(options));
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
}

}  // namespace

SoftToken::SoftToken() {
  std::filesystem::create_directory(directory_.file("tokens"));
  directory_.write(kConfiguration, "directories.tokendir = " + directory_.file("tokens") +
                                       "\nobjectstore.backend = file\nlog.level = ERROR\n");
  add_token("ci");
}

std::pair<std::string, std::string> SoftToken::environment() const {
  return {"SOFTHSM2_CONF", directory_.file(kConfiguration)};
}

void SoftToken::add_token(const std::string& label) const {
  run_well({"--init-token", "--free", "--label", label, "--pin", kPin, "--so-pin", "87654321"},
           *this);
}

void SoftToken::import(const std::string& pem_file, const std::string& label, const std::string& id,
                       const std::string& token) const {
  run_well({"--import", pem_file, "--token", token, "--label", label, "--id", id, "--pin", kPin,
            "--force"},
           *this);
}

void SoftToken::configure(std::string_view line) const {
  directory_.write(kConfiguration, directory_.read(kConfiguration) + std::string(line) + "\n");
}

}  // namespace sealift::test
