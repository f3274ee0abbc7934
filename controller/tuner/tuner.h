// Tuner: the studies of one store, for the clients that run their trials. Creates them, holds those
// that are in use, and wakes those whose algorithm has answered. Any thread may call any method.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "controller/tuner/shared_study.h"
#include "proto/access/caller.h"
#include "proto/model/algorithm_service.h"

namespace hone::controller {

/// Studies that are held at once; more take turns in being read from the store.
inline constexpr std::size_t kStudiesMax = 256;

class Tuner {
 public:
  using WakeStudy = std::function<void(const ExperimentKey& key)>;
  /// Makes the suggester of one study, which calls `wake` when a pending answer is there.
  using MakeSuggester = std::function<std::unique_ptr<suggestion::Suggester>(WakeStudy wake)>;

  struct Options {
    TunerWorld world;
    /// Algorithms that are not Hone's.
    AlgorithmServices services;
    MakeSuggester make_suggester;
  };
  static std::unique_ptr<Tuner> Make(Options options);
  virtual ~Tuner() = default;

  /// Creates the study that a manifest (YAML or JSON) describes, or finds it, with its counts
  /// changed if they differ. The caller needs role write in its namespace. kInvalidArgument tells
  /// all that is wrong with it; kAlreadyExists if there is another of that name.
  [[nodiscard]] virtual Result<Experiment> Create(const access::Caller& caller,
                                                  const std::string& manifest) = 0;
  /// kNotFound if there is none, kFailedPrecondition if it is no study.
  [[nodiscard]] virtual Result<std::shared_ptr<SharedStudy>> Open(const ExperimentKey& key) = 0;
  /// SharedStudy::Close, of all that are held now or later.
  virtual void Close() = 0;
  [[nodiscard]] virtual db::Store& store() = 0;
};

/// "name" (of namespace "default") or "namespace/name"; kInvalidArgument begins with `field`.
Result<ExperimentKey> ParseStudyName(const std::string& field, const std::string& text);

}  // namespace hone::controller
