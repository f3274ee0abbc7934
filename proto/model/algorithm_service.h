// AlgorithmService: where an algorithm that Hone does not have is asked, and how. A plain value.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "proto/core/time.h"

namespace hone {

struct AlgorithmService {
  /// As experiments name the algorithm.
  std::string name;
  /// As its service names it; empty: the same.
  std::string algorithm;
  /// "host:port", "[IPv6]:port" or "unix:/path".
  std::string address;
  /// How long one call may take.
  Duration deadline = std::chrono::seconds(60);
  /// Asked for the next trials while others run. Then a free slot need not wait for an answer, and
  /// the answer does not know the results of what ran meanwhile.
  bool prefetch = true;
  /// TLS: the authorities that may have signed the service's certificate; empty and `is_tls`: those
  /// of the system. A certificate and key of our own, if the service asks for one.
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
