#include "controller/main/https_request.h"

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

#include <arpa/inet.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include "controller/local/file_descriptor.h"

namespace hone::controller {
namespace {

/// For connecting, and for each read and write.
constexpr timeval kTimeout = {5, 0};
constexpr std::size_t kReplyMax = std::size_t{4} << 20;

template <typename T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

tl::unexpected<Error> Failure(const HttpsRequest& request, const std::string& what) {
  return Fail(Code::kUnavailable, "asking " + request.host + ":" + request.port + ": " + what);
}

std::string TlsError() {
  const unsigned long code = ERR_get_error();
  if (code != 0 && ERR_GET_LIB(code) == ERR_LIB_SYS) {
    return std::generic_category().message(ERR_GET_REASON(code));
  }
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason != nullptr ? reason : "the connection was closed, or no answer came in time";
}

/// -1 and errno if none of the host's addresses can be reached.
int Connect(const addrinfo* at) {
  for (; at != nullptr; at = at->ai_next) {
    const int fd = ::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
      return -1;
    }
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kTimeout, sizeof kTimeout);
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kTimeout, sizeof kTimeout);
    if (::connect(fd, at->ai_addr, at->ai_addrlen) == 0) {
      return fd;
    }
    const int error = errno;
    ::close(fd);
    errno = error;
  }
  return -1;
}

bool IsIp(const std::string& host) {
  in6_addr ignored{};
  return ::inet_pton(AF_INET, host.c_str(), &ignored) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

/// The certificate has to be that of `host`.
bool ExpectHost(SSL* tls, const std::string& host) {
  if (IsIp(host)) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host.c_str()) == 1;
  }
  std::string name = host;
  return SSL_set1_host(tls, name.c_str()) == 1 &&
         SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1;
}

Result<HttpsReply> ParseReply(const HttpsRequest& request, const std::string& text) {
  constexpr std::size_t kStatusAt = std::string_view("HTTP/1.1 ").size();
  if (!text.starts_with("HTTP/1.") || text.size() < kStatusAt + 3) {
    return Failure(request, "the answer is not HTTP");
  }
  HttpsReply reply;
  for (const char c : text.substr(kStatusAt, 3)) {
    reply.status = reply.status * 10 + (c - '0');
  }
  const std::size_t body = text.find("\r\n\r\n");
  reply.body = body == std::string::npos ? "" : text.substr(body + 4);
  return reply;
}

Result<HttpsReply> Exchange(const HttpsRequest& request, SSL* tls) {
  const std::string text = request.head + "Content-Length: " + std::to_string(request.body.size()) +
                           "\r\nConnection: close\r\n\r\n" + request.body;
  const bool is_connected = SSL_connect(tls) == 1;
  if (const long verified = SSL_get_verify_result(tls); !is_connected && verified != X509_V_OK) {
    return Failure(request,
                   "its certificate does not fit " + request.authority + ": " +
                       X509_verify_cert_error_string(verified));
  }
  if (!is_connected || SSL_write(tls, text.data(), static_cast<int>(text.size())) <= 0) {
    return Failure(request, TlsError());
  }
  std::string reply;
  std::array<char, std::size_t{16} << 10> part{};
  for (int size = 0; (size = SSL_read(tls, part.data(), part.size())) > 0;) {
    reply.append(part.data(), static_cast<std::size_t>(size));
    if (reply.size() > kReplyMax) {
      return Failure(request, "the answer is longer than 4 MiB");
    }
  }
  if (reply.empty()) {
    return Failure(request, TlsError());
  }
  return ParseReply(request, reply);
}

}  // namespace

Result<HttpsReply> Send(const HttpsRequest& request) {
  ERR_clear_error();  // what is left of this thread's last request is none of this one's
  const Owned<SSL_CTX> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (context == nullptr ||
      SSL_CTX_load_verify_locations(context.get(), request.authority.c_str(), nullptr) != 1) {
    return Failure(request, "reading the certificates of " + request.authority + ": " + TlsError());
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error =
          ::getaddrinfo(request.host.c_str(), request.port.c_str(), &wanted, &found)) {
    return Failure(request, ::gai_strerror(error));
  }
  const Owned<addrinfo> addresses(found, ::freeaddrinfo);
  const FileDescriptor socket(Connect(found));
  if (!socket.is_open()) {
    return Failure(request, std::generic_category().message(errno));
  }
  const Owned<SSL> tls(SSL_new(context.get()), SSL_free);
  if (tls == nullptr || SSL_set_fd(tls.get(), socket.get()) != 1 ||
      !ExpectHost(tls.get(), request.host)) {
    return Failure(request, TlsError());
  }
  return Exchange(request, tls.get());
}

}  // namespace hone::controller
