#include "mdp/policy.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"

namespace bellwether::mdp {
namespace {

constexpr double kRowTolerance = 1e-9;

}  // namespace

Policy Policy::deterministic(std::vector<std::int32_t> choice_of_state) {
  Policy policy;
  policy.choice_ = std::move(choice_of_state);
  return policy;
}

Policy Policy::randomised(std::vector<double> probability) {
  Policy policy;
  policy.probability_ = std::move(probability);
  return policy;
}

Policy Policy::uniform(const TabularMdp& model) {
  std::vector<double> probability(static_cast<std::size_t>(model.num_choices()));
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      probability[static_cast<std::size_t>(c)] = 1.0 / model.num_choices(s);
    }
  }
  return randomised(std::move(probability));
}

void Policy::require_fits(const TabularMdp& model) const {
  if (is_deterministic()) {
    if (choice_.size() != static_cast<std::size_t>(model.num_states())) {
      throw InvalidModel(fmt::format("Policy: has {} for {}",
                                     counted(static_cast<std::int64_t>(choice_.size()), "entry"),
                                     counted(model.num_states(), "state")));
    }
    for (int s = 0; s < model.num_states(); ++s) {
      const std::int32_t k = choice_[static_cast<std::size_t>(s)];
      if (k < 0 || k >= model.num_choices(s)) {
        throw InvalidModel(
            fmt::format("Policy: state {} plays choice {}, it has {}", model.state_name(s), k, model.num_choices(s)));
      }
    }
    return;
  }
  if (probability_.size() != static_cast<std::size_t>(model.num_choices())) {
    throw InvalidModel(fmt::format("Policy: has {} for {}",
                                   counted(static_cast<std::int64_t>(probability_.size()), "probability"),
                                   counted(model.num_choices(), "choice")));
  }
  for (int s = 0; s < model.num_states(); ++s) {
    double sum = 0;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const double p = probability_[static_cast<std::size_t>(c)];
      if (!(p >= 0)) {
        throw InvalidModel(fmt::format("Policy: state {} plays choice {} with probability {}", model.state_name(s),
                                       c - model.first_choice(s), p));
      }
      sum += p;
    }
    if (!(std::abs(sum - 1) <= kRowTolerance)) {
      throw InvalidModel(
          fmt::format("Policy: the probabilities of state {} sum to {}, not 1", model.state_name(s), sum));
    }
  }
}

}  // namespace bellwether::mdp
