#pragma once

#include <sealift/base/json.h>
#include <sealift/oci/copy.h>
#include <sealift/oci/reference.h>

#include <string>
#include <string_view>
#include <vector>

#include "output.h"

namespace sealift::program {

// Tells what became of the artifacts that were copied to one destination.
class CopyReport {
 public:
  // Whether lines appear as things are done, or once show() says that they are done for good: what
  // is added to an archive is copied when that is written.
  enum class Lines { kAtOnce, kKept };

  // Both must outlive the report.
  CopyReport(const oci::Reference& destination, const Output& output, Lines lines = Lines::kAtOnce)
      : destination_(destination), output_(output), lines_(lines) {}

  // A line for each artifact.
  void add(const oci::Reference& source, const std::vector<oci::CopyItem>& items,
           const oci::CopySummary& summary);
  // A line for an image that objects name ("docker.io/library/nginx:1.27"), and what it is called
  // at the destination.
  void add_image(const std::string& name, const Digest& digest, const std::string& as,
                 bool was_there);
  // The lines that were kept.
  void show();
  // Adds to what was sent in all.
  void count(const oci::CopySummary& summary);
  // What was sent in all, and the document for machines.
  void finish();
  // The same with more members in the document.
  void finish(Json document);
  // So many in all so far.
  const oci::CopySummary& total() const { return total_; }

 private:
  struct Line {
    std::string_view done;
    std::string what;
  };
  void tell(bool was_there, std::string what);

  const oci::Reference& destination_;
  const Output& output_;
  Lines lines_;
  std::vector<Line> kept_;
  Json artifacts_ = Json::array();
  Json images_;  // null where there are none
  oci::CopySummary total_;
};

}  // namespace sealift::program
