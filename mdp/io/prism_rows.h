#pragma once

#include <cstdint>

#include "mdp/io/assembly.h"
#include "mdp/io/prism.h"
#include "mdp/io/remarks.h"

namespace bellwether::mdp {

/// What a .tra file says beside its rows.
struct PrismShape {
  bool storm = false;  ///< the dialect of Storm and MRMC: no counts
  bool chain = false;  ///< a DTMC: lines without a choice
  std::int64_t states = 0, choices = 0, transitions = 0;
};

/// The content of a .tra file.
struct PrismRows {
  PrismShape shape;
  Remarks remarks;
  Assembly assembly;
  ChoiceLabels labels;
};

PrismRows read_prism_rows(const PrismText& file);

/// A reward structure of a model with these rows.
RewardParts read_prism_rewards(const PrismRewardTexts& texts, const PrismRows& rows);

}  // namespace bellwether::mdp
