#pragma once

#include <sealift/base/json.h>
#include <sealift/controller/verdict.h>
#include <sealift/puller/delivery_report.h>
#include <sealift/target/target.h>

namespace sealift::controller {

// All is as wanted: what became of it is "delivered".
bool is_good(puller::RunOutcome::Kind kind);

// Adds what a run came to to status.history, the newest first, where it is worth telling.
// `same_generation`: that of the spec which the status is about.
void add_history(Json& status, const puller::DeliveryReport& report, const Verdict& verdict,
                 bool same_generation);

// What status.history, which tells people, says to a puller without its disk: which artifact was
// healthy last, and that memory.newest failed.
void recall_outcomes(const Json& status, target::TargetMemory& memory);

}  // namespace sealift::controller
