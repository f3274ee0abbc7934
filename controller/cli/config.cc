#include "controller/cli/config.h"

#include <utility>

#include "controller/cli/text_file.h"
#include "controller/cli/world.h"
#include "proto/convert/field_reader.h"
#include "proto/model/address.h"

namespace hone::controller {
namespace {

using proto::FieldReader;
using Type = FieldError::Type;

constexpr double kDeadlineMax = 3600;
constexpr std::size_t kServicesMax = 1000;

void ReadTls(FieldReader& reader, const std::filesystem::path& folder, AlgorithmService& service) {
  const auto path = [&](const char* key) {
    const std::string text = reader.Text(key);
    return text.empty() ? std::filesystem::path() : folder / text;
  };
  service.is_tls = true;
  service.ca = path("ca");
  service.certificate = path("cert");
  service.key = path("key");
  if (service.certificate.empty() != service.key.empty()) {
    reader.Report(Type::kRequired,
                  service.key.empty() ? "key" : "cert",
                  "",
                  "a certificate and its key go together");
  }
  reader.Finish(FieldReader::Unknown::kRefused);
}

AlgorithmService ReadService(FieldReader& reader, const std::filesystem::path& folder) {
  AlgorithmService service;
  service.name = reader.Text("name");
  if (service.name.empty()) {
    reader.Report(Type::kRequired, "name", "", "what experiments call the algorithm");
  }
  service.algorithm = reader.Text("algorithm");
  const auto address = Address::Parse(reader.Text("address"), Address::Use::kConnect);
  if (address) {
    service.address = address->ToString();
  } else {
    reader.Report(Type::kInvalid, "address", "", address.error().message);
  }
  if (const std::optional<double> seconds = reader.Number("deadlineSeconds")) {
    if (*seconds > 0 && *seconds <= kDeadlineMax) {
      service.deadline =
          std::chrono::duration_cast<Duration>(std::chrono::duration<double>(*seconds));
    } else {
      reader.Report(Type::kInvalid, "deadlineSeconds", "", "must be above 0 and at most 3600");
    }
  }
  service.prefetch = reader.Bool("prefetch", service.prefetch);
  if (auto tls = reader.Object("tls")) {
    ReadTls(*tls, folder, service);
  }
  if (const std::string token = reader.Text("tokenFile"); !token.empty()) {
    service.token = folder / token;
  }
  reader.Finish(FieldReader::Unknown::kRefused);
  return service;
}

Status CheckNames(const AlgorithmServices& services) {
  if (services.size() > kServicesMax) {
    return Fail(Code::kInvalidArgument, "algorithms: more than 1000");
  }
  for (const AlgorithmService& service : services) {
    if (FindService(services, service.name) != &service) {
      return Fail(Code::kInvalidArgument, "algorithms: \"" + service.name + "\" is there twice");
    }
  }
  return {};
}

}  // namespace

Result<Config> ReadConfig(const std::string& text, const std::filesystem::path& folder) {
  HONE_ASSIGN_OR_RETURN(const auto documents, proto::ReadYaml(text));
  Config config;
  FieldErrors errors;
  for (const proto::Document& document : documents) {
    if (document.value.is_null()) {
      continue;
    }
    FieldReader reader(document.value, "", errors);
    auto services =
        reader.Objects("algorithms", [&](FieldReader& item) { return ReadService(item, folder); });
    reader.Finish(FieldReader::Unknown::kRefused);
    for (AlgorithmService& service : services.value_or(AlgorithmServices{})) {
      config.services.push_back(std::move(service));
    }
  }
  if (!errors.empty()) {  // unknown fields are errors too, since they would have no effect
    return Fail(Code::kInvalidArgument, Join(errors));
  }
  HONE_RETURN_IF_ERROR(CheckNames(config.services));
  return config;
}

Result<Config> LoadConfig(const std::optional<std::string>& flag) {
  std::filesystem::path path = flag.value_or("");
  std::error_code error;
  if (!flag) {
    const Result<std::filesystem::path> folder = XdgFolder("XDG_CONFIG_HOME", ".config");
    if (!folder || !std::filesystem::exists(*folder / "hone" / "hone.yaml", error)) {
      return Config{};
    }
    path = *folder / "hone" / "hone.yaml";
  }
  HONE_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(path.string()));
  auto config = ReadConfig(text, std::filesystem::absolute(path, error).parent_path());
  if (!config) {
    return Wrap(path.string(), std::move(config).error());
  }
  return config;
}

}  // namespace hone::controller
