#include "mdp/latent/registry.h"

#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/latent/latent_mdp.h"
#include "mdp/latent/pomdp.h"

namespace bellwether::mdp {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

InstanceFile made(const std::string& name, const std::vector<Setting>& settings = {}) {
  return find_file_instance(name).make(settings);
}

std::string complaint(const std::string& name, const std::vector<Setting>& settings) {
  try {
    made(name, settings);
  } catch (const InvalidOption& error) {
    return error.what();
  }
  return "no complaint";
}

TEST(FileInstances, AreSortedAndHoldWhatTheirKindSays) {
  std::string last;
  int hidden = 0;
  for (const FileInstance& instance : file_instance_table()) {
    EXPECT_LT(last, instance.name);
    last = instance.name;
    const ModelFile file = instance.make().file;
    const bool is_hidden = !file.contexts.empty() || file.observations.has_value();
    EXPECT_EQ(is_hidden_instance(instance.name), is_hidden) << instance.name;
    EXPECT_EQ(instance.summary.find("hidden") != std::string::npos, is_hidden) << instance.name;
    hidden += is_hidden ? 1 : 0;
    if (!file.contexts.empty()) EXPECT_EQ(latent_of(file).num_states(), file.model.num_states());
    if (file.observations) EXPECT_EQ(pomdp_of(file).num_observations(), file.observations->count);
  }
  EXPECT_EQ(hidden, 6);
  EXPECT_FALSE(is_hidden_instance("no-such-instance"));
}

TEST(FileInstances, KeepWhatASeenInstanceSays) {
  const InstanceFile grid = made("gridworld", {{"size", "4"}});
  EXPECT_EQ(grid.file.model.num_states(), 16);
  EXPECT_TRUE(grid.file.rewards_are_costs);
  EXPECT_EQ(made("hard-tree").file.stages.size(), 9U);
}

TEST(FileInstances, TakeTheirParameters) {
  const InstanceFile latent =
      made("random-latent", {{"contexts", "3"}, {"size", "4"}, {"horizon", "5"}, {"rest", "2"}});
  EXPECT_EQ(latent.file.contexts.size(), 3U);
  EXPECT_EQ(latent.file.model.num_states(), 4 * 6);
  EXPECT_EQ(latent.question.horizon, 7);
  EXPECT_NE(made("random-latent", {{"seed", "2"}}).file.model.data(), made("random-latent").file.model.data());
  const InstanceFile secret = made("secret-combination", {{"contexts", "3"}, {"secret", "2-0"}});
  const TabularMdp& good = secret.file.contexts.back();
  EXPECT_EQ(good.successors(good.first_choice(0) + 2)[0], 1);
  EXPECT_EQ(good.successors(good.first_choice(1))[0], 2);
  EXPECT_EQ(good.successors(good.first_choice(1) + 1)[0], 3);
  const InstanceFile hard = made("latent-lower-bound", {{"size", "4"}, {"hardest_for", "3200"}, {"horizon", "20"}});
  EXPECT_EQ(hard.question.horizon, 20);
  EXPECT_DOUBLE_EQ(hard.facts.front().value, .5 + .5 * (7.0 / 8) * .1);
  EXPECT_EQ(made("noisy-chain", {{"size", "9"}}).file.observations->count, 9);
  EXPECT_DOUBLE_EQ(*made("tiger", {{"discount", "0.9"}}).file.model.data().discount, .9);
}

// A share `certainty` of each row goes to one state; all of it for 1.
TEST(FileInstances, RandomLatentCanBeCertain) {
  const InstanceFile certain = made("random-latent", {{"certainty", "1"}});
  for (const TabularMdp& context : certain.file.contexts)
    for (std::int64_t c = 0; c < context.num_choices(); ++c) EXPECT_EQ(context.successors(c).size(), 1U);
  const InstanceFile mixed = made("random-latent", {{"certainty", "0.9"}});
  const TabularMdp& context = mixed.file.contexts.front();
  for (std::int64_t c = 0; c < context.num_choices(); ++c) {
    double most = 0, sum = 0;
    for (const double p : context.probabilities(c)) most = std::max(most, p), sum += p;
    EXPECT_GE(most, .9);
    EXPECT_NEAR(sum, 1, 1e-15);
  }
}

TEST(FileInstances, SayWhatIsWrong) {
  EXPECT_THAT([] { find_file_instance("tigre"); }, ThrowsMessage<InvalidOption>(HasSubstr("did you mean 'tiger'?")));
  EXPECT_THAT([] { find_file_instance("riverswin"); }, ThrowsMessage<InvalidOption>(HasSubstr("'riverswim'?")));
  EXPECT_THAT(complaint("tiger", {{"size", "3"}}), HasSubstr("tiger: comes in one size only"));
  EXPECT_THAT(complaint("tiger", {{"accuracy", "1.5"}}), HasSubstr("'accuracy' is 1.5, must be in [0, 1]"));
  EXPECT_THAT(complaint("random-latent", {{"context", "3"}}), HasSubstr("did you mean 'contexts'?"));
  EXPECT_THAT(complaint("random-latent", {{"states", "50000"}}), HasSubstr("transitions, at most"));
  EXPECT_THAT(complaint("random-latent", {{"rest", "1000000"}}), HasSubstr("'rest' is 1000000"));
  EXPECT_THAT(complaint("secret-combination", {{"secret", "0-3-1"}}), HasSubstr("actions from 0 to 2"));
  EXPECT_THAT(complaint("secret-combination", {{"secret", "0-1"}}), HasSubstr("3 actions, one fewer than contexts"));
  EXPECT_THAT(complaint("secret-combination", {{"secret", "0--1"}}), HasSubstr("'0--1'"));
  EXPECT_THAT(complaint("latent-lower-bound", {{"horizon", "3"}}), HasSubstr("at least 6 for these sizes, or 0"));
}

}  // namespace
}  // namespace bellwether::mdp
