#pragma once

#include <span>
#include <string_view>

#include "solvers/online/average/learner.h"
#include "solvers/online/constrained/learner.h"
#include "solvers/online/discounted/learner.h"
#include "solvers/online/episodic/learner.h"
#include "solvers/online/generative/learner.h"

namespace bellwether::online {

/// All learners of episodic tasks, those that stop by themselves among them.
std::span<const EpisodicLearner> episodic_table();
/// All learners of the long run.
std::span<const AverageLearner> average_table();
/// All learners of constrained tasks.
std::span<const ConstrainedLearner> constrained_table();
/// All learners of discounted models in episodes that end by chance.
std::span<const DiscountedLearner> discounted_table();
/// All learners with a generative model.
std::span<const GenerativeLearner> generative_table();

// InvalidOption, with what was probably meant, when there is none of this name.
const EpisodicLearner& find_episodic(std::string_view name);
const AverageLearner& find_average(std::string_view name);
const ConstrainedLearner& find_constrained(std::string_view name);
const DiscountedLearner& find_discounted(std::string_view name);
const GenerativeLearner& find_generative(std::string_view name);

/// How a learner of this name meets a model: a name in both tables is episodic. InvalidOption as above.
Protocol protocol_of(std::string_view name);

}  // namespace bellwether::online
