#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mdp/io/model_file.h"

namespace bellwether::mdp {

/// Short lines with wildcards stand for large tables: a file that asks for more entries than this is refused.
inline constexpr std::int64_t kCassandraEntries = std::int64_t{1} << 27;

/// Cassandra's .MDP and .POMDP files (those of pomdp-solve). docs/guide/formats.md, "Cassandra", says what is read.
ModelFile read_cassandra(const std::string& path);
ModelFile parse_cassandra(std::string_view text, const std::string& name,
                          std::int64_t most_entries = kCassandraEntries);

/// InvalidModel when the states do not share one set of actions: the format knows no others.
std::vector<std::string> write_cassandra(const ModelFile& file, const std::string& path);

}  // namespace bellwether::mdp
