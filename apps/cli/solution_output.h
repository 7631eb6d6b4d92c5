#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/planner.h"
#include "apps/cli/question.h"
#include "mdp/io/remarks.h"
#include "solvers/solution.h"

namespace bellwether::cli {

/// What an exact proof adds to an answer.
struct ExactAnswer {
  std::string value;                ///< expected over the initial distribution, "14/17"
  std::vector<std::string> values;  ///< one a state (first stage)
  std::string statement;            ///< a sentence: what was proved, how the numbers were read
};

/// Everything that is said about one run of `solve`.
struct Answer {
  std::string file;
  std::string typed;                 ///< the file name and the options, as they could be typed again
  std::optional<Question> question;  ///< always there once the file is read
  solvers::Solution solution;
  std::shared_ptr<const Addition> addition;  ///< what a class of models beyond plain ones has to say; or null
  double load_seconds = 0, solve_seconds = 0;
  std::optional<ExactAnswer> exact;
};

/// Whether the user or the iteration limit stopped the planner so early that nothing is known: neither values nor a
/// bound on one side.
bool stopped_unproven(const Answer& answer);

/// Expected value over the initial distribution; NaN where it is not known.
double initial_value(const Answer& answer);

/// One JSON object, as docs/guide/command-line.md describes it, handed over piece by piece.
void write_json(const Answer& answer, const std::function<void(std::string_view)>& out);

/// The answer for a reader at the terminal; `all_states` lists every state rather than the first few.
std::string answer_text(const Answer& answer, bool all_states);

/// Where --output goes: CSV, or the JSON object, by its extension. Made before the work, so that a name that cannot be
/// written costs no solve; the file appears, or is replaced, in one step.
class AnswerFile {
 public:
  explicit AnswerFile(const std::string& path);
  bool is_json() const { return json_; }
  void save(const Answer& answer);

 private:
  bool json_;
  mdp::TextSink sink_;
};

}  // namespace bellwether::cli
