#include "controller/main/cluster_trials.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "controller/main/https_request.h"
#include "proto/convert/document.h"
#include "proto/core/time.h"
#include "proto/rpc/files.h"

namespace hone::controller {
namespace {

using proto::Json;

constexpr std::size_t kNameMax = 253;
constexpr std::size_t kShownMax = 300;
constexpr int kConflict = 409;

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// A name as Kubernetes has it (RFC 1123); it becomes a part of a path.
bool IsName(const std::string& name) {
  return !name.empty() && name.size() <= kNameMax && IsLetterOrDigit(name.front()) &&
         IsLetterOrDigit(name.back()) && std::all_of(name.begin(), name.end(), [](char c) {
           return IsLetterOrDigit(c) || c == '-' || c == '.';
         });
}

std::string EnvironmentText(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

/// What a Trial ends with, each True; such a Trial is left as it is.
constexpr std::array kEndings = {"Succeeded",
                                 "Failed",
                                 "Killed",
                                 "MetricsUnavailable",
                                 "EarlyStopped"};
/// How often the status is read and written anew when another writer was faster.
constexpr int kTries = 5;

bool HasEnded(const Json& conditions) {
  return std::any_of(conditions.begin(), conditions.end(), [](const Json& condition) {
    return condition.value("status", "") == "True" &&
           std::find(kEndings.begin(), kEndings.end(), condition.value("type", "")) !=
               kEndings.end();
  });
}

/// JSON Merge Patch (RFC 7386), which the cluster refuses with 409 if the Trial is no longer the
/// one that was read; null if the Trial has ended. One that its controller has not seen yet has no
/// conditions.
Result<Json> EarlyStoppedPatch(const Json& trial, const std::string& now) {
  try {
    Json conditions = trial.value(Json::json_pointer("/status/conditions"), Json::array());
    if (HasEnded(conditions)) {
      return Json();
    }
    conditions.push_back({{"type", "EarlyStopped"},
                          {"status", "True"},
                          {"reason", "TrialEarlyStopped"},
                          {"message", "Trial is early stopped"},
                          {"lastUpdateTime", now},
                          {"lastTransitionTime", now}});
    return Json{{"metadata",
                 {{"resourceVersion", trial.at(Json::json_pointer("/metadata/resourceVersion"))}}},
                {"status", {{"conditions", std::move(conditions)}}}};
  } catch (const Json::exception& error) {
    return Fail(Code::kUnavailable,
                std::string("the cluster's answer is no Trial: ") + error.what());
  }
}

/// Of a Status object its message; else the text.
std::string WordsOf(const HttpsReply& reply) {
  const Result<Json> status = proto::ReadJson(reply.body);
  const bool has_message = status && status->is_object() && status->contains("message") &&
                           (*status)["message"].is_string();
  return (has_message ? (*status)["message"].get<std::string>() : reply.body).substr(0, kShownMax);
}

Error Refusal(const HttpsReply& reply, const std::string& what) {
  const Code code = reply.status == 404                          ? Code::kNotFound
                    : reply.status == 401 || reply.status == 403 ? Code::kPermissionDenied
                                                                 : Code::kUnavailable;
  return {code,
          what + ": the cluster answered " + std::to_string(reply.status) + ": " + WordsOf(reply)};
}

Status CheckReply(const Result<HttpsReply>& reply, const std::string& what) {
  if (!reply) {
    return Wrap(what, reply.error());
  }
  if (reply->status < 200 || reply->status > 299) {
    return tl::unexpected<Error>(Refusal(*reply, what));
  }
  return {};
}

/// The token is read for each request: the cluster renews it.
Result<HttpsReply> Ask(const ClusterApi& api, const std::string& what, std::string body) {
  HONE_ASSIGN_OR_RETURN(const std::string token, rpc::ReadToken("token", api.account / "token"));
  HttpsRequest request{.host = api.host, .port = api.port, .authority = api.account / "ca.crt"};
  request.head = what + " HTTP/1.0\r\nHost: " + api.host + "\r\nAuthorization: Bearer " + token +
                 "\r\nAccept: application/json\r\nContent-Type: application/merge-patch+json\r\n";
  request.body = std::move(body);
  return Send(request);
}

}  // namespace

bool IsInPod() {
  return !EnvironmentText("KUBERNETES_SERVICE_HOST").empty();
}

std::optional<ClusterApi> ClusterApi::OfThisPod(const std::filesystem::path& account) {
  std::error_code error;
  if (!IsInPod() || !std::filesystem::exists(account / "token", error)) {
    return std::nullopt;
  }
  const std::string port = EnvironmentText("KUBERNETES_SERVICE_PORT");
  return ClusterApi{
      EnvironmentText("KUBERNETES_SERVICE_HOST"), port.empty() ? "443" : port, account};
}

Status StopClusterTrial(const ClusterApi& api,
                        const access::Caller& caller,
                        const std::string& trial) {
  if (!IsName(trial)) {
    return Fail(
        Code::kInvalidArgument,
        "trial_name: must be the name of a Trial: small letters, digits, and '-' and '.' between "
        "them");
  }
  HONE_ASSIGN_OR_RETURN(const std::string ns,
                        rpc::ReadToken("namespace", api.account / "namespace"));
  HONE_RETURN_IF_ERROR(caller.Check(ns, access::Role::kWrite));
  const std::string path = "/apis/kubeflow.org/v1beta1/namespaces/" + ns + "/trials/" + trial;
  const std::string what = "setting the status of trial " + trial + " in namespace " + ns;
  for (int tried = 1;; ++tried) {
    const Result<HttpsReply> read = Ask(api, "GET " + path, "");
    HONE_RETURN_IF_ERROR(CheckReply(read, what));
    const Result<Json> found = proto::ReadJson(read->body);
    if (!found) {
      return Fail(Code::kUnavailable, what + ": the cluster's answer: " + found.error().message);
    }
    const Result<Json> patch = EarlyStoppedPatch(*found, FormatTime(SystemClock().Now()));
    if (!patch) {
      return Wrap(what, patch.error());
    }
    if (patch->is_null()) {
      return {};
    }
    const Result<HttpsReply> written = Ask(api, "PATCH " + path + "/status", patch->dump());
    if (written && written->status == kConflict && tried < kTries) {
      continue;
    }
    return CheckReply(written, what);
  }
}

}  // namespace hone::controller
