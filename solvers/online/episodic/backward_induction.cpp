#include "solvers/online/episodic/backward_induction.h"

namespace bellwether::online {

BackwardInduction::BackwardInduction(const EpisodicWorld& world, const InductionOptions& options)
    : state_begin_(world.state_begin),
      states_(world.num_states()),
      choices_(world.num_choices()),
      words_(ReaderMasks::words(choices_)),
      horizon_(world.horizon),
      per_stage_(options.per_stage),
      monotone_(options.monotone),
      incremental_(options.incremental),
      cap_(options.cap),
      q_(at(horizon_, 0, choices_)),
      v_(at(horizon_ + 1, 0, states_)),
      waiting_(at(horizon_, 0, words_)),
      touched_(static_cast<std::size_t>(words_)),
      seen_(at(per_stage_ ? horizon_ : 1, 0, words_)),
      states_waiting_(static_cast<std::size_t>(ReaderMasks::words(states_))),
      readers_(at(per_stage_ ? horizon_ : 1, 0, states_)) {
  for (int s = 0; s < states_; ++s)
    for (auto c = state_begin_[static_cast<std::size_t>(s)]; c < state_begin_[static_cast<std::size_t>(s) + 1]; ++c)
      state_of_.push_back(s);
  if (!options.trust_unseen) return;
  for (int h = 0; h < horizon_; ++h) {
    for (std::int64_t c = 0; c < choices_; ++c) q_[at(h, c, choices_)] = most(h);
    for (int s = 0; s < states_; ++s) v_[at(h, s, states_)] = most(h);
  }
}

}  // namespace bellwether::online
