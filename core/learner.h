#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/options.h"

namespace bellwether {

/// The factor on a learner's bonus (its confidence width, its noise): what theory asks for, the one that its page calls
/// practical, or any number. Legends and tables carry label(): a scaled run never claims the theorem.
class Constant {
 public:
  /// `text` is "theory", "practical" or a non-negative number; InvalidOption otherwise.
  Constant(std::string_view learner, std::string_view text, double practical);

  double factor() const { return factor_; }
  bool is_theory() const { return factor_ == 1; }
  /// "theory", "practical 0.01", "0.003".
  const std::string& label() const { return label_; }

 private:
  double factor_ = 1;
  std::string label_;
};

/// How a learner meets a world, and what is measured of it.
enum class Protocol {
  kEpisodic,        ///< episodes of a fixed horizon; regret
  kAverage,         ///< one endless run; regret against the gain
  kStopping,        ///< episodes until the learner is sure of its answer; the number of episodes and the answer's error
  kConstrained,     ///< episodes with limits on expected costs; regret and what was broken
  kDiscounted,      ///< episodes of a discounted model that end by chance; regret
  kGenerative,      ///< samples of any choice on demand; the answer's error
  kRounds,          ///< one round after another of a bandit; regret
  kIdentification,  ///< rounds of a bandit until the learner names an arm; their number and whether it is the best
};

/// "episodic", "average", "stopping", "constrained", "discounted", "generative", "rounds", "identification".
std::string_view to_string(Protocol protocol);
/// What the length of a run counts: "episodes", "steps", "samples" (of each choice) or "rounds".
std::string_view length_name(Protocol protocol);
/// Its letter in formulas: "K", "T", "n".
std::string_view length_symbol(Protocol protocol);

/// What experiments and lists know of a learner whatever its protocol; the tables of each protocol add how to make it.
struct LearnerInfo {
  std::string_view name = {};     ///< "ucbvi-bf"
  std::string_view title = {};    ///< "UCBVI-BF (Azar, Osband, Munos 2017)"
  std::string_view summary = {};  ///< one line
  std::string_view page = {};     ///< its page in docs/papers
  Protocol protocol = Protocol::kEpisodic;
  double practical = 1;  ///< the constant called practical
  /// Raised whenever the same settings and stream give other numbers: stored results are then not taken for new ones.
  int results_version = 1;
};

/// The label of the constant among these settings ("theory" when it is not set); empty when the learner has none.
std::string constant_label(const LearnerInfo& info, const std::vector<OptionRow>& options,
                           const std::vector<Setting>& settings);

/// InvalidOption unless there are no settings: for learners without options.
void require_none(std::string_view learner, const std::vector<Setting>& settings);

}  // namespace bellwether
