#pragma once

#include <sealift/base/result.h>

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::process {

struct ProcessSpec {
  std::string program;  // path
  std::vector<std::string> arguments;
  std::vector<std::string> environment;  // "NAME=value", all that the program sees
  std::string standard_input;            // all that it can read
  std::chrono::seconds max_time{60};
  std::uint64_t max_output_bytes = 1u << 20;  // of each stream
};

struct ProcessOutput {
  int exit_code = 0;  // 128 + signal where a signal ended it
  std::string out;
  std::string err;
};

// The executable of that name in the first absolute directory of "a:b:c"; empty where there is
// none.
std::string find_program(std::string_view search_path, std::string_view name);

// Runs a program in a process group of its own that is killed when time,
// output or patience runs out: kUnavailable, kInvalidInput naming the limit, kCancelled. kIo where
// it cannot be started. Another exit code than 0 is no error here.
Result<ProcessOutput> run_process(const ProcessSpec& spec, std::stop_token stop);

}  // namespace sealift::process
