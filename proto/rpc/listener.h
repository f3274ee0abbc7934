// Listener: listening sockets of one address, and the thread that accepts their connections. Used
// instead of gRPC's own listener (1.51), which stops accepting for good once the process has run
// out of descriptors. Its owner opens, starts and destroys it on one thread.
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "proto/core/result.h"
#include "proto/model/address.h"
#include "proto/rpc/stall_watch.h"

namespace hone::rpc {

/// Raises the process's soft limit of descriptors to the hard limit: every connection needs one,
/// and the usual soft limit is 1024.
void RaiseDescriptorLimit();

class Listener {
 public:
  /// Called on the listener's thread with a connection that was accepted on `socket`; the callee
  /// owns the connection.
  using Take = std::function<void(int socket, int connection)>;

  /// Listens on all IP addresses of a host name. With `is_shared`, other processes of this user may
  /// listen on the same port if they set it too. Error: kUnavailable, with the reason.
  static Result<std::unique_ptr<Listener>> Open(const Address& address, bool is_shared = false);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  /// Afterwards no connection is accepted.
  ~Listener();

  /// The address, with the actual port.
  [[nodiscard]] const Address& address() const { return address_; }
  /// Starts accepting; called once. A connection that would use one of the last descriptors is
  /// closed: other parts of the process need those.
  void Begin(Take take);

 private:
  explicit Listener(Address address) : address_(std::move(address)) {}
  [[nodiscard]] Status OpenPath();
  [[nodiscard]] Status OpenHost(bool is_shared);
  void Run();
  void Accept(int socket);

  Address address_;
  std::vector<int> sockets_;
  /// An eventfd that is readable when the thread is to end.
  int end_ = -1;
  Take take_;
  /// Watches connections to a path; for connections to a host TCP_USER_TIMEOUT does the same.
  std::unique_ptr<StallWatch> stalls_;
  std::thread thread_;
};

}  // namespace hone::rpc
