#pragma once

#include "bandits/learner.h"

namespace bellwether::bandits {

/// BOLD (Joulani, Gyorgy, Szepesvari 2013): as many copies of a learner as feedback is outstanding, each of which plays
/// again only when its own has come. A learner made of others: it looks its base up in the table of learners.
Learner bold_learner();

}  // namespace bellwether::bandits
