// Any bytes as a manifest: reading, defaults and validation terminate, and an accepted spec
// survives writing and reading.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "controller/admission/admission.h"
#include "proto/convert/manifest.h"
#include "proto/model/experiment.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const hone::proto::ReadLimits small{.max_bytes = 64 * 1024, .max_depth = 50, .max_nodes = 5000};
  const auto documents = hone::proto::ReadYaml(text, small);
  if (!documents) {
    return 0;
  }
  for (const auto& document : *documents) {
    hone::FieldErrors errors;
    const hone::Experiment experiment = hone::controller::Admit(document.value, errors);
    const auto again = hone::proto::ReadSpec(hone::proto::WriteSpec(experiment.spec));
    if (!hone::HasErrors(errors)) {
      HONE_CHECK(again.has_value() && *again == experiment.spec);
    }
    (void)hone::controller::ValidateUpdate(experiment, experiment);
    (void)hone::proto::WriteExperiment(experiment, {});
  }
  return 0;
}
