// Reads and checks requests to api.v1.beta1.DBManager: an error names the field and what would be
// right. Pure functions: any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/server/report_ledger.h"
#include "proto/core/result.h"
#include "proto/core/time.h"

namespace api::v1::beta1 {
class ReportObservationLogRequest;
}  // namespace api::v1::beta1

namespace hone::db {

inline constexpr std::size_t kTrialNameBytesMax = 512;
inline constexpr std::size_t kMetricNameBytesMax = 255;
inline constexpr std::size_t kMetricValueBytesMax = 65'535;
/// Bounds the cost of one call: about 50 MiB with the message. Katib itself accepts 16,383.
inline constexpr int kReportRowsMax = 100'000;

[[nodiscard]] Status CheckTrialName(std::string_view name);

/// Nothing if `text` is empty.
Result<std::optional<Time>> ReadTimeStamp(std::string_view field, std::string_view text);

/// The texts of the rows belong to the request.
Result<std::vector<ReportedRow>> ReadReport(
    const api::v1::beta1::ReportObservationLogRequest& request);

}  // namespace hone::db
