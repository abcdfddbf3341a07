#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/console/delivery_record.h>

#include <string>
#include <vector>

namespace sealift::console {

// The columns of `sealift get`, and the cells of one object in them.
struct TableShape {
  bool name_space = false;  // show it: objects of more than one are listed
  bool wide = false;
};

std::vector<std::string> delivery_headings(const TableShape& shape);
std::vector<std::string> delivery_cells(const DeliveryRecord& delivery, const TableShape& shape,
                                        Timestamp now);

std::vector<std::string> policy_headings(const TableShape& shape);
// `policy` as the API server gives it.
std::vector<std::string> policy_cells(const Json& policy, const TableShape& shape, Timestamp now);

// "main@sha1:0123456789ab": a commit of 40 or 64 digits in 12 of them.
std::string short_revision(std::string_view revision);

}  // namespace sealift::console
