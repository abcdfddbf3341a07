#pragma once

#include <sealift/base/json.h>

#include <memory>
#include <string>
#include <vector>

#include "output.h"

namespace CLI {
class App;
}

namespace sealift::program {

// The flag -o of commands that print objects, as kubectl has it. --json is "-o json".
struct ResultFormat {
  std::string name;  // empty: words for people

  bool is_document(const Output& output) const;
  // `document` as JSON or YAML where that is wanted, otherwise nothing.
  void print(const Json& document, const Output& output) const;
};

// `words`: what may be given beside json and yaml ("wide").
std::shared_ptr<ResultFormat> add_result_format(CLI::App& command,
                                                std::vector<std::string> words = {});

}  // namespace sealift::program
