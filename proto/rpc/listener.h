// Listener: sockets that wait for connections on one address, and the thread that takes them. It is
// ours and not gRPC's, whose own (1.51) gives up for good when the process has run out of
// descriptors. Who owns it opens, begins and destroys it, from one thread.
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "proto/core/result.h"
#include "proto/model/address.h"
#include "proto/rpc/stall_watch.h"

namespace hone::rpc {

/// Raises the process's limit of descriptors as far as it may: every connection is one, and the
/// usual soft limit is 1024.
void RaiseDescriptorLimit();

class Listener {
 public:
  /// Gets a connection that was accepted on `socket`, and owns it. On the listener's thread.
  using Take = std::function<void(int socket, int connection)>;

  /// Listens on all IP addresses that a name has. Other processes of this user may listen there too
  /// if all of them say `is_shared`. kUnavailable says why it cannot be.
  static Result<std::unique_ptr<Listener>> Open(const Address& address, bool is_shared = false);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  /// No connection is taken any more then.
  ~Listener();

  /// With the port that it has.
  [[nodiscard]] const Address& address() const { return address_; }
  /// Once. A connection that would use one of the last descriptors, which others need, is closed.
  void Begin(Take take);

 private:
  explicit Listener(Address address) : address_(std::move(address)) {}
  [[nodiscard]] Status OpenPath();
  [[nodiscard]] Status OpenHost(bool is_shared);
  void Run();
  void Accept(int socket);

  Address address_;
  std::vector<int> sockets_;
  /// Readable when it is to end.
  int end_ = -1;
  Take take_;
  /// Of connections to a path. Those to a host have TCP_USER_TIMEOUT.
  std::unique_ptr<StallWatch> stalls_;
  std::thread thread_;
};

}  // namespace hone::rpc
