#include "controller/workload/limits.h"

#include <charconv>
#include <chrono>
#include <initializer_list>
#include <string>

#include "controller/workload/tree.h"

namespace hone::controller {
namespace {

using proto::Json;

/// A part of the object in which a limit may be written, and its path.
struct Place {
  const Json& object;
  std::string path;
};

/// The count `key` of the first of `places` that has it; nothing if none has.
std::optional<std::int64_t> ReadLimit(std::initializer_list<Place> places,
                                      const std::string& key,
                                      FieldErrors& errors) {
  for (const Place& place : places) {
    const Json& value = At(place.object, key);
    if (value.is_null()) {
      continue;
    }
    const std::string text = value.is_string() ? value.get<std::string>() : proto::WriteJson(value);
    const auto count = ReadCount(text);
    if (!count) {
      errors.push_back({.type = FieldError::Type::kInvalid,
                        .field = "spec.trialTemplate.trialSpec" + place.path + "." + key,
                        .found = text,
                        .message = kCountRule});
    }
    return count;
  }
  return std::nullopt;
}

}  // namespace

void ReadLimits(const Json& object,
                const ContainerSite& primary,
                Workload& workload,
                FieldErrors& errors) {
  const Place spec{At(object, "spec"), ".spec"};
  const Place policy{At(spec.object, "runPolicy"), ".spec.runPolicy"};
  const Place pod{*primary.pod, primary.pod_path};
  workload.active_deadline_seconds =
      ReadLimit({policy, spec, pod}, "activeDeadlineSeconds", errors).value_or(0);
  // Kubernetes' default is 6, since there a pod may fail with its node. A local process that failed
  // once is likely to fail again.
  workload.backoff_limit = ReadLimit({policy, spec}, "backoffLimit", errors).value_or(0);
  workload.grace_period =
      std::chrono::seconds(ReadLimit({pod}, "terminationGracePeriodSeconds", errors).value_or(30));
}

std::optional<std::int32_t> ReadCount(std::string_view text) {
  std::int32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < 0) {
    return std::nullopt;
  }
  return count;
}

}  // namespace hone::controller
