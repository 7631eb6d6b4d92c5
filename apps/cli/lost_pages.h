#pragma once

namespace bellwether::cli {

/// Model files are mapped into memory. When another program cuts one short (or overwrites it in place, which begins
/// with that) the pages behind its new end are gone, and touching one raises SIGBUS. From here on that ends the
/// program with one line on standard error, which names the file, and exit code 2.
void explain_lost_pages();

}  // namespace bellwether::cli
