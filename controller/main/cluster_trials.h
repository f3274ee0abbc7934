// ClusterTrials: trials that Katib's controller keeps in a cluster. Their status is set through the
// cluster's API, with the account of the pod that hone runs in. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "proto/access/caller.h"
#include "proto/core/result.h"

namespace hone::controller {

/// Where the API of the cluster is, and what the pod shows there.
struct ClusterApi {
  std::string host;
  std::string port;
  /// Holds the files token, ca.crt and namespace, which the cluster renews.
  std::filesystem::path account;

  /// Nothing outside of a pod, or if the pod has no account.
  static std::optional<ClusterApi> OfThisPod(const std::filesystem::path& account);
};

/// True in a container of a cluster.
[[nodiscard]] bool IsInPod();

/// Adds the condition EarlyStopped to a Trial of the pod's namespace, in which the caller needs
/// role write, as Katib's own service does; a Trial that has ended is left as it is. Waits for the
/// cluster's answers, some seconds each at most. kNotFound, kPermissionDenied, or kUnavailable with
/// the cluster's words.
Status StopClusterTrial(const ClusterApi& api,
                        const access::Caller& caller,
                        const std::string& trial);

}  // namespace hone::controller
