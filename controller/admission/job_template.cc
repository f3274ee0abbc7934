// A batch/v1 Job is checked as strictly as the API server would when it decodes one: a misspelt
// field would be dropped in silence, and the trials would run without it.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "controller/admission/checks.h"
#include "controller/admission/job_schema.h"

namespace hone::controller {
namespace {

using Type = FieldError::Type;
using proto::Json;

bool IsInteger(const Json& value) {
  return value.is_number() && std::trunc(value.get<double>()) == value.get<double>();
}

class JobReader {
 public:
  explicit JobReader(FieldErrors& errors) : errors_(errors), errors_before_(errors.size()) {}

  void ReadObject(const Json& value, const Schema& schema, const std::string& path) {
    if (!value.is_object()) {
      Report(path + " must be an object");
      return;
    }
    for (const auto& entry : value.items()) {
      const std::string& key = entry.key();
      const Json& child = entry.value();
      const auto field = std::find_if(schema.begin(), schema.end(), [&](const SchemaField& known) {
        return known.name == key;
      });
      if (field == schema.end()) {
        ReportUnknown(key, schema, path);
      } else if (!child.is_null()) {
        ReadField(child, *field, path + "." + key);
      }
    }
  }

 private:
  void ReadField(const Json& value, const SchemaField& field, const std::string& path) {
    switch (field.shape) {
      case Shape::kAny:
        break;
      case Shape::kText:
        Expect(value.is_string(), path, "a string; write it in quotes");
        break;
      case Shape::kInteger:
        Expect(IsInteger(value), path, "a whole number");
        break;
      case Shape::kBool:
        Expect(value.is_boolean(), path, "true or false");
        break;
      case Shape::kTexts:
        Expect(value.is_array() && AllText(value), path, "a list of strings; write each in quotes");
        break;
      case Shape::kTextMap:
        Expect(value.is_object() && AllText(value),
               path,
               "an object of strings; write each in quotes");
        break;
      case Shape::kObject:
        ReadObject(value, *field.schema, path);
        break;
      case Shape::kObjects:
        ReadObjects(value, *field.schema, path);
        break;
    }
  }

  void ReadObjects(const Json& list, const Schema& schema, const std::string& path) {
    if (!list.is_array()) {
      Report(path + " must be a list");
      return;
    }
    std::size_t index = 0;
    for (const Json& item : list) {
      ReadObject(item, schema, path + "[" + std::to_string(index) + "]");
      ++index;
    }
  }

  static bool AllText(const Json& values) {
    return std::all_of(
        values.begin(), values.end(), [](const Json& value) { return value.is_string(); });
  }

  void Expect(bool is_right, const std::string& path, const char* wanted) {
    if (!is_right) {
      Report(path + " must be " + wanted);
    }
  }

  void ReportUnknown(const std::string& key, const Schema& schema, const std::string& path) {
    if (HasEnough()) {
      return;
    }
    std::vector<std::string> names;
    for (const SchemaField& field : schema) {
      names.emplace_back(field.name);
    }
    Report(path + " has no field \"" + key + "\"" + Hint(key, names));
  }

  void Report(std::string message) {
    if (!HasEnough()) {
      errors_.push_back({Type::kInvalid, "spec.trialTemplate", "", std::move(message)});
    }
  }

  // A template of a thousand faults is answered by this many errors.
  [[nodiscard]] bool HasEnough() const {
    constexpr std::size_t kErrorsMax = 20;
    return errors_.size() - errors_before_ >= kErrorsMax;
  }

  FieldErrors& errors_;
  std::size_t errors_before_;
};

}  // namespace

void CheckJob(const Json& job, FieldErrors& errors) {
  JobReader(errors).ReadObject(job, JobSchema(), "trialSpec");
}

}  // namespace hone::controller
