#include "controller/api/work_stream.h"

#include <utility>

#include "controller/api/tuner_service.h"

namespace hone::controller {
namespace {

void SetError(const Error& error, v1::WorkReply& reply) {
  reply.mutable_error()->set_code(static_cast<std::int32_t>(error.code));
  reply.mutable_error()->set_message(error.message);
}

}  // namespace

// Every callback ends in the same way: it changes the state under the lock and calls Advance;
// afterwards it calls Finish if Advance returned true, and else does not touch the stream again.

WorkStream::WorkStream(TunerCalls& calls,
                       Result<access::Caller> caller,
                       rpc::Outbox& outbox,
                       grpc::CallbackServerContext& context)
    : calls_(calls), caller_(std::move(caller)), outbox_(outbox), context_(context) {
  MutexLock lock(mutex_);
  is_reading_ = true;
  StartRead(&request_);
}

void WorkStream::OnReadDone(bool ok) {
  if (ok) {
    Take(request_);
  }
  mutex_.Lock();
  is_reading_ = false;
  has_read_all_ = has_read_all_ || !ok;
  const bool ends = Advance();
  mutex_.Unlock();
  if (ends) {
    Finish(grpc::Status::OK);
  }
}

void WorkStream::OnWriteDone(bool ok) {
  mutex_.Lock();
  is_writing_ = false;
  replies_.pop_front();
  is_broken_ = is_broken_ || !ok;
  const bool ends = Advance();
  mutex_.Unlock();
  if (ends) {
    Finish(grpc::Status::OK);
  }
}

void WorkStream::OnCancel() {
  mutex_.Lock();
  is_broken_ = true;
  std::erase_if(asks_, [](const auto& ask) { return ask.second.Cancel(); });
  const bool ends = Advance();
  mutex_.Unlock();
  if (ends) {
    Finish(grpc::Status::CANCELLED);
  }
}

void WorkStream::Take(const v1::WorkRequest& request) {
  v1::WorkReply reply;
  reply.set_id(request.id());
  if (request.has_ask()) {
    Ask(request.id(), request.ask());
    return;
  }
  if (request.has_tell()) {
    Result<v1::Trial> trial = calls_.Tell(caller_, request.tell());
    trial ? void(*reply.mutable_tell() = *std::move(trial)) : SetError(trial.error(), reply);
  } else if (request.has_report()) {
    Result<v1::ReportIntermediateReply> report = calls_.Report(caller_, request.report());
    report ? void(*reply.mutable_report() = *std::move(report)) : SetError(report.error(), reply);
  } else {
    SetError({Code::kInvalidArgument, "request: must be ask, tell or report"}, reply);
  }
  Reply placed = Place(std::move(reply));
  MutexLock lock(mutex_);
  replies_.push_back(std::move(placed));
}

void WorkStream::Ask(std::uint64_t id, const v1::AskRequest& request) {
  mutex_.Lock();
  const std::uint64_t number = ++last_ask_;
  asks_.try_emplace(number);
  mutex_.Unlock();
  PendingAsk pending = calls_.Ask(caller_, request, [this, id, number](Result<v1::AskReply> asked) {
    v1::WorkReply reply;
    reply.set_id(id);
    asked ? void(*reply.mutable_ask() = *std::move(asked)) : SetError(asked.error(), reply);
    Answer(number, std::move(reply));
  });
  MutexLock lock(mutex_);
  const auto waiting = asks_.find(number);
  if (waiting != asks_.end() && is_broken_ && pending.Cancel()) {
    asks_.erase(waiting);
  } else if (waiting != asks_.end()) {
    waiting->second = std::move(pending);
  }
}

WorkStream::Reply WorkStream::Place(v1::WorkReply message) {
  Result<rpc::Outbox::Place> place = outbox_.Enter(message.ByteSizeLong(), context_);
  if (place) {
    return {std::move(message), *std::move(place)};
  }
  v1::WorkReply refusal;
  refusal.set_id(message.id());
  SetError(place.error(), refusal);
  return {std::move(refusal), std::nullopt};
}

void WorkStream::Answer(std::uint64_t ask, v1::WorkReply reply) {
  Reply placed = Place(std::move(reply));
  mutex_.Lock();
  asks_.erase(ask);
  replies_.push_back(std::move(placed));
  const bool ends = Advance();
  mutex_.Unlock();
  if (ends) {
    Finish(grpc::Status::OK);
  }
}

bool WorkStream::Advance() {
  if (!is_writing_ && !is_broken_ && !replies_.empty()) {
    is_writing_ = true;
    StartWrite(&replies_.front().message);
  }
  if (!is_reading_ && !is_broken_ && !has_read_all_ &&
      asks_.size() + replies_.size() < kUnansweredMax) {
    is_reading_ = true;
    StartRead(&request_);
  }
  const bool is_idle = !is_reading_ && !is_writing_ && asks_.empty();
  const bool ends = !has_ended_ && is_idle && (is_broken_ || (has_read_all_ && replies_.empty()));
  has_ended_ = has_ended_ || ends;
  return ends;
}

}  // namespace hone::controller
