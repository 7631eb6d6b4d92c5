#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "core/stream.h"
#include "mdp/linear/linear_structure.h"
#include "mdp/simulate/simulator.h"

namespace bellwether::online {

/// What a learner with a generative model knows before the first sample. Rewards are the learner's: in [0, 1].
struct GenerativeWorld {
  std::span<const std::int64_t> state_begin;   ///< S + 1: the choices of each state
  std::span<const std::int64_t> choice_begin;  ///< C + 1: the places of each choice
  /// The state at each place. A table for counts, not knowledge: what was never drawn has no probability.
  std::span<const std::int32_t> successor;
  std::span<const double> mean_reward;  ///< of each choice
  double discount = 0.9;
  std::int64_t samples = 1;                   ///< how many of each choice there will be
  const mdp::FeatureMap* features = nullptr;  ///< of choices; null: learners of linear MDPs take unit vectors

  int num_states() const { return static_cast<int>(state_begin.size()) - 1; }
  std::int64_t num_choices() const { return state_begin.back(); }
};

/// Next states on demand. Sample j of a choice is a function of the stream, the choice and j, in whatever order choices
/// are asked: all learners meet the same noise. Holds 160 bytes a choice.
class SampleSource {
 public:
  SampleSource(const mdp::Simulator& simulator, const Stream& stream) : simulator_(simulator) {
    streams_.reserve(static_cast<std::size_t>(simulator.model().num_choices()));
    for (std::int64_t c = 0; c < simulator.model().num_choices(); ++c)
      streams_.push_back(stream.child(static_cast<std::uint64_t>(c)));
  }

  /// The state that follows the choice.
  std::int32_t next(std::int64_t choice) {
    ++drawn_;
    return simulator_.draw_next(choice, streams_[static_cast<std::size_t>(choice)]);
  }

  /// `samples` of the choice: adds how often each place of its row was drawn.
  void count(std::int64_t choice, std::int64_t samples, std::span<std::int64_t> counts) {
    drawn_ += samples;
    const mdp::Simulator::Row row = simulator_.row(choice);
    if (row.size == 1) {
      counts[0] += samples;  // takes no draw
      return;
    }
    Stream draws = streams_[static_cast<std::size_t>(choice)];  // a copy, which no store to the counts can change
    for (std::int64_t i = 0; i < samples; ++i)
      ++counts[static_cast<std::size_t>(simulator_.draw_step(choice, row, draws).transition - row.first)];
    streams_[static_cast<std::size_t>(choice)] = draws;
  }

  /// Samples of all choices together.
  std::int64_t drawn() const { return drawn_; }

 private:
  const mdp::Simulator& simulator_;
  std::vector<Stream> streams_;
  std::int64_t drawn_ = 0;
};

/// A learner with a generative model.
class GenerativeAgent {
 public:
  explicit GenerativeAgent(const GenerativeWorld& world)
      : world_(world), q_(static_cast<std::size_t>(world.num_choices()), 0.0) {}
  virtual ~GenerativeAgent() = default;
  GenerativeAgent(const GenerativeAgent&) = delete;
  GenerativeAgent& operator=(const GenerativeAgent&) = delete;

  /// Takes `rounds` samples more of every choice (in all `rounds` times the number of choices, for learners that spend
  /// them unevenly). Two calls are the same as one with the sum.
  virtual void learn(SampleSource& source, std::int64_t rounds) = 0;
  /// Brings q() up to date. Planning that takes long asks who was given to ask() now and then; once that says no, it
  /// ends soon and q() stays as it was.
  virtual void plan() {}
  void ask(std::function<bool()> keep_going) { keep_going_ = std::move(keep_going); }

  /// The estimate of Q*, in the learner's units. The learner's policy takes the largest, the first of equals.
  std::span<const double> q() const { return q_; }

 protected:
  const std::function<bool()>& keep_going() const { return keep_going_; }
  const GenerativeWorld& world() const { return world_; }
  std::vector<double>& estimates() { return q_; }

 private:
  GenerativeWorld world_;
  std::vector<double> q_;
  std::function<bool()> keep_going_;
};

}  // namespace bellwether::online
