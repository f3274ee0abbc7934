// TunerCalls: carries out each call of hone.v1.Tuner without the transport: checks the caller and
// the request, calls the tuner, makes the reply. Any thread.
#pragma once

#include <functional>
#include <memory>

#include "controller/tuner/tuner.h"
#include "proto/access/caller.h"
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
/// The most experiments that are read for a page of studies; the page ends there, even if empty.
inline constexpr std::size_t kPageReadsMax = 2000;
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

/// Every call fails with kNotFound in a namespace that the caller does not have, with
/// kPermissionDenied if the caller's role does not allow the call, and with the error that stands
/// in place of the caller.
class TunerCalls {
 public:
  using MaybeCaller = Result<access::Caller>;

  /// `tuner` must outlive this object.
  explicit TunerCalls(Tuner& tuner) : tuner_(tuner) {}

  /// Role write.
  [[nodiscard]] Result<v1::Study> CreateStudy(const MaybeCaller& caller,
                                              const v1::CreateStudyRequest& request);
  /// Role read.
  [[nodiscard]] Result<v1::Study> GetStudy(const MaybeCaller& caller,
                                           const v1::GetStudyRequest& request);
  /// Role read. Without a namespace: all namespaces that the caller has.
  [[nodiscard]] Result<v1::ListStudiesReply> ListStudies(const MaybeCaller& caller,
                                                         const v1::ListStudiesRequest& request);
  /// Role write. `answer` is called as SharedStudy::Ask says.
  [[nodiscard]] PendingAsk Ask(const MaybeCaller& caller,
                               const v1::AskRequest& request,
                               std::function<void(Result<v1::AskReply>)> answer);
  /// Role write.
  [[nodiscard]] Result<v1::Trial> Tell(const MaybeCaller& caller, const v1::TellRequest& request);
  /// Role ingest.
  [[nodiscard]] Result<v1::ReportIntermediateReply> Report(
      const MaybeCaller& caller,
      const v1::ReportIntermediateRequest& request);
  /// Role read.
  [[nodiscard]] Result<v1::ListTrialsReply> ListTrials(const MaybeCaller& caller,
                                                       const v1::ListTrialsRequest& request);
  /// Role read.
  [[nodiscard]] Result<v1::Trial> GetBestTrial(const MaybeCaller& caller,
                                               const v1::GetBestTrialRequest& request);

 private:
  struct StudyPage;

  [[nodiscard]] Result<std::shared_ptr<SharedStudy>> Open(const MaybeCaller& caller,
                                                          const std::string& study,
                                                          access::Role needed);
  [[nodiscard]] Result<Experiment> Get(const MaybeCaller& caller, const std::string& study);
  /// Appends the studies of a namespace ("": of all namespaces) to the page.
  [[nodiscard]] Status ReadStudies(const std::string& ns, StudyPage& page);
  /// At most `limit` trials of `query`.
  [[nodiscard]] Result<v1::ListTrialsReply> ReadPage(db::TrialQuery query, std::int32_t limit);

  Tuner& tuner_;
};

}  // namespace hone::controller
