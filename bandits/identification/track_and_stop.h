#pragma once

#include <memory>
#include <string>

#include "bandits/agent.h"
#include "bandits/identification/evidence.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// Plays the shares w* of the means so far (D-tracking: first any arm with less than sqrt(t) - K / 2 pulls), stops by
/// Chernoff's rule (Garivier, Kaufmann 2016).
struct TrackAndStopOptions : EvidenceOptions {};

template <class Field>
void describe(TrackAndStopOptions& o, Field&& field) {
  describe_evidence(o, field);
}

std::unique_ptr<Agent> make_track_and_stop(const World& world, const TrackAndStopOptions& options,
                                           const Stream& stream);

/// Plays the best arm of a posterior draw, or with probability 1/2 a challenger: that of another draw (ttts, Russo
/// 2016), or the arm against which there is least evidence (t3c, Shang et al. 2020). Stops by the same rule.
struct TopTwoOptions : EvidenceOptions {
  std::string challenger = "t3c";
};

template <class Field>
void describe(TopTwoOptions& o, Field&& field) {
  describe_evidence(o, field);
  field("challenger", o.challenger, one_of({"t3c", "ttts"}), "least evidence against it, or best of another draw");
}

std::unique_ptr<Agent> make_top_two(const World& world, const TopTwoOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
