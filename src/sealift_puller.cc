#include <sealift/base/file_system.h>
#include <sealift/base/json.h>
#include <sealift/puller/decision_log.h>

#include <malloc.h>

#include <iostream>

#include "exit_code.h"
#include "puller_files.h"
#include "puller_options.h"
#include "puller_resources.h"
#include "signals.h"

namespace sealift::program {
namespace {

// One place to allocate from. The default is eight for each processor, which a hundred threads that
// mostly wait would all use, and what is free in one of them is lost to the others; these threads
// allocate too seldom to wait for each other.
constexpr int kArenas = 1;

int report(const Error& error) {
  std::cerr << "sealift-puller: " << error.message() << "\n";
  return exit_code_of(error.code());
}

int check_record(const PullerOptions& options) {
  auto checked = puller::check_decision_log(system_files(), options.check_record);
  if (!checked) return report(checked.error());
  if (options.json) {
    Json json;
    json.set("records", checked->lines);
    json.set("firstRecord", checked->first_record);
    json.set("tornLines", checked->torn_lines);
    json.set("head", checked->head);
    std::cout << dump_json(json) << "\n";
  } else {
    std::cout << checked->lines << " records"
              << (checked->first_record > 1
                      ? " from number " + std::to_string(checked->first_record) + " on"
                      : "")
              << ", chain unbroken, head " << (checked->head.empty() ? "none" : checked->head)
              << "\n";
    if (checked->torn_lines > 0) {
      std::cout << checked->torn_lines << " lines are no records: a crash tore them\n";
    }
  }
  return kSuccess;
}

int run(const PullerOptions& options) {
  if (!options.check_record.empty()) return check_record(options);
  mallopt(M_ARENA_MAX, kArenas);
  hold_signals();
  auto log = Logger::to_stderr(options.log_format, options.log_level);
  if (options.config.empty()) return run_with_resources(options, std::move(log));
  return run_with_files(options, std::move(log));
}

}  // namespace
}  // namespace sealift::program

int main(int argc, char** argv) {
  auto options = sealift::program::parse_puller_options(argc, argv);
  if (const auto* code = std::get_if<int>(&options)) return *code;
  return sealift::program::run(std::get<sealift::program::PullerOptions>(options));
}
