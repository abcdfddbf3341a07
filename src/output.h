#pragma once

#include <sealift/base/error.h>
#include <sealift/base/json.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace sealift::program {

// What a command prints: JSON for machines, or aligned words for people. Results go to standard
// output; errors and warnings to standard error. Colour only on a terminal, and never with NO_COLOR
// (no-color.org).
class Output {
 public:
  // Who reads along on standard error while something is under way.
  enum class Readers {
    kNone,      // with --json or --quiet
    kTerminal,  // a person
    kLog        // a file or a pipe, or a terminal that can only print
  };

  void set_json(bool json) { json_ = json; }
  void set_quiet(bool quiet) { quiet_ = quiet; }

  // Whether the result is to be JSON.
  bool json() const { return json_; }
  // Whether text on standard output may have colours.
  bool coloured() const;
  Readers readers() const;
  // The result of a command as JSON; nothing for people.
  void document(const Json& document) const;
  // One line for people: a step that was done ("pushed", "signed"), and what it was done to.
  void step(std::string_view done, std::string_view what) const;
  // Aligned "name  value" lines; empty values are left out.
  void fields(std::initializer_list<std::pair<std::string_view, std::string>> fields) const;
  // Text for people, as it is.
  void text(std::string_view text) const;
  // What a person has to do now, on standard error and for every kind of output.
  void prompt(std::string_view text) const;
  // "sealift: warning: <text>" or {"warning":…} on standard error.
  void warning(std::string_view text) const;
  // "sealift: <message>" or {"error":{"code":…,"message":…}} on standard error.
  void error(const Error& error) const;

 private:
  bool json_ = false;
  bool quiet_ = false;
};

}  // namespace sealift::program
