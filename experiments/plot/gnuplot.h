#pragma once

#include <optional>
#include <string>

#include "experiments/plot/figure.h"

namespace bellwether::experiments {

/// Draws the figure into a file, told by its extension: .svg, .png or .pdf; or writes the gnuplot program itself (.gp).
/// What went wrong (no gnuplot on this machine, say) comes back as text: a figure is never worth losing a run for.
/// InvalidOption for another extension.
std::optional<std::string> draw(const Figure& figure, const std::string& path);

/// InvalidOption unless draw() can write such a file: by its extension, and into its folder.
void require_figure_path(const std::string& path);

/// The figure as lines of text for a terminal, or what went wrong as the only line.
std::string text_figure(const Figure& figure, int columns, int rows);

}  // namespace bellwether::experiments
