// The socket beside a store, by which commands of the same user talk to the process that controls
// it: packets of JSON on "<store>.sock" (SOCK_SEQPACKET), of bounded size. The kernel tells both
// sides when the other has ended, however that happened.
//
//   {"ask": "control", "namespace": ..., "name": ..., "retriesFailed": true, "environment": [...]}
//     -> {"retried": N}, and later {"end": {"busy": us, "idle": us}} or {"end": {"error": {...}}}
//     -> {"error": {"code": ..., "message": ...}} if it is refused
//   {"ask": "controlled"} -> {"all": false, "experiments": [["namespace", "name"], ...]}
//
// ControlServer lives on the thread of its EventLoop.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "controller/engine/engine.h"
#include "controller/local/event_loop.h"
#include "controller/local/file_descriptor.h"
#include "proto/convert/document.h"

namespace hone::controller {

/// Of one packet.
inline constexpr std::size_t kPacketBytesMax = std::size_t{128} * 1024;
/// Commands that are connected at once; more are turned away.
inline constexpr std::size_t kConnectionsMax = 256;

/// What the server asks of the controller, on its thread.
struct ControlCalls {
  std::function<Result<Engine::Follower>(const ControlRequest&, TrialEnvironment, Engine::OnEnd)>
      control;
  /// The command that followed an experiment has ended before it.
  std::function<void(std::uint64_t ticket)> abandon;
  std::function<Controlled()> controlled;
};

class ControlServer {
 public:
  /// Replaces a socket that an earlier process has left behind: the caller has the store's lock.
  static Result<std::unique_ptr<ControlServer>> Listen(const std::filesystem::path& store,
                                                       EventLoop& loop,
                                                       ControlCalls calls);
  /// Removes the socket. The connections are closed with what Detach gave, or now.
  virtual ~ControlServer() = default;
  /// The open connections, for a caller that has something to do before the other sides see the
  /// end: the release of the store's lock.
  virtual std::vector<FileDescriptor> Detach() = 0;
};

/// A connection to the process that controls `store`; kUnavailable if there is none, or it belongs
/// to another user.
Result<FileDescriptor> ConnectToController(const std::filesystem::path& store);
[[nodiscard]] Status SendPacket(int fd, const proto::Json& packet);
/// kUnavailable once the other side has ended; nothing if there is no packet now and `waits` is
/// false.
Result<std::optional<proto::Json>> ReceivePacket(int fd, bool waits);

/// Sends a question and waits for its answer, at most half a minute. An answer that tells an error
/// is that error.
Result<proto::Json> AskController(int fd, const proto::Json& packet);

proto::Json ToPacket(const ControlRequest& request, const TrialEnvironment& environment);
proto::Json ToPacket(const ControlEnd& end);
Result<ControlEnd> EndOfPacket(const proto::Json& packet);

/// What the process that controls `store` answers to {"ask": "controlled"}.
Controlled AskWhatIsControlled(const std::filesystem::path& store);

}  // namespace hone::controller
