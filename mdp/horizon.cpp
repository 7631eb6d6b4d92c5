#include "mdp/horizon.h"

#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"

namespace bellwether::mdp {

FiniteHorizonMdp::FiniteHorizonMdp(TabularMdp model, int horizon) : models_{std::move(model)}, horizon_(horizon) {
  if (horizon < 1) throw InvalidModel(fmt::format("FiniteHorizonMdp: horizon {}, must be at least 1", horizon));
}

FiniteHorizonMdp::FiniteHorizonMdp(std::vector<TabularMdp> stages)
    : models_(std::move(stages)), horizon_(static_cast<int>(models_.size())) {
  if (models_.empty()) throw InvalidModel("FiniteHorizonMdp: has no stages");
  for (std::size_t h = 1; h < models_.size(); ++h) {
    if (models_[h].num_states() != models_[0].num_states()) {
      throw InvalidModel(fmt::format("FiniteHorizonMdp: stage {} has {}, stage 0 has {}", h,
                                     counted(models_[h].num_states(), "state"), models_[0].num_states()));
    }
  }
}

}  // namespace bellwether::mdp
