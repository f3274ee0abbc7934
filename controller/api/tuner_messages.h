// The messages of hone.v1.Tuner <-> the words of the tuner. Pure; any thread.
#pragma once

#include "controller/tuner/tuner.h"
#include "proto/hone/v1/tuner.pb.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

[[nodiscard]] v1::StudyState WriteState(StudyState state);
[[nodiscard]] v1::Study WriteStudy(const Experiment& experiment);
[[nodiscard]] v1::Trial WriteTrial(const Trial& trial);
[[nodiscard]] v1::AskReply WriteAsked(const Asked& asked);

[[nodiscard]] MetricValues ReadMetrics(const google::protobuf::Map<std::string, double>& metrics);
/// kInvalidArgument for a word that is no state.
[[nodiscard]] Result<TrialState> ReadState(int state);

}  // namespace hone::controller
