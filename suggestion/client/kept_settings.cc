#include "suggestion/client/kept_settings.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace hone::suggestion {

namespace api = ::api::v1::beta1;
using Json = nlohmann::json;

std::string WriteSettings(const api::AlgorithmSpec& algorithm) {
  Json settings = Json::object();
  for (const api::AlgorithmSetting& setting : algorithm.algorithm_settings()) {
    settings[setting.name()] = setting.value();
  }
  return settings.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void ReadSettings(const std::string& text, api::AlgorithmSpec& algorithm) {
  const Json settings = Json::parse(text, nullptr, false);
  if (!settings.is_object() ||
      !std::all_of(settings.begin(), settings.end(), [](const Json& v) { return v.is_string(); })) {
    return;
  }
  algorithm.clear_algorithm_settings();
  for (const auto& [name, value] : settings.items()) {
    api::AlgorithmSetting& setting = *algorithm.add_algorithm_settings();
    setting.set_name(name);
    setting.set_value(value.get<std::string>());
  }
}

}  // namespace hone::suggestion
