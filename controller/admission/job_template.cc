// A batch/v1 Job is checked as strictly as the API server checks one: otherwise a misspelt field
// would be dropped silently, and the trials would run without it.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
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
      Report(path, value, "must be an object");
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
        ReadText(value, path);
        break;
      case Shape::kInteger:
        Expect(IsInteger(value), value, path, "must be a whole number");
        break;
      case Shape::kBool:
        Expect(value.is_boolean(), value, path, "must be true or false");
        break;
      case Shape::kTexts:
        ReadTexts(value, path, value.is_array(), "must be a list of strings");
        break;
      case Shape::kTextMap:
        ReadTexts(value, path, value.is_object(), "must be an object of strings");
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
      Report(path, list, "must be a list of objects");
      return;
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
      ReadObject(list[i], schema, path + "[" + std::to_string(i) + "]");
    }
  }

  void ReadText(const Json& value, const std::string& path) {
    const bool is_scalar = !value.is_structured() && !value.is_null();
    Expect(value.is_string(),
           value,
           path,
           is_scalar ? "must be a string; write it in quotes" : "must be a string");
  }

  void ReadTexts(const Json& values, const std::string& path, bool is_right, const char* wanted) {
    if (!is_right) {
      Report(path, values, wanted);
      return;
    }
    std::size_t index = 0;
    for (const auto& [key, value] : values.items()) {
      ReadText(value,
               values.is_array() ? path + "[" + std::to_string(index++) + "]" : path + "." + key);
    }
  }

  void Expect(bool is_right, const Json& value, const std::string& path, const char* wanted) {
    if (!is_right) {
      Report(path, value, wanted);
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
    Report(path + "." + key, Json(), "is not known" + Hint(key, names));
  }

  void Report(const std::string& path, const Json& found, std::string message) {
    if (!HasEnough()) {
      const std::string text = found.is_string()                          ? found.get<std::string>()
                               : found.is_structured() || found.is_null() ? ""
                                                                          : found.dump();
      errors_.push_back({Type::kInvalid, path, text, std::move(message)});
    }
  }

  // A template with a thousand faults gets this many errors.
  [[nodiscard]] bool HasEnough() const {
    constexpr std::size_t kErrorsMax = 20;
    return errors_.size() - errors_before_ >= kErrorsMax;
  }

  FieldErrors& errors_;
  std::size_t errors_before_;
};

}  // namespace

void CheckJob(const Json& job, FieldErrors& errors) {
  JobReader(errors).ReadObject(job, JobSchema(), "spec.trialTemplate.trialSpec");
}

}  // namespace hone::controller
