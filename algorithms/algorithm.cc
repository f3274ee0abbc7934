#include "algorithms/algorithm.h"

#include "proto/core/result.h"

namespace hone::algorithms {

std::string_view ToText(Provenance::Origin origin) {
  switch (origin) {
    case Provenance::Origin::kSequence:
      return "sequence";
    case Provenance::Origin::kStartup:
      return "startup";
    case Provenance::Origin::kModel:
      return "model";
    case Provenance::Origin::kExplored:
      return "explored";
    case Provenance::Origin::kAdvanced:
      return "advanced";
  }
  HONE_CHECK(false);
}

}  // namespace hone::algorithms
