// A suggestion server in this process, and clients that exchange raw bytes with it. Belongs to the
// benchmarks; a client belongs to one thread.
#pragma once

#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>

#include "proto/rpc/outbox.h"
#include "proto/rpc/server.h"

namespace hone::bench {

/// A method that accepts any bytes, parses none of them, and returns an empty reply.
inline constexpr const char* kIgnore = "/api.v1.beta1.DBManager/GetObservationLog";

class Loopback {
 public:
  Loopback();
  [[nodiscard]] std::string address() const { return server_->Addresses().front(); }

 private:
  rpc::Outbox outbox_;
  access::Callers callers_;
  std::unique_ptr<grpc::Service> suggestion_;
  std::unique_ptr<grpc::Service> ignoring_;
  std::unique_ptr<rpc::Server> server_;
};

/// A client with its own connection.
class Client {
 public:
  explicit Client(const std::string& address);
  /// Ends the program if the call fails.
  std::string Call(const char* method, const std::string& request);

 private:
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace hone::bench
