#include "mdp/io/csv_name_list.h"

namespace bellwether::mdp {

std::int32_t CsvNameList::number(std::string_view name) {
  const auto name_of = [this](std::int32_t i) { return (*this)[static_cast<std::size_t>(i)]; };
  if (const std::int32_t known = table_.find(name, name_of); known >= 0) return known;
  const auto added = static_cast<std::int32_t>(size());
  text_.append(name);
  end_.push_back(text_.size());
  table_.add(added, name_of);
  return added;
}

std::vector<std::string> CsvNameList::take() {
  table_ = {};
  std::vector<std::string> names;
  names.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) names.emplace_back((*this)[i]);
  text_ = {};
  end_ = {};
  return names;
}

void CsvNameList::clear() {
  text_.clear();
  end_.clear();
  if (!table_.empty()) table_.clear();
}

}  // namespace bellwether::mdp
