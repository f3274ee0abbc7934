#include "controller/admission/checks.h"
#include "proto/model/dns_label.h"

namespace hone::controller {
namespace {

using Type = FieldError::Type;

// 1 to 40 characters: a trial's name, made from it, must fit a label.
constexpr std::size_t kExperimentNameMax = 40;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

void CheckMetadata(const ExperimentKey& key, FieldErrors& errors) {
  if (!IsDnsLabel(key.name) || IsDigit(key.name.front()) || key.name.size() > kExperimentNameMax) {
    errors.push_back({Type::kInvalid,
                      "metadata.name",
                      key.name,
                      "must be 1 to 40 lower-case letters, digits and '-', beginning with a letter "
                      "and not ending with '-'"});
  }
  if (!IsNamespace(key.ns)) {
    errors.push_back({Type::kInvalid,
                      "metadata.namespace",
                      key.ns,
                      "must be 1 to 63 lower-case letters, digits and '-', neither beginning nor "
                      "ending with '-'"});
  }
}

}  // namespace hone::controller
