#include "mdp/io/petsc.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "mdp/io/assembly.h"
#include "mdp/io/file_bytes.h"

namespace bellwether::mdp {
namespace {

constexpr std::int32_t kMatrixClass = 1211216;
constexpr std::int32_t kDense = -1;

std::int32_t swapped(std::int32_t x) {
  return static_cast<std::int32_t>(__builtin_bswap32(static_cast<std::uint32_t>(x)));
}

double swapped(double x) { return std::bit_cast<double>(__builtin_bswap64(std::bit_cast<std::uint64_t>(x))); }

/// Big-endian numbers of a file, one after the other, never beyond its end.
class BigEndianReader {
 public:
  BigEndianReader(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  template <class T>
  T next() {
    require(sizeof(T));
    T x{};
    std::memcpy(&x, bytes_.data() + position_, sizeof x);
    position_ += sizeof x;
    return swapped(x);
  }

  template <class T>
  std::vector<T> next(std::int64_t count) {
    require(static_cast<std::uint64_t>(count) * sizeof(T));
    std::vector<T> out(static_cast<std::size_t>(count));
    for (T& x : out) x = next<T>();
    return out;
  }

  void expect_end() const {
    if (position_ != bytes_.size()) fail(fmt::format("{} bytes follow the matrix", bytes_.size() - position_));
  }

  [[noreturn]] void fail(const std::string& message) const { throw ParseError(fmt::format("{}: {}", name_, message)); }

 private:
  void require(std::uint64_t size) const {
    if (size > bytes_.size() - position_) {
      fail(fmt::format("ends after {} bytes, {} more are announced: the file is truncated or damaged", bytes_.size(),
                       size - (bytes_.size() - position_)));
    }
  }

  std::string_view bytes_;
  const std::string& name_;
  std::size_t position_ = 0;
};

/// A matrix by rows; a dense one lists every column.
struct PetscMatrix {
  std::int32_t rows = 0, columns = 0;
  bool dense = false;
  std::vector<std::int64_t> row_begin{0};
  std::vector<std::int32_t> column;
  std::vector<double> value;
};

PetscMatrix parse_matrix(std::string_view bytes, const std::string& name) {
  BigEndianReader in(bytes, name);
  const auto kind = in.next<std::int32_t>();
  if (kind != kMatrixClass)
    in.fail(fmt::format("is no PETSc matrix (it starts with {}, a matrix with {})", kind, kMatrixClass));
  PetscMatrix matrix;
  matrix.rows = in.next<std::int32_t>();
  matrix.columns = in.next<std::int32_t>();
  const auto entries = in.next<std::int32_t>();
  if (matrix.rows < 1 || matrix.columns < 1 || entries < kDense) {
    in.fail(fmt::format("announces a matrix of {} x {} with {} entries", matrix.rows, matrix.columns, entries));
  }
  if (entries == kDense) {
    matrix.dense = true;
    matrix.value = in.next<double>(std::int64_t{matrix.rows} * matrix.columns);
    for (std::int32_t r = 0; r < matrix.rows; ++r) matrix.row_begin.push_back(matrix.row_begin.back() + matrix.columns);
  } else {
    for (const std::int32_t length : in.next<std::int32_t>(matrix.rows)) {
      if (length < 0) in.fail(fmt::format("row {} has length {}", matrix.row_begin.size() - 1, length));
      matrix.row_begin.push_back(matrix.row_begin.back() + length);
    }
    if (matrix.row_begin.back() != entries)
      in.fail(fmt::format("its rows have {} entries, its header says {}", matrix.row_begin.back(), entries));
    matrix.column = in.next<std::int32_t>(entries);
    for (const std::int32_t c : matrix.column) {
      if (c < 0 || c >= matrix.columns)
        in.fail(fmt::format("column {} is out of range, there are {}", c, matrix.columns));
    }
    matrix.value = in.next<double>(entries);
  }
  in.expect_end();
  return matrix;
}

/// g(s, a) for all pairs, 0 where a sparse matrix is silent.
std::vector<double> dense_values(const PetscMatrix& matrix) {
  if (matrix.dense) return matrix.value;
  std::vector<double> out(static_cast<std::size_t>(matrix.rows) * static_cast<std::size_t>(matrix.columns), 0.0);
  for (std::int32_t r = 0; r < matrix.rows; ++r) {
    for (std::int64_t i = matrix.row_begin[static_cast<std::size_t>(r)];
         i < matrix.row_begin[static_cast<std::size_t>(r) + 1]; ++i) {
      const auto k = static_cast<std::size_t>(i);
      out[static_cast<std::size_t>(r) * static_cast<std::size_t>(matrix.columns) +
          static_cast<std::size_t>(matrix.column[k])] = matrix.value[k];
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

ModelFile model_of(const PetscMatrix& p, const PetscMatrix& g, const std::string& name) {
  if (p.columns != g.rows || static_cast<std::int64_t>(g.rows) * g.columns != p.rows) {
    throw ParseError(fmt::format(
        "{}: P is {} x {} and g is {} x {}; P must have S * A rows and S columns where g has S rows and A columns",
        name, p.rows, p.columns, g.rows, g.columns));
  }
  const std::vector<double> cost = dense_values(g);
  ModelData data;
  std::vector<std::int64_t> state_begin{0}, choice_begin{0};
  std::vector<std::int32_t> successor, action;
  std::vector<double> probability, expected;
  bool all_actions = true;
  for (std::int64_t row = 0; row < p.rows; ++row) {
    const double c = cost[static_cast<std::size_t>(row)];
    if (std::isnan(c))
      throw ParseError(
          fmt::format("{}: the cost of (s={}, a={}) is not a number", name, row / g.columns, row % g.columns));
    if (!std::isinf(c) && append_row(p, row, successor, probability, name)) {
      choice_begin.push_back(static_cast<std::int64_t>(successor.size()));
      expected.push_back(c);
      action.push_back(static_cast<std::int32_t>(row % g.columns));
    } else {
      all_actions = false;
    }
    if (row % g.columns == g.columns - 1) state_begin.push_back(static_cast<std::int64_t>(expected.size()));
  }
  data.state_begin = std::move(state_begin);
  data.choice_begin = std::move(choice_begin);
  data.successor = std::move(successor);
  data.probability = std::move(probability);
  data.rewards = {{.name = "g", .expected = std::move(expected), .by_transition = {}}};
  if (!all_actions) data.action = std::move(action);
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

void write_transitions(const TabularMdp& model, int actions, const std::string& path) {
  FileWriter file(path);
  append(file, kMatrixClass);
  append(file, static_cast<std::int32_t>(std::int64_t{model.num_states()} * actions));
  append(file, static_cast<std::int32_t>(model.num_states()));
  append(file, static_cast<std::int32_t>(model.num_transitions()));
  for (int s = 0; s < model.num_states(); ++s) {
    std::vector<std::int32_t> lengths(static_cast<std::size_t>(actions), 0);
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      lengths[static_cast<std::size_t>(model.action(c))] = static_cast<std::int32_t>(model.successors(c).size());
    }
    for (const std::int32_t length : lengths) append(file, length);
  }
  for (const std::int32_t next : model.successor()) append(file, next);
  for (const double p : model.probability()) append(file, p);
  file.commit();
}

void write_costs(const ModelFile& source, int actions, const std::string& path) {
  const TabularMdp& model = source.model;
  FileWriter file(path);
  append(file, kMatrixClass);
  append(file, static_cast<std::int32_t>(model.num_states()));
  append(file, static_cast<std::int32_t>(actions));
  append(file, kDense);
  for (int s = 0; s < model.num_states(); ++s) {
    std::vector<double> row(static_cast<std::size_t>(actions), std::numeric_limits<double>::infinity());
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      row[static_cast<std::size_t>(model.action(c))] = source.rewards_are_costs ? model.reward(c) : -model.reward(c);
    }
    for (const double x : row) append(file, x);
  }
  file.commit();
}

/// Rows of P stand in the order of the identifiers, so these must ascend in each state.
void require_ascending_actions(const TabularMdp& model, const std::string& path) {
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s) + 1; c < model.first_choice(s + 1); ++c) {
      if (model.action(c - 1) >= model.action(c)) {
        throw InvalidOption(fmt::format("{}: a PETSc pair needs the actions of state {} in ascending order", path, s));
      }
    }
  }
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
  int actions = 0;
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      actions = std::max(actions, model.action(c) + 1);
  }
  const std::int64_t limit = std::numeric_limits<std::int32_t>::max();
  if (std::int64_t{model.num_states()} * actions > limit || model.num_transitions() > limit) {
    throw InvalidOption(fmt::format("{}: the model is too large for PETSc's 32-bit files", path));
  }
  require_ascending_actions(model, path);
  write_transitions(model, actions, names.transitions);
  write_costs(file, actions, names.costs);
  std::vector<std::string> lost = losses(file, {.minimisation = true});
  if (!file.rewards_are_costs) lost.emplace_back("the sign of the rewards (they are written as costs)");
  return lost;
}

}  // namespace bellwether::mdp
