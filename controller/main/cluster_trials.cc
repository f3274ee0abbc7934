#include "controller/main/cluster_trials.h"

#include <algorithm>
#include <cstdlib>

#include "controller/main/https_request.h"
#include "proto/model/time.h"
#include "proto/rpc/files.h"

namespace hone::controller {
namespace {

constexpr std::size_t kNameMax = 253;
constexpr std::size_t kShownMax = 300;

/// A name as Kubernetes has it (RFC 1123); it becomes a part of a path.
bool IsName(const std::string& name) {
  return !name.empty() && name.size() <= kNameMax &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

std::string EnvironmentText(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

/// JSON Patch (RFC 6902): what others write into the status meanwhile stays.
std::string AddCondition(const std::string& now) {
  return R"([{"op":"add","path":"/status/conditions/-","value":{"type":"EarlyStopped",)"
         R"("status":"True","reason":"TrialEarlyStopped","message":"Trial is early stopped",)"
         R"("lastUpdateTime":")" +
         now + R"(","lastTransitionTime":")" + now + R"("}}])";
}

Error Refusal(const HttpsReply& reply, const std::string& what) {
  const Code code = reply.status == 404                          ? Code::kNotFound
                    : reply.status == 401 || reply.status == 403 ? Code::kPermissionDenied
                                                                 : Code::kUnavailable;
  return {code,
          what + ": the cluster answered " + std::to_string(reply.status) + ": " +
              reply.body.substr(0, kShownMax)};
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

Status StopClusterTrial(const ClusterApi& api, const std::string& trial) {
  if (!IsName(trial)) {
    return Fail(Code::kInvalidArgument,
                "trial_name: must be the name of a Trial: small letters, digits, '-' and '.'");
  }
  HONE_ASSIGN_OR_RETURN(const std::string token, rpc::ReadToken("token", api.account / "token"));
  HONE_ASSIGN_OR_RETURN(const std::string ns,
                        rpc::ReadToken("namespace", api.account / "namespace"));
  const std::string path = "/apis/kubeflow.org/v1beta1/namespaces/" + ns + "/trials/" + trial;
  HttpsRequest request{.host = api.host, .port = api.port, .authority = api.account / "ca.crt"};
  request.head = "PATCH " + path + "/status HTTP/1.1\r\nHost: " + api.host +
                 "\r\nAuthorization: Bearer " + token +
                 "\r\nAccept: application/json\r\nContent-Type: application/json-patch+json\r\n";
  request.body = AddCondition(FormatTime(SystemClock().Now()));
  const std::string what = "setting the status of trial " + trial + " in namespace " + ns;
  const Result<HttpsReply> reply = Send(request);
  if (!reply) {
    return Wrap(what, reply.error());
  }
  if (reply->status < 200 || reply->status > 299) {
    return tl::unexpected<Error>(Refusal(*reply, what));
  }
  return {};
}

}  // namespace hone::controller
