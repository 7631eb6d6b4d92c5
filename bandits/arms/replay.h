#pragma once

#include <cstdint>
#include <istream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bandits/bandit.h"

namespace bellwether::bandits {

/// What somebody played once: contexts, actions, rewards, and the probability of each action at the time.
struct ActionLog {
  int dimension = 0, arms = 0;
  std::vector<double> contexts = {};  ///< row by row
  std::vector<int> actions = {};
  std::vector<double> rewards = {}, propensities = {};

  std::size_t rows() const { return actions.size(); }
};

/// Lines of numbers with commas between them under a line of names: `action` (0, 1, ...), `reward`, `propensity`, in
/// any order; all other columns are the context. ParseError "name:line: ..." for anything else.
ActionLog read_action_log(std::istream& in, std::string_view name);

/// A log replayed by rejection (Li, Chu, Langford, Wang 2011): a round shows the next row's context; when the learner's
/// choice is the action of the log it gets the reward, else the row is dropped and nothing is learnt. Rows whose action
/// was likelier than the least propensity of the log are dropped at random in proportion, so that what is kept is a
/// sample under uniform choice whatever the policy of the log. Means are nobody's to know: regret is NaN, and
/// Row::observed says how many rows were kept. Every arm shows the row's context, or has a block of coordinates of its
/// own for it.
class ReplayBandit : public Bandit {
 public:
  ReplayBandit(ActionLog log, bool blocks, double parameter_bound);

  World world(std::int64_t rounds) const override;
  /// InvalidOption for more rounds than the log has rows.
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override;
  std::string content() const override;

  /// The most rounds that can be played.
  std::int64_t longest() const { return static_cast<std::int64_t>(log_.rows()); }
  const ActionLog& log() const { return log_; }
  bool blocks() const { return blocks_; }
  double least_propensity() const { return least_propensity_; }

 private:
  ActionLog log_;
  bool blocks_;
  double parameter_bound_, least_propensity_;
};

}  // namespace bellwether::bandits
