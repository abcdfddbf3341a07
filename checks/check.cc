#include <sealift/base/encoding.h>
#include <sealift/checks/check.h>
#include <sealift/checks/rule.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "remarks.h"
#include "rules_of_objects.h"
#include "secret_scan.h"

namespace sealift::checks {
namespace {

constexpr std::size_t kMaxShown = 400;

std::string place(std::string_view file, objects::SourcePosition position) {
  return printable(file, kMaxShown) + ":" + std::to_string(position.line) + ":" +
         std::to_string(position.column);
}

// The last word on what is shown: a message may quote a label, a key or an image.
void hide_secrets(Finding& finding) {
  for (std::string* text : {&finding.object, &finding.field, &finding.message, &finding.advice}) {
    if (!scan_for_secrets(*text).empty()) *text = "(not shown, for it looks like a secret)";
  }
  if (!finding.field.starts_with('/')) finding.field.clear();
}

// The remarks on the objects of one file become findings, each with its place.
class FileFindings {
 public:
  FileFindings(const ManifestFile& file, const CheckOptions& options)
      : file_(file), options_(options) {}

  void add(std::size_t object, const Remarks& remarks) {
    for (const auto& remark : remarks.all()) add(object, remark);
  }
  void add(std::size_t object, const Remark& remark) {
    const auto severity = options_.severity_of(remark.rule);
    if (!severity) return;
    Finding finding;
    finding.rule = remark.rule;
    finding.severity = *severity;
    finding.object = printable(file_.objects()[object].object.id().to_string(), kMaxShown);
    finding.file = file_.path();
    finding.field = remark.field;
    finding.message = remark.message;
    finding.advice = remark.advice;
    hide_secrets(finding);
    findings_.push_back(std::move(finding));
    fields_.emplace_back(object, remark.field);
  }
  std::vector<Finding> finish() {
    const auto positions = file_.locate(fields_);
    for (std::size_t i = 0; i < findings_.size(); ++i) findings_[i].position = positions[i];
    if (const auto severity = options_.severity_of(kInvalidManifest)) {
      for (Finding fault : file_.faults()) {
        fault.severity = *severity;
        hide_secrets(fault);
        findings_.push_back(std::move(fault));
      }
    }
    return std::move(findings_);
  }

 private:
  const ManifestFile& file_;
  const CheckOptions& options_;
  std::vector<Finding> findings_;
  std::vector<std::pair<std::size_t, std::string>> fields_;
};

// What all objects are held against.
class Rulebook {
 public:
  Rulebook(const CheckOptions& options, const SchemaSet& schemas)
      : options_(options), schemas_(schemas) {}

  Remarks apply(const objects::Object& object) {
    Remarks remarks;
    check_api_version(object, options_, remarks);
    check_plain_secrets(object, remarks);
    check_secret_object(object, options_, remarks);
    check_image_tags(object, remarks);
    check_schema(object, schemas_, validator_, remarks);
    return remarks;
  }

 private:
  const CheckOptions& options_;
  const SchemaSet& schemas_;
  SchemaValidator validator_;
};

// Of two manifests that are one object, the later one is at fault.
class Duplicates {
 public:
  void look_at(const ManifestFile& file, std::size_t index, FileFindings& findings) {
    const auto id = file.objects()[index].object.id();
    const auto [first, is_new] = first_.emplace(id, std::pair(&file, index));
    if (is_new) return;
    const auto& [other, other_index] = first->second;
    const auto position = other->objects()[other_index].position;
    findings.add(index, Remark{kDuplicateObject, "",
                               "is defined already at " + place(other->path(), position),
                               "remove one of them"});
  }

 private:
  std::map<objects::ObjectId, std::pair<const ManifestFile*, std::size_t>> first_;
};

}  // namespace

std::vector<Finding> check(const std::vector<ManifestFile>& files, const CheckOptions& options,
                           SchemaSet schemas) {
  for (const auto& file : files) {
    for (const auto& object : file.objects()) schemas.add_definition(object.object);
  }
  Rulebook rulebook(options, schemas);
  std::vector<Finding> all;
  Duplicates duplicates;
  for (const auto& file : files) {
    FileFindings findings(file, options);
    for (std::size_t i = 0; i < file.objects().size(); ++i) {
      findings.add(i, rulebook.apply(file.objects()[i].object));
      duplicates.look_at(file, i, findings);
    }
    auto found = findings.finish();
    all.insert(all.end(), std::make_move_iterator(found.begin()),
               std::make_move_iterator(found.end()));
  }
  std::stable_sort(all.begin(), all.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.file, a.position.line, a.position.column, a.rule) <
           std::tie(b.file, b.position.line, b.position.column, b.rule);
  });
  return all;
}

}  // namespace sealift::checks
