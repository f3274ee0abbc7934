#include "tests/bench/loopback.h"

#include <cstdio>
#include <cstdlib>

#include <grpcpp/impl/client_unary_call.h>

#include "proto/api/v1beta1/api.grpc.pb.h"
#include "suggestion/server/suggestion_service.h"

namespace hone::bench {
namespace {

namespace api = ::api::v1::beta1;

class Ignoring final
    : public api::DBManager::WithRawCallbackMethod_GetObservationLog<api::DBManager::Service> {
 public:
  grpc::ServerUnaryReactor* GetObservationLog(grpc::CallbackServerContext* call,
                                              const grpc::ByteBuffer* /*request*/,
                                              grpc::ByteBuffer* reply) override {
    const grpc::Slice nothing;
    *reply = grpc::ByteBuffer(&nothing, 1);
    grpc::ServerUnaryReactor* const reactor = call->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

Loopback::Loopback()
    : suggestion_(suggestion::MakeSuggestionService(outbox_, callers_)),
      ignoring_(std::make_unique<Ignoring>()) {
  grpc::Service* const services[] = {suggestion_.get(), ignoring_.get()};
  server_ = rpc::Server::Start({.listen = {{.host = "127.0.0.1"}}}, services, {}).value();
}

Client::Client(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  channel_ = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

std::string Client::Call(const char* method, const std::string& request) {
  const grpc::Slice slice(request);
  const grpc::ByteBuffer bytes(&slice, 1);
  grpc::ByteBuffer reply;
  grpc::ClientContext call;
  const grpc::Status status = grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
      channel_.get(),
      grpc::internal::RpcMethod(method, grpc::internal::RpcMethod::NORMAL_RPC, channel_),
      &call,
      bytes,
      &reply);
  if (!status.ok()) {
    std::fprintf(stderr, "%s: %s\n", method, status.error_message().c_str());
    std::_Exit(1);
  }
  grpc::Slice whole;
  std::string text;
  if (reply.DumpToSingleSlice(&whole).ok()) {
    text.assign(static_cast<const char*>(static_cast<const void*>(whole.begin())), whole.size());
  }
  return text;
}

}  // namespace hone::bench
