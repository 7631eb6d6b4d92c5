#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/solve.h"

namespace bellwether::studies {

/// What an axis shows.
struct Axis {
  std::string name = {};  ///< with units
  bool logarithmic = false;
};

/// How a series is drawn.
enum class Look {
  kLine,    ///< points joined
  kMarked,  ///< points joined and marked: for few of them
  kPoints,  ///< points alone
  kSteps    ///< y stays what it is until the next x: distribution functions
};

/// One line of a study: what was measured, or what theory says of it.
struct Series {
  std::string name = {};
  std::vector<double> x = {}, y = {};
  std::vector<double> at = {};  ///< what each point was computed for (Study::at); empty: nothing beside x
  Look look = Look::kLine;
  std::string formula = {};  ///< of theory: "discount^k |V* - V_0|"; empty where something was measured
  std::string of = {};       ///< of theory: the measured series it speaks of
  bool from_below = false;   ///< of theory: what was measured lies above it, not below

  bool measured() const { return formula.empty(); }
};

/// A point to be pointed out: the optimum of a linear program.
struct Mark {
  std::string name = {};
  double x = 0, y = 0;
};

/// What a study has found, or a piece of one.
struct Findings {
  std::vector<Series> series = {};
  std::vector<Mark> marks = {};
  std::vector<std::vector<std::string>> numbers = {};  ///< rows below Study::heading
  std::vector<std::string> notes = {};                 ///< sentences below the figure
};

/// A part of a study that needs no other part. It passes the observer on to its solvers, or calls it now and then; once
/// that has said false, what the piece returns is thrown away.
using Piece = std::function<Findings(const Observer&)>;

/// An experiment without learners: curves of one computation, on one pair of axes.
struct Study {
  std::string paper = {};    ///< "reload": the name of its page
  std::string name = {};     ///< "portrait"
  std::string title = {};    ///< above the figure
  std::string summary = {};  ///< one line: what is computed and what to look for
  Axis x = {}, y = {};
  std::string at = {};                    ///< what Series::at counts: "iteration"; empty: nothing
  std::vector<std::string> heading = {};  ///< of the numbers that matter
  /// The pieces, in the order in which they are told. Pure functions: models that are drawn come from fixed streams.
  std::function<std::vector<Piece>()> pieces = nullptr;

  bool slow = false;  ///< takes more than some seconds of computing

  std::string id() const { return paper + "/" + name; }
};

/// How far a study has come.
struct Progress {
  int pieces = 0, done = 0;
};

struct StudyOptions {
  int threads = 0;  ///< 0: as many as the machine has
  /// Called often and by one thread at a time; false stops the study soon.
  std::function<bool(const Progress&)> progress = nullptr;
};

/// The findings of all pieces, joined in their order; `complete` is false, and there is nothing else, when the study
/// was stopped.
struct Outcome {
  bool complete = false;
  Findings findings = {};
};

/// Computes the pieces of a study in parallel: the same bits whatever the number of threads. What a piece throws is
/// thrown here, that of the first piece if there are several. InvalidOption, naming the study and the series, when what
/// it says makes no figure: a series without a name or of a name that is taken, as many x as y no more, theory of a
/// series that is not there, a row of another length than the heading.
Outcome run_study(const Study& study, const StudyOptions& options = {});

}  // namespace bellwether::studies
