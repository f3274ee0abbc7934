// HttpsRequest: one request to one server over TLS, whose certificate an authority of ours has
// signed. A function: any thread.
#pragma once

#include <string>

#include "proto/model/result.h"

namespace hone::controller {

struct HttpsRequest {
  std::string host;
  std::string port;
  /// A PEM file: who may have signed the server's certificate.
  std::string authority;
  /// With its end of line after each header; no body yet.
  std::string head;
  std::string body;
};

/// Status and the beginning of the body; kUnavailable if there was no answer.
struct HttpsReply {
  int status = 0;
  std::string body;
};

Result<HttpsReply> Send(const HttpsRequest& request);

}  // namespace hone::controller
