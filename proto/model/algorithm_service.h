// AlgorithmService: address and options of the service of an algorithm that is not part of Hone. A
// plain value.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "proto/core/time.h"

namespace hone {

struct AlgorithmService {
  /// The algorithm's name in experiments.
  std::string name;
  /// The algorithm's name in requests to the service; empty: the same.
  std::string algorithm;
  /// "host:port", "[IPv6]:port" or "unix:/path".
  std::string address;
  /// How long one call may take.
  Duration deadline = std::chrono::seconds(60);
  /// True if the service is asked for the next trials while others run. Then a free slot need not
  /// wait for an answer, but the answer does not use the results of the trials that were running.
  bool prefetch = true;
  /// TLS: `ca` has the authorities that may have signed the service's certificate; if it is empty
  /// and `is_tls` is set, the system's authorities are used. A client certificate and its key, if
  /// the service asks for one.
  bool is_tls = false;
  std::filesystem::path ca;
  std::filesystem::path certificate;
  std::filesystem::path key;
  /// A file with the bearer token to send; needs TLS, or a service on this machine.
  std::filesystem::path token;
};

using AlgorithmServices = std::vector<AlgorithmService>;

/// Null if no service has that name.
inline const AlgorithmService* FindService(const AlgorithmServices& services,
                                           const std::string& name) {
  for (const AlgorithmService& service : services) {
    if (service.name == name) {
      return &service;
    }
  }
  return nullptr;
}

}  // namespace hone
