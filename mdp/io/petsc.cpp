#include "mdp/io/petsc.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "mdp/io/assembly.h"
#include "mdp/io/file_bytes.h"

namespace bellwether::mdp {
namespace {

constexpr std::int32_t kMatrixClass = 1211216, kVectorClass = 1211214;
constexpr std::int64_t kDense = -1;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::int32_t swapped(std::int32_t x) {
  return static_cast<std::int32_t>(__builtin_bswap32(static_cast<std::uint32_t>(x)));
}
std::int64_t swapped(std::int64_t x) {
  return static_cast<std::int64_t>(__builtin_bswap64(static_cast<std::uint64_t>(x)));
}

double swapped(double x) { return std::bit_cast<double>(__builtin_bswap64(std::bit_cast<std::uint64_t>(x))); }

/// Big-endian numbers of a file, one after the other, never beyond its end. Integers have 32 bits, or 64 when PETSc
/// was configured with 64-bit indices: then the class that begins the file does too, and its upper half is 0.
class BigEndianReader {
 public:
  BigEndianReader(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {
    wide_ = bytes.size() >= 8 && bytes.starts_with(std::string_view("\0\0\0\0", 4));
  }

  std::int64_t integer() { return wide_ ? next<std::int64_t>() : next<std::int32_t>(); }
  void require_integers(std::int64_t count) const { require(count, wide_ ? 8 : 4); }
  std::vector<double> reals(std::int64_t count) {
    require(count, sizeof(double));
    std::vector<double> out(static_cast<std::size_t>(count));
    for (double& x : out) x = next<double>();
    return out;
  }

  void expect_end() const {
    if (position_ != bytes_.size()) fail(fmt::format("{} bytes follow the numbers", bytes_.size() - position_));
  }

  [[noreturn]] void fail(const std::string& message) const { throw ParseError(fmt::format("{}: {}", name_, message)); }

 private:
  template <class T>
  T next() {
    require(1, sizeof(T));
    T x{};
    std::memcpy(&x, bytes_.data() + position_, sizeof x);
    position_ += sizeof x;
    return swapped(x);
  }

  void require(std::int64_t count, std::uint64_t size) const {
    const std::uint64_t left = bytes_.size() - position_;
    if (static_cast<std::uint64_t>(count) > left / size) {
      fail(
          fmt::format("ends after {} bytes, but {} numbers of {} bytes are announced from byte {} on: it is truncated "
                      "or damaged",
                      bytes_.size(), count, size, position_));
    }
  }

  std::string_view bytes_;
  const std::string& name_;
  std::size_t position_ = 0;
  bool wide_ = false;
};

/// A matrix by rows; a dense one lists every column.
struct PetscMatrix {
  std::int64_t rows = 0, columns = 0;
  bool dense = false;
  std::vector<std::int64_t> row_begin{0};
  std::vector<std::int32_t> column;
  std::vector<double> value;
};

void read_sparse(BigEndianReader& in, std::int64_t entries, PetscMatrix& matrix) {
  in.require_integers(matrix.rows);
  matrix.row_begin.reserve(static_cast<std::size_t>(matrix.rows) + 1);
  for (std::int64_t r = 0; r < matrix.rows; ++r) {
    const std::int64_t length = in.integer();
    if (length < 0 || length > entries - matrix.row_begin.back()) {
      in.fail(fmt::format("row {} has length {}, {} of the {} entries are left", r, length,
                          entries - matrix.row_begin.back(), entries));
    }
    matrix.row_begin.push_back(matrix.row_begin.back() + length);
  }
  if (matrix.row_begin.back() != entries) {
    in.fail(fmt::format("its rows have {} entries, its header says {}", matrix.row_begin.back(), entries));
  }
  in.require_integers(entries);
  matrix.column.reserve(static_cast<std::size_t>(entries));
  for (std::int64_t i = 0; i < entries; ++i) {
    const std::int64_t c = in.integer();
    if (c < 0 || c >= matrix.columns)
      in.fail(fmt::format("column {} is out of range, there are {}", c, matrix.columns));
    matrix.column.push_back(static_cast<std::int32_t>(c));
  }
  matrix.value = in.reals(entries);
}

PetscMatrix parse_matrix(std::string_view bytes, const std::string& name) {
  BigEndianReader in(bytes, name);
  const std::int64_t kind = in.integer();
  PetscMatrix matrix;
  if (kind == kVectorClass) {  // all entries of g, state by state
    matrix.rows = in.integer();
    matrix.columns = 1;
    matrix.dense = true;
    if (matrix.rows < 1) in.fail(fmt::format("announces a vector of length {}", matrix.rows));
    matrix.value = in.reals(matrix.rows);
    in.expect_end();
    return matrix;
  }
  if (kind != kMatrixClass) {
    in.fail(fmt::format("is no PETSc matrix (it starts with {}, a matrix with {})", kind, kMatrixClass));
  }
  matrix.rows = in.integer();
  matrix.columns = in.integer();
  const std::int64_t entries = in.integer();
  const std::int64_t limit = std::numeric_limits<std::int32_t>::max();
  if (matrix.rows < 1 || matrix.columns < 1 || matrix.columns > limit || entries < kDense) {
    in.fail(fmt::format("announces a matrix of {} x {} with {} entries", matrix.rows, matrix.columns, entries));
  }
  if (entries == kDense) {
    matrix.dense = true;
    if (matrix.rows > std::numeric_limits<std::int64_t>::max() / matrix.columns) in.fail("announces too many entries");
    matrix.value = in.reals(matrix.rows * matrix.columns);
    for (std::int64_t r = 0; r < matrix.rows; ++r) matrix.row_begin.push_back(matrix.row_begin.back() + matrix.columns);
  } else {
    read_sparse(in, entries, matrix);
  }
  in.expect_end();
  return matrix;
}

/// g(s, a) for all pairs, 0 where a sparse matrix is silent. Its size was compared with that of P, whose rows are in
/// the file, so that a few bytes cannot ask for a large table.
std::vector<double> dense_values(const PetscMatrix& matrix) {
  if (matrix.dense) return matrix.value;
  std::vector<double> out(static_cast<std::size_t>(matrix.rows) * static_cast<std::size_t>(matrix.columns), 0.0);
  for (std::size_t r = 0; r < static_cast<std::size_t>(matrix.rows); ++r) {
    for (auto i = static_cast<std::size_t>(matrix.row_begin[r]); i < static_cast<std::size_t>(matrix.row_begin[r + 1]);
         ++i) {
      out[r * static_cast<std::size_t>(matrix.columns) + static_cast<std::size_t>(matrix.column[i])] += matrix.value[i];
    }
  }
  return out;
}

/// Copies the positive entries of a row of P; false when there are none.
bool append_row(const PetscMatrix& p, std::int64_t row, std::vector<std::int32_t>& successor,
                std::vector<double>& probability, const std::string& name) {
  const std::size_t before = successor.size();
  for (std::int64_t i = p.row_begin[static_cast<std::size_t>(row)]; i < p.row_begin[static_cast<std::size_t>(row) + 1];
       ++i) {
    const double x = p.value[static_cast<std::size_t>(i)];
    if (x == 0) continue;
    if (!(x > 0)) throw ParseError(fmt::format("{}: row {} of P has the entry {}", name, row, x));
    successor.push_back(p.dense ? static_cast<std::int32_t>(i - p.row_begin[static_cast<std::size_t>(row)])
                                : p.column[static_cast<std::size_t>(i)]);
    probability.push_back(x);
  }
  return successor.size() > before;
}

/// The number of actions, once the shapes of the two fit.
std::int64_t count_actions(const PetscMatrix& p, const PetscMatrix& g, const std::string& name) {
  const bool vector = g.dense && g.columns == 1 && g.rows == p.rows && p.rows % p.columns == 0;
  const std::int64_t actions = vector ? p.rows / p.columns : g.columns;
  const bool fits = vector || (p.columns == g.rows && p.rows % g.rows == 0 && p.rows / g.rows == g.columns);
  if (!fits || actions > std::numeric_limits<std::int32_t>::max()) {
    throw ParseError(fmt::format(
        "{}: P is {} x {} and g is {} x {}; P must have S * A rows and S columns where g has S rows and A columns",
        name, p.rows, p.columns, g.rows, g.columns));
  }
  return actions;
}

ModelFile model_of(const PetscMatrix& p, const PetscMatrix& g, const std::string& name) {
  const std::int64_t actions = count_actions(p, g, name);
  const std::vector<double> cost = dense_values(g);
  ModelData data;
  std::vector<std::int64_t> state_begin{0}, choice_begin{0};
  std::vector<std::int32_t> successor, action;
  std::vector<double> probability, expected;
  bool plain = true;  // every state has the actions 0, 1, 2, ... up to some number
  for (std::int64_t row = 0; row < p.rows; ++row) {
    const double c = cost[static_cast<std::size_t>(row)];
    const auto a = static_cast<std::int32_t>(row % actions);
    if (std::isnan(c) || c == -kInfinity) {
      throw ParseError(
          fmt::format("{}: the cost of (s={}, a={}) is {}, must be a number or inf", name, row / actions, a, c));
    }
    if (c != kInfinity && append_row(p, row, successor, probability, name)) {
      plain = plain && a == static_cast<std::int64_t>(expected.size()) - state_begin.back();
      choice_begin.push_back(static_cast<std::int64_t>(successor.size()));
      expected.push_back(c);
      action.push_back(a);
    }
    if (a == actions - 1) state_begin.push_back(static_cast<std::int64_t>(expected.size()));
  }
  data.state_begin = std::move(state_begin);
  data.choice_begin = std::move(choice_begin);
  data.successor = std::move(successor);
  data.probability = std::move(probability);
  data.rewards = {{.name = "g", .expected = std::move(expected), .by_transition = {}}};
  if (!plain) data.action = std::move(action);
  try {
    return {.model = TabularMdp(std::move(data)), .rewards_are_costs = true};
  } catch (const InvalidModel& error) {
    throw InvalidModel(fmt::format("{}: {}", name, error.what()));
  }
}

/// The two names of a pair, whichever of them is given.
struct PairOfNames {
  std::string transitions, costs;
};

PairOfNames pair_of(const std::string& path) {
  const std::filesystem::path whole(path);
  const std::string file = whole.filename().string();
  const auto ends_word = [&](std::size_t i) {
    return i >= file.size() || file[i] == '_' || file[i] == '.' || file[i] == '-';
  };
  for (std::size_t i = 0; i < file.size(); ++i) {
    if ((file[i] != 'P' && file[i] != 'g') || !ends_word(i + 1) || (i > 0 && !ends_word(i - 1))) continue;
    std::string p = file, g = file;
    p[i] = 'P';
    g[i] = 'g';
    return {(whole.parent_path() / p).string(), (whole.parent_path() / g).string()};
  }
  throw ParseError(fmt::format(
      "{}: PETSc files come in pairs whose names have the word P or g, as in maze_P.bin and maze_g.bin", path));
}

template <class T>
void append(FileWriter& file, T x) {
  x = swapped(x);
  file.write({reinterpret_cast<const char*>(&x), sizeof x});
}

/// The choice of each pair (state, identifier), or -1.
std::vector<std::int64_t> choices_by_action(const TabularMdp& model, std::int32_t actions) {
  std::vector<std::int64_t> choices(static_cast<std::size_t>(model.num_states()) * static_cast<std::size_t>(actions),
                                    -1);
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      choices[static_cast<std::size_t>(s) * static_cast<std::size_t>(actions) +
              static_cast<std::size_t>(model.action(c))] = c;
    }
  }
  return choices;
}

/// A row as PETSc wants it: columns ascending, each once.
std::vector<std::pair<std::int32_t, double>> sorted_row(const TabularMdp& model, std::int64_t choice) {
  std::vector<std::pair<std::int32_t, double>> row;
  if (choice < 0) return row;
  for (std::size_t i = 0; i < model.successors(choice).size(); ++i) {
    row.emplace_back(model.successors(choice)[i], model.probabilities(choice)[i]);
  }
  std::stable_sort(row.begin(), row.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < row.size(); ++i) {
    if (row[i].first == row[kept].first) {
      row[kept].second += row[i].second;
    } else {
      row[++kept] = row[i];
    }
  }
  row.resize(kept + 1);
  return row;
}

/// Writes P; true when every row stood as PETSc wants it.
bool write_transitions(const TabularMdp& model, std::span<const std::int64_t> choices, FileWriter& file) {
  std::int64_t entries = 0;
  bool as_it_was = true;
  for (const std::int64_t c : choices) {
    const auto row = sorted_row(model, c);
    entries += static_cast<std::int64_t>(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) as_it_was &= row[i].first == model.successors(c)[i];
    as_it_was &= row.empty() || row.size() == model.successors(c).size();
  }
  append(file, kMatrixClass);
  append(file, static_cast<std::int32_t>(choices.size()));
  append(file, static_cast<std::int32_t>(model.num_states()));
  append(file, static_cast<std::int32_t>(entries));
  for (const std::int64_t c : choices) append(file, static_cast<std::int32_t>(sorted_row(model, c).size()));
  for (const std::int64_t c : choices)
    for (const auto& entry : sorted_row(model, c)) append(file, entry.first);
  for (const std::int64_t c : choices)
    for (const auto& entry : sorted_row(model, c)) append(file, entry.second);
  return as_it_was;
}

/// Writes g as a sparse matrix that lists every entry: PETSc does not load files of dense matrices into it.
void write_costs(const ModelFile& source, std::int32_t actions, std::span<const std::int64_t> choices,
                 FileWriter& file) {
  append(file, kMatrixClass);
  append(file, static_cast<std::int32_t>(source.model.num_states()));
  append(file, actions);
  append(file, static_cast<std::int32_t>(choices.size()));
  for (int s = 0; s < source.model.num_states(); ++s) append(file, actions);
  for (std::size_t i = 0; i < choices.size(); ++i) {
    append(file, static_cast<std::int32_t>(i % static_cast<std::size_t>(actions)));
  }
  for (const std::int64_t c : choices) {
    const double reward = c < 0 ? 0 : source.model.reward(c);
    append(file, c < 0 ? kInfinity : source.rewards_are_costs ? reward : 0.0 - reward);
  }
}

bool actions_ascend(const TabularMdp& model) {
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s) + 1; c < model.first_choice(s + 1); ++c)
      if (model.action(c - 1) >= model.action(c)) return false;
  }
  return true;
}

}  // namespace

ModelFile parse_petsc(std::string_view transitions, std::string_view costs, const std::string& name) {
  return model_of(parse_matrix(transitions, name), parse_matrix(costs, name), name);
}

ModelFile read_petsc(const std::string& path) {
  const PairOfNames names = pair_of(path);
  const FileBytes p = FileBytes::open(names.transitions), g = FileBytes::open(names.costs);
  return model_of(parse_matrix(p.view(), names.transitions), parse_matrix(g.view(), names.costs), names.transitions);
}

std::vector<std::string> write_petsc(const ModelFile& file, const std::string& path) {
  const PairOfNames names = pair_of(path);
  const TabularMdp& model = file.model;
  const std::int64_t actions = num_actions(model.data());
  const std::int64_t limit = std::numeric_limits<std::int32_t>::max();
  if (model.num_states() * actions > limit || model.num_transitions() > limit) {
    throw InvalidOption(fmt::format(
        "output {}: {} states with {} actions and {} transitions are too many for the 32-bit integers of the format",
        path, model.num_states(), actions, model.num_transitions()));
  }
  const auto columns = static_cast<std::int32_t>(actions);
  const std::vector<std::int64_t> choices = choices_by_action(model, columns);
  FileWriter p(names.transitions), g(names.costs);
  const bool as_it_was = write_transitions(model, choices, p);
  write_costs(file, columns, choices, g);
  p.commit();
  g.commit();
  std::vector<std::string> lost = losses(file, {.minimisation = true});
  if (!file.rewards_are_costs) lost.emplace_back("the sign of the rewards (they are written as costs)");
  if (!as_it_was) lost.emplace_back("the order of successors, and several transitions to one of them");
  if (!actions_ascend(model)) lost.emplace_back("the order of the actions");
  return lost;
}

}  // namespace bellwether::mdp
