// Tuner: the studies of one store, for the clients that run their trials. It creates studies,
// caches the studies that are in use, and wakes a study when its algorithm has answered. Any thread
// may call any method.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "controller/tuner/shared_study.h"
#include "proto/access/caller.h"
#include "proto/model/algorithm_service.h"

namespace hone::controller {

/// Studies that are cached; beyond them, the study that was used longest ago is evicted.
inline constexpr std::size_t kStudiesMax = 256;

class Tuner {
 public:
  using WakeStudy = std::function<void(const ExperimentKey& key)>;
  /// Makes the suggester of one study, which calls `wake` when a pending answer has arrived.
  using MakeSuggester = std::function<std::unique_ptr<suggestion::Suggester>(WakeStudy wake)>;

  struct Options {
    TunerWorld world;
    /// The services of algorithms that are not Hone's.
    AlgorithmServices services;
    MakeSuggester make_suggester;
  };
  static std::unique_ptr<Tuner> Make(Options options);
  virtual ~Tuner() = default;

  /// Creates the study that a manifest (YAML or JSON) describes, or finds it, with its counts
  /// changed if they differ. The caller needs role write in its namespace. kInvalidArgument lists
  /// every fault of the manifest; kAlreadyExists if a different study has that name.
  [[nodiscard]] virtual Result<Experiment> Create(const access::Caller& caller,
                                                  const std::string& manifest) = 0;
  /// kNotFound if there is none, kFailedPrecondition if it is no study.
  [[nodiscard]] virtual Result<std::shared_ptr<SharedStudy>> Open(const ExperimentKey& key) = 0;
  /// Another process may have changed a study: a cached study is read again if it has.
  virtual void Wake(const ExperimentKey& key) = 0;
  virtual void WakeAll() = 0;
  /// Calls SharedStudy::Close of every study that is cached, now and later.
  virtual void Close() = 0;
  [[nodiscard]] virtual db::Store& store() = 0;
};

/// "name" (of namespace "default") or "namespace/name"; kInvalidArgument begins with `field`.
Result<ExperimentKey> ParseStudyName(const std::string& field, const std::string& text);

}  // namespace hone::controller
