#include "experiments/engine/worlds/model_worlds.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "experiments/engine/failure.h"
#include "mdp/instances/registry.h"

namespace bellwether::experiments {

const mdp::NamedInstance& small_model() {
  static const mdp::NamedInstance small = mdp::make_instance("riverswim", {{"states", "2"}});
  return small;
}

std::string minimise_line(const InstanceVariant& instance) {
  return instance.model().question.minimise ? "minimise\n" : "";
}

std::string discount_lines(const InstanceVariant& instance) {
  return fmt::format("discount {}\n{}\n", exact_text(instance.discount),
                     instance.model().question.minimise ? "minimise" : "maximise");
}

void require_discount(const InstanceVariant& instance, std::string_view learner) {
  const bool said = std::ranges::find(instance.settings, "discount", &Setting::first) != instance.settings.end();
  if (instance.discount == 0 && said)  // of a family that has the setting
    fail(instance.place,
         fmt::format("{}: discount is 0, and {} needs one above 0 and below 1", instance.label, learner));
  if (instance.discount == 0)
    fail(instance.place, fmt::format("{} has no discount of its own, and {} needs one; {}", instance.label, learner,
                                     asked_for(instance, "discount", "--discount G")));
  if (!instance.model().stages.empty())
    fail(instance.place, fmt::format("the stages of {} differ; {} needs one model for all", instance.label, learner));
}

std::string asked_for(const InstanceVariant& instance, std::string_view setting, std::string_view option) {
  return instance.place.empty() ? fmt::format("give {}", option) : fmt::format("set {}", setting);
}

// Every learner of episodes, and the task itself, keeps a number for each stage and choice.
void require_horizon(const InstanceVariant& instance, std::string_view learner) {
  constexpr std::int64_t kMostStageChoices = std::int64_t{1} << 31;  // 16 GiB of doubles
  if (instance.horizon == 0)
    fail(instance.place, fmt::format("{} has no horizon of its own, and {} plays episodes; {}", instance.label, learner,
                                     asked_for(instance, "horizon", "--horizon H")));
  const std::int64_t choices = instance.model().model.num_choices();
  if (instance.horizon > kMostStageChoices / choices)
    fail(instance.place, fmt::format("{}: horizon is {}, with {} choices at each stage that is beyond the tables of "
                                     "learners, which end at a horizon of {}",
                                     instance.label, grouped(instance.horizon), grouped(choices),
                                     grouped(kMostStageChoices / choices)));
}

}  // namespace bellwether::experiments
