#include "tests/contract/runner_contract.h"

#include "tests/controller/local/local_world.h"

namespace hone::controller {
namespace {

class ProcessWorld {
 public:
  Runner& runner() { return world_.runner(); }
  Workload Succeeding(const AttemptId& id) { return Script("exit 0", id); }
  Workload Failing(const AttemptId& id) { return Script("exit 3", id); }
  Workload Hanging(const AttemptId& id) { return Script("sleep 1000", id); }
  Workload Reporting(const AttemptId& id, const std::vector<std::string>& values, bool hangs) {
    std::string script = ":";
    for (const std::string& value : values) {
      script += "; echo loss=" + value;
    }
    return Script(hangs ? script + "; sleep 1000" : script, id);
  }
  int StartsOf(const AttemptId& id) {
    const std::string starts = ReadText(StartsFile(id));
    return static_cast<int>(std::count(starts.begin(), starts.end(), '\n'));
  }
  std::vector<Observation> ObservationsOf(const AttemptId& id) { return world_.sink().Of(id); }
  bool PumpUntil(const std::function<bool()>& is_reached) { return world_.PumpUntil(is_reached); }

 private:
  std::filesystem::path StartsFile(const AttemptId& id) {
    return world_.folder() / (std::to_string(id.ordinal) + "." + std::to_string(id.attempt));
  }
  Workload Script(const std::string& script, const AttemptId& id) {
    return LocalWorld::Shell("echo started >>" + StartsFile(id).string() + "; " + script, id);
  }

  LocalWorld world_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Process, RunnerContract, ProcessWorld);

}  // namespace
}  // namespace hone::controller
