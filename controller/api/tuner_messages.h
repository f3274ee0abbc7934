// Conversion between the messages of hone.v1.Tuner and the types of the tuner. Pure; any thread.
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
/// Error: kInvalidArgument if `state` is not a state of the enumeration.
[[nodiscard]] Result<TrialState> ReadState(int state);

}  // namespace hone::controller
