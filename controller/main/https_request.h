// HttpsRequest: one request to one server over TLS, whose certificate an authority of ours has
// signed. A function: any thread.
#pragma once

#include <string>

#include "proto/core/result.h"

namespace hone::controller {

struct HttpsRequest {
  std::string host;
  std::string port;
  /// A PEM file: who may have signed the server's certificate.
  std::string authority;
  /// HTTP/1.0, so that the answer ends with the connection. With its end of line after each header;
  /// no body yet.
  std::string head;
  std::string body;
};

/// kUnavailable if there was no answer, or a longer one than 4 MiB, which is more than a cluster
/// keeps of an object.
struct HttpsReply {
  int status = 0;
  std::string body;
};

Result<HttpsReply> Send(const HttpsRequest& request);

}  // namespace hone::controller
