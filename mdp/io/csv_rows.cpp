#include "mdp/io/csv_rows.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "core/parallel.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {
namespace {

constexpr std::size_t kLargestPart = std::size_t{1} << 18;
constexpr std::size_t kSmallestPart = std::size_t{1} << 14;
constexpr std::size_t kParts = 512;                           // of a file that is neither small nor large
constexpr std::size_t kReleaseAtOnce = std::size_t{1} << 18;  // bytes of text
constexpr int kThreads = 64;                                  // at most

/// All names of a file, numbered by first appearance after those that the header lists.
class FileNames {
 public:
  FileNames(const std::vector<std::string>& declared, std::string_view kind, const std::string& file) {
    for (const std::string& name : declared) {
      const std::size_t before = list_.size();
      list_.number(name);
      if (list_.size() == before) fail_at(file, 0, fmt::format("the header names two {} {}", kind, quoted(name)));
    }
  }
  /// The number of each name of a part, which comes next in the file.
  std::vector<std::int32_t> numbers_of(const CsvNameList& part) {
    std::vector<std::int32_t> numbers;
    numbers.reserve(part.size());
    for (std::size_t i = 0; i < part.size(); ++i) numbers.push_back(list_.number(part[i]));
    return numbers;
  }
  std::vector<std::string> take() { return list_.take(); }

 private:
  CsvNameList list_;
};

/// Reads a file part by part. Threads take the parts in the order of the file and whoever ends one appends what is
/// complete to the rows, so little stands beside them and no thread waits for another that was held up.
class RowsReader {
 public:
  RowsReader(std::string_view bytes, const CsvHeader& header, const std::string& name, const ReleaseText& release,
             CsvUsesNames uses)
      : bytes_(bytes),
        header_(header),
        name_(name),
        release_(release),
        uses_(uses),
        states_(header.state_names, "states", name),
        actions_(header.action_names, "actions", name),
        taken_to_(header.body),
        released_to_(header.body) {
    const auto numbers = static_cast<std::size_t>(std::count_if(
        header.columns.begin(), header.columns.end(), [](const CsvColumn& c) { return c.role == CsvRole::kNumber; }));
    rows_.numbers.resize(numbers);
    for (int i = 0; i < 2 * std::min(thread_count(), kThreads); ++i) slots_.emplace_back(numbers);
    part_bytes_ = std::clamp((bytes.size() - header.body) / kParts, kSmallestPart, kLargestPart);
  }

  CsvRows read() {
    parallel_for(kThreads, static_cast<std::int64_t>(bytes_.size() - header_.body),
                 [&](std::int64_t, std::int64_t) { work(); });
    if (error_) std::rethrow_exception(error_);
    if (uses_.states) rows_.state_names = states_.take();
    if (uses_.actions) rows_.action_names = actions_.take();
    return std::move(rows_);
  }

 private:
  struct Slot {
    CsvPart part;
    std::size_t begin = 0, end = 0;  ///< its text
    bool complete = false;
    std::exception_ptr error;

    explicit Slot(std::size_t numbers) : part(numbers) {}
  };

  /// Takes part after part until there is none left or one was wrong.
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      joined_some_.wait(lock, [&] { return nothing_left() || num_taken_ - num_joined_ < slots_.size(); });
      if (nothing_left()) return;
      Slot& slot = slots_[num_taken_++ % slots_.size()];
      slot.begin = taken_to_;
      slot.end = taken_to_ = line_start_after(taken_to_ + part_bytes_);
      lock.unlock();
      parse(slot);
      lock.lock();
      slot.complete = true;
      join_complete();
      joined_some_.notify_all();
    }
  }

  bool nothing_left() const { return error_ || taken_to_ == bytes_.size(); }

  std::size_t line_start_after(std::size_t at) const {
    const std::size_t newline = bytes_.find('\n', std::min(at, bytes_.size()));
    return newline == std::string_view::npos ? bytes_.size() : newline + 1;
  }

  void parse(Slot& slot) const {
    try {
      slot.part.clear();
      read_csv_part(bytes_, slot.begin, slot.end, header_, name_, uses_, slot.part);
    } catch (...) {
      slot.error = std::current_exception();
    }
  }

  /// In the order of the file, so that the result, or the error, is the same whoever comes first.
  void join_complete() {
    while (!error_ && num_joined_ < num_taken_) {
      Slot& slot = slots_[num_joined_ % slots_.size()];
      if (!slot.complete) return;
      error_ = slot.error;
      try {
        if (!error_) join(slot.part);
      } catch (...) {
        error_ = std::current_exception();
      }
      slot.complete = false;
      if (num_joined_++ == 0) reserve_rest(slot.end);
      if (slot.end - released_to_ < kReleaseAtOnce) continue;
      release_(bytes_.substr(released_to_, slot.end - released_to_));
      released_to_ = slot.end;
    }
  }

  void join(CsvPart& part) {
    if (part.runs.empty()) return;
    translate(part);
    const bool continues = !rows_.runs.empty() && rows_.runs.back() == part.runs[0];
    for (std::size_t k = 0; k < rows_.numbers.size(); ++k) join_numbers(part, k, continues);
    for (std::size_t r = continues ? 1 : 0; r < part.runs.size(); ++r) {
      rows_.runs.push_back(part.runs[r]);
      rows_.run_begin.push_back(rows_.num_rows() + part.run_begin[r]);
    }
    rows_.next.append(part.next);
    rows_.probability.append(part.probability);
    rows_.largest_next = std::max(rows_.largest_next, part.largest_next);
  }

  /// From the part's own numbers of names to the file's.
  void translate(CsvPart& part) {
    if (uses_.states) {
      const std::vector<std::int32_t> numbers = states_.numbers_of(part.state_names);
      for (CsvRun& run : part.runs) run.state = numbers[static_cast<std::size_t>(run.state)];
      for (std::int32_t& next : part.next) next = numbers[static_cast<std::size_t>(next)];
      part.largest_next = -1;  // the names tell how many states there are
    }
    if (uses_.actions) {
      const std::vector<std::int32_t> numbers = actions_.numbers_of(part.action_names);
      for (CsvRun& run : part.runs) run.action = numbers[static_cast<std::size_t>(run.action)];
    }
  }

  /// `continues`: the first run of the part is the last one so far.
  void join_numbers(CsvPart& part, std::size_t k, bool continues) {
    CsvNumbers &whole = rows_.numbers[k], &added = part.numbers[k];
    if (continues && !whole.by_row && !added.by_row) {
      // What has no possible row says nothing.
      const std::int64_t rows_there = part.runs.size() > 1 ? part.run_begin[1] : part.num_rows();
      const bool none_here = rows_.run_begin.back() == rows_.num_rows();
      if (rows_there == 0) added.values[0] = whole.values.back();
      if (none_here) whole.values.back() = added.values[0];
    }
    const bool seam_differs = continues && !whole.by_row && !added.by_row && whole.values.back() != added.values[0];
    if ((added.by_row || seam_differs) && !whole.by_row) whole.expand(rows_.begins(), rows_.num_rows());
    if (whole.by_row && !added.by_row) added.expand({part.run_begin.data(), part.run_begin.size()}, part.num_rows());
    const std::size_t skip = continues && !whole.by_row ? 1 : 0;
    whole.values.append(std::span<const double>(added.values).subspan(skip));
  }

  /// Room for the rows that are still to come, judged by those up to here; only what is used becomes memory.
  void reserve_rest(std::size_t at) {
    const double share = static_cast<double>(at - header_.body) / static_cast<double>(bytes_.size() - header_.body);
    const auto reserve = [&](auto& numbers) {
      numbers.reserve(static_cast<std::size_t>(static_cast<double>(numbers.size()) / share * 1.1) + 1024);
    };
    reserve(rows_.next);
    reserve(rows_.probability);
    reserve(rows_.run_begin);
    for (CsvNumbers& column : rows_.numbers) reserve(column.values);
  }

  const std::string_view bytes_;
  const CsvHeader& header_;
  const std::string& name_;
  const ReleaseText& release_;
  const CsvUsesNames uses_;
  std::size_t part_bytes_ = 0;

  std::mutex mutex_;  // guards what follows; a slot between its taking and its completion is its reader's
  std::condition_variable joined_some_;
  FileNames states_, actions_;
  CsvRows rows_;
  std::deque<Slot> slots_;  // part i is in slot i modulo their number
  std::size_t num_taken_ = 0, num_joined_ = 0;
  std::size_t taken_to_, released_to_;
  std::exception_ptr error_;
};

}  // namespace

CsvRows parse_csv_rows(std::string_view bytes, const CsvHeader& header, const std::string& name,
                       const ReleaseText& release) {
  CsvUsesNames uses{.states = !header.state_names.empty(), .actions = !header.action_names.empty()};
  for (;;) {
    try {
      return RowsReader(bytes, header, name, release, uses).read();
    } catch (const CsvUsesNames& also) {
      uses = {uses.states || also.states, uses.actions || also.actions};
    }
  }
}

}  // namespace bellwether::mdp
