#include "bandits/bold.h"

#include <cmath>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bandits/nested_settings.h"
#include "bandits/registry.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

struct BoldOptions {
  std::string base = "ucb1", with = "";
};

template <class Field>
void describe(BoldOptions& o, Field&& field) {
  field("base", o.base, any_value(), "the learner that is copied");
  field("with", o.with, any_value(), "its settings: name=value with spaces or ; between them");
}

class Bold final : public Agent {
 public:
  explicit Bold(std::vector<std::unique_ptr<Agent>> copies)
      : copies_(std::move(copies)),
        played_(copies_.size()),
        player_(copies_.size()),
        free_(copies_.size()),
        waits_(copies_.size()) {
    for (std::size_t i = 0; i < copies_.size(); ++i) free_[i] = copies_.size() - 1 - i;
  }

  int choose(const Round& round) override {
    const std::size_t here = slot(round.number);
    if (waits_[here]) free_.push_back(player_[here]);  // of a log's round that was not kept: nothing will come
    last_ = free_.back();
    free_.pop_back();
    player_[here] = last_;
    waits_[here] = true;
    Round own = round;
    own.number = ++played_[last_];
    return copies_[last_]->choose(own);
  }

  void learn(const Feedback& feedback) override {
    const std::size_t copy = player_[slot(feedback.round)];
    waits_[slot(feedback.round)] = false;
    Feedback own = feedback;
    own.round = played_[copy];
    copies_[copy]->learn(own);
    free_.push_back(copy);
  }

  std::span<const double> probabilities() const override { return copies_[last_]->probabilities(); }

 private:
  /// No more rounds are outstanding than there are copies, and they are the last ones.
  std::size_t slot(std::int64_t round) const { return static_cast<std::size_t>(round) % player_.size(); }

  std::vector<std::unique_ptr<Agent>> copies_;
  std::vector<std::int64_t> played_;        // by each copy
  std::vector<std::size_t> player_, free_;  // who played a round; who waits for none, the one used last on top
  std::vector<bool> waits_;                 // whether the feedback of a round is outstanding
  std::size_t last_ = 0;
};

std::unique_ptr<Agent> make_bold(const Bandit& bandit, const World& world, const std::vector<Setting>& settings,
                                 const Stream& stream) {
  BoldOptions options;
  apply_settings("learner", options, settings);
  const Learner& base = find_learner(options.base);
  if (base.name == "bold" || base.protocol != Protocol::kRounds || base.kind != Kind::kArms)
    throw InvalidOption(fmt::format("bold: base is {}, must be a learner of regret on arms", base.name));
  const std::vector<Setting> own = nested_settings("bold", "with", options.with, "constant=practical");
  // What a copy is told of the length: as many copies play at a time as feedback is outstanding on average.
  World part = world;
  const double rounds = static_cast<double>(world.rounds);
  part.largest_delay = part.total_delay = 0;
  part.rounds = static_cast<std::int64_t>(std::ceil(rounds / (static_cast<double>(world.total_delay) / rounds + 1)));
  std::vector<std::unique_ptr<Agent>> copies;
  for (std::int64_t i = 0; i <= world.largest_delay; ++i)
    copies.push_back(base.make(bandit, part, own, stream.child(static_cast<std::uint64_t>(i))));
  return std::make_unique<Bold>(std::move(copies));
}

}  // namespace

Learner bold_learner() {
  Learner row;
  static_cast<LearnerInfo&>(row) = {.name = "bold",
                                    .title = "BOLD (Joulani, Gyorgy, Szepesvari 2013)",
                                    .summary = "copies of another learner, one for all feedback that is outstanding",
                                    .page = "adversarial-bandits",
                                    .protocol = Protocol::kRounds};
  row.index = "that of a copy of the base";
  row.options = [] { return option_rows(BoldOptions{}); };
  row.make = make_bold;
  return row;
}

}  // namespace bellwether::bandits
