// TunerCalls: carries out each call of hone.v1.Tuner without the transport: checks the request,
// calls the tuner, makes the reply. Any thread.
#pragma once

#include <functional>
#include <memory>

#include "controller/tuner/tuner.h"
#include "proto/hone/v1/tuner.pb.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

/// The most trials that one Ask may request.
inline constexpr std::int32_t kAskCountMax = 1000;
/// The most trials or studies on one page; a page also ends when it has this many bytes.
inline constexpr std::int32_t kPageMax = 1000;
inline constexpr std::size_t kPageBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kClientIdMax = 253;

/// An Ask that may still wait for trials.
class PendingAsk {
 public:
  PendingAsk() = default;
  PendingAsk(std::shared_ptr<SharedStudy> study, std::uint64_t ticket)
      : study_(std::move(study)), ticket_(ticket) {}
  /// False if the Ask has been answered, or is being answered on another thread.
  bool Cancel() const { return ticket_ != 0 && study_->Cancel(ticket_); }

 private:
  std::shared_ptr<SharedStudy> study_;
  std::uint64_t ticket_ = 0;
};

class TunerCalls {
 public:
  /// `tuner` must outlive this object.
  explicit TunerCalls(Tuner& tuner) : tuner_(tuner) {}

  [[nodiscard]] Result<v1::Study> CreateStudy(const v1::CreateStudyRequest& request);
  [[nodiscard]] Result<v1::Study> GetStudy(const v1::GetStudyRequest& request);
  [[nodiscard]] Result<v1::ListStudiesReply> ListStudies(const v1::ListStudiesRequest& request);
  /// `answer` is called as SharedStudy::Ask says.
  [[nodiscard]] PendingAsk Ask(const v1::AskRequest& request,
                               std::function<void(Result<v1::AskReply>)> answer);
  [[nodiscard]] Result<v1::Trial> Tell(const v1::TellRequest& request);
  [[nodiscard]] Result<v1::ReportIntermediateReply> Report(
      const v1::ReportIntermediateRequest& request);
  [[nodiscard]] Result<v1::ListTrialsReply> ListTrials(const v1::ListTrialsRequest& request);
  [[nodiscard]] Result<v1::Trial> GetBestTrial(const v1::GetBestTrialRequest& request);

 private:
  [[nodiscard]] Result<std::shared_ptr<SharedStudy>> Open(const std::string& study);
  [[nodiscard]] Result<Experiment> Get(const std::string& study);
  /// At most `limit` trials of `query`.
  [[nodiscard]] Result<v1::ListTrialsReply> ReadPage(db::TrialQuery query, std::int32_t limit);

  Tuner& tuner_;
};

}  // namespace hone::controller
