#include "controller/engine/control_socket.h"

#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "controller/local/system_failure.h"

namespace hone::controller {
namespace {

/// How long a command waits for an answer: the other side may have to end trials first.
constexpr timeval kAnswerWait{.tv_sec = 30, .tv_usec = 0};
constexpr int kBacklog = 16;

std::filesystem::path SocketPath(const std::filesystem::path& store) {
  return store.string() + ".sock";
}

/// The address of a socket, however long its path: through a descriptor of its folder.
struct SocketAddress {
  FileDescriptor folder;
  sockaddr_un address{};
};
Result<SocketAddress> AddressOf(const std::filesystem::path& path) {
  SocketAddress result;
  result.folder =
      FileDescriptor(::open(path.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!result.folder.is_open()) {
    return SystemFailure("opening folder " + path.parent_path().string(), errno);
  }
  const std::string name =
      "/proc/self/fd/" + std::to_string(result.folder.get()) + "/" + path.filename().string();
  if (name.size() >= sizeof result.address.sun_path) {
    return Fail(Code::kInvalidArgument,
                "making a socket beside store " + path.string() + ": its name is too long");
  }
  result.address.sun_family = AF_UNIX;
  std::memcpy(result.address.sun_path, name.c_str(), name.size() + 1);
  return result;
}

const sockaddr* Generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

Result<uid_t> UserBehind(int fd) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    return SystemFailure("asking which user is connected", errno);
  }
  return credentials.uid;
}

proto::Json ToPacket(const Error& error) {
  return {{"code", static_cast<int>(error.code)}, {"message", error.message}};
}

Error ErrorOfPacket(const proto::Json& error) {
  return {static_cast<Code>(error.at("code").get<int>()), error.at("message").get<std::string>()};
}

proto::Json ToPacket(const Controlled& controlled) {
  proto::Json experiments = proto::Json::array();
  std::size_t bytes = 0;
  for (const ExperimentKey& key : controlled.keys) {
    bytes += key.ns.size() + key.name.size() + 8;
    if (bytes > kPacketBytesMax / 2) {
      break;  // more are controlled than a packet holds
    }
    experiments.push_back({key.ns, key.name});
  }
  return {{"all", controlled.is_all}, {"experiments", std::move(experiments)}};
}

ControlRequest RequestOfPacket(const proto::Json& packet) {
  return {.key = {packet.at("namespace").get<std::string>(), packet.at("name").get<std::string>()},
          .retries_failed = packet.value("retriesFailed", false)};
}

TrialEnvironment EnvironmentOfPacket(const proto::Json& packet) {
  const auto found = packet.find("environment");
  return found == packet.end() ? TrialEnvironment()
                               : TrialEnvironment(found->get<std::vector<std::string>>());
}

class PacketServer final : public ControlServer {
 public:
  PacketServer(std::filesystem::path path,
               FileDescriptor socket,
               EventLoop& loop,
               ControlCalls calls)
      : path_(std::move(path)), socket_(std::move(socket)), loop_(loop), calls_(std::move(calls)) {}
  PacketServer(const PacketServer&) = delete;
  PacketServer& operator=(const PacketServer&) = delete;
  PacketServer(PacketServer&&) = delete;
  PacketServer& operator=(PacketServer&&) = delete;

  ~PacketServer() override {
    Detach();
    loop_.Remove(socket_.get());
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

  Status Begin() {
    return loop_.Add(socket_.get(), [this] { Accept(); });
  }

  std::vector<FileDescriptor> Detach() override {
    std::vector<FileDescriptor> detached;
    for (auto& [fd, connection] : connections_) {
      loop_.Remove(fd);
      detached.push_back(std::move(connection.fd));
    }
    connections_.clear();
    return detached;
  }

 private:
  struct Connection {
    FileDescriptor fd;
    /// Of what it follows; 0 if nothing.
    std::uint64_t ticket = 0;
  };

  void Accept() {
    FileDescriptor fd(::accept4(socket_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd.is_open() || connections_.size() >= kConnectionsMax) {
      return;
    }
    const Result<uid_t> user = UserBehind(fd.get());
    if (!user || *user != ::geteuid()) {
      return;
    }
    const int number = fd.get();
    if (loop_.Add(number, [this, number] { Read(number); })) {
      connections_.emplace(number, Connection{std::move(fd)});
    }
  }

  void Read(int number) {
    Result<std::optional<proto::Json>> packet = ReceivePacket(number, false);
    if (!packet) {
      Close(number);
    } else if (*packet) {
      Answer(number, **packet);
    }
  }

  void Answer(int number, const proto::Json& packet) {
    proto::Json answer;
    try {
      if (packet.at("ask") == "control") {
        answer = Control(number, packet);
      } else if (packet.at("ask") == "controlled") {
        answer = ToPacket(calls_.controlled());
      } else {
        answer = {{"error", ToPacket(Error{Code::kUnimplemented, "this hone is another version"})}};
      }
    } catch (const proto::Json::exception& error) {
      answer = {{"error", ToPacket(Error{Code::kInvalidArgument, error.what()})}};
    }
    Send(number, answer);
  }

  proto::Json Control(int number, const proto::Json& packet) {
    Result<Engine::Follower> follower = calls_.control(
        RequestOfPacket(packet), EnvironmentOfPacket(packet), [this, number](const auto& end) {
          if (const auto found = connections_.find(number); found != connections_.end()) {
            found->second.ticket = 0;
            Send(number, hone::controller::ToPacket(end));
          }
        });
    if (!follower) {
      return {{"error", ToPacket(follower.error())}};
    }
    if (const std::uint64_t before =
            std::exchange(connections_.at(number).ticket, follower->ticket)) {
      calls_.abandon(before);  // a command follows one experiment
    }
    return {{"retried", follower->retried}};
  }

  /// A command that does not read loses its connection.
  void Send(int number, const proto::Json& packet) {
    if (!SendPacket(number, packet)) {
      Close(number);
    }
  }

  void Close(int number) {
    const auto found = connections_.find(number);
    if (found == connections_.end()) {
      return;
    }
    const std::uint64_t ticket = found->second.ticket;
    loop_.Remove(number);
    connections_.erase(found);
    if (ticket != 0) {
      calls_.abandon(ticket);
    }
  }

  const std::filesystem::path path_;
  const FileDescriptor socket_;
  EventLoop& loop_;
  const ControlCalls calls_;
  std::map<int, Connection> connections_;
};

}  // namespace

Result<std::unique_ptr<ControlServer>> ControlServer::Listen(const std::filesystem::path& store,
                                                             EventLoop& loop,
                                                             ControlCalls calls) {
  const std::filesystem::path path = SocketPath(store);
  const std::string doing = "listening on " + path.string();
  HONE_ASSIGN_OR_RETURN(const SocketAddress address, AddressOf(path));
  FileDescriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) {
    return SystemFailure(doing, errno);
  }
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  // For this user alone from the beginning: the mode of the socket is that of its descriptor.
  if (::fchmod(socket.get(), S_IRUSR | S_IWUSR) != 0 ||
      ::bind(socket.get(), Generic(address.address), sizeof address.address) != 0 ||
      ::listen(socket.get(), kBacklog) != 0) {
    return SystemFailure(doing, errno);
  }
  auto server = std::make_unique<PacketServer>(path, std::move(socket), loop, std::move(calls));
  HONE_RETURN_IF_ERROR(server->Begin());
  return server;
}

Result<FileDescriptor> ConnectToController(const std::filesystem::path& store) {
  const std::filesystem::path path = SocketPath(store);
  HONE_ASSIGN_OR_RETURN(const SocketAddress address, AddressOf(path));
  FileDescriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!socket.is_open() ||
      ::connect(socket.get(), Generic(address.address), sizeof address.address) != 0) {
    return Fail(Code::kUnavailable, "connecting to " + path.string() + ": " + ErrnoText(errno));
  }
  HONE_ASSIGN_OR_RETURN(const uid_t user, UserBehind(socket.get()));
  if (user != ::geteuid()) {
    return Fail(Code::kUnavailable, path.string() + " belongs to another user");
  }
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &kAnswerWait, sizeof kAnswerWait);
  return socket;
}

Status SendPacket(int fd, const proto::Json& packet) {
  const std::string text = packet.dump(-1, ' ', false, proto::Json::error_handler_t::replace);
  if (text.size() > kPacketBytesMax) {
    return Fail(Code::kOutOfRange,
                "a packet of " + std::to_string(text.size()) + " bytes is larger than " +
                    std::to_string(kPacketBytesMax));
  }
  const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent == static_cast<ssize_t>(text.size()) ? Status()
                                                   : SystemFailure("sending a packet", errno);
}

Result<std::optional<proto::Json>> ReceivePacket(int fd, bool waits) {
  std::string text(kPacketBytesMax + 1, '\0');
  ssize_t count = 0;
  do {
    count = ::recv(fd, text.data(), text.size(), waits ? 0 : MSG_DONTWAIT);
  } while (count < 0 && errno == EINTR);
  if (count < 0 && errno == EAGAIN && !waits) {
    return std::nullopt;
  }
  if (count <= 0 || static_cast<std::size_t>(count) > kPacketBytesMax) {
    return Fail(
        Code::kUnavailable,
        count == 0 ? "the other side has ended" : "receiving a packet: " + ErrnoText(errno));
  }
  text.resize(static_cast<std::size_t>(count));
  proto::Json packet = proto::Json::parse(text, nullptr, false);
  if (!packet.is_object()) {
    return Fail(Code::kInvalidArgument, "a packet is no JSON object");
  }
  return packet;
}

proto::Json ToPacket(const ControlRequest& request, const TrialEnvironment& environment) {
  proto::Json packet = {{"ask", "control"},
                        {"namespace", request.key.ns},
                        {"name", request.key.name},
                        {"retriesFailed", request.retries_failed}};
  if (environment) {
    packet["environment"] = *environment;
  }
  return packet;
}

proto::Json ToPacket(const ControlEnd& end) {
  proto::Json told = {{"busy", end.slots.busy.count()}, {"idle", end.slots.idle.count()}};
  if (end.error) {
    told["error"] = ToPacket(*end.error);
  }
  return {{"end", std::move(told)}};
}

Result<ControlEnd> EndOfPacket(const proto::Json& packet) {
  try {
    const proto::Json& told = packet.at("end");
    ControlEnd end;
    end.slots.busy = Duration(told.at("busy").get<std::int64_t>());
    end.slots.idle = Duration(told.at("idle").get<std::int64_t>());
    if (const auto error = told.find("error"); error != told.end()) {
      end.error = ErrorOfPacket(*error);
    }
    return end;
  } catch (const proto::Json::exception& error) {
    return Fail(Code::kInvalidArgument, error.what());
  }
}

Result<proto::Json> AskController(int fd, const proto::Json& packet) {
  HONE_RETURN_IF_ERROR(SendPacket(fd, packet));
  HONE_ASSIGN_OR_RETURN(std::optional<proto::Json> answer, ReceivePacket(fd, true));
  if (const auto error = answer->find("error"); error != answer->end()) {
    try {
      return tl::unexpected<Error>(ErrorOfPacket(*error));
    } catch (const proto::Json::exception& fault) {
      return Fail(Code::kInternal, fault.what());
    }
  }
  return *std::move(answer);
}

Controlled AskWhatIsControlled(const std::filesystem::path& store) {
  Controlled controlled;
  const Result<FileDescriptor> socket = ConnectToController(store);
  const Result<proto::Json> answer = socket ? AskController(socket->get(), {{"ask", "controlled"}})
                                            : tl::unexpected<Error>(socket.error());
  if (!answer) {
    return controlled;
  }
  try {
    controlled.is_all = answer->at("all").get<bool>();
    for (const proto::Json& key : answer->at("experiments")) {
      controlled.keys.insert({key.at(0).get<std::string>(), key.at(1).get<std::string>()});
    }
  } catch (const proto::Json::exception&) {
    return {};  // another version; it is then not known what it controls
  }
  return controlled;
}

}  // namespace hone::controller
