// The command line of `rookery`.
#pragma once

namespace rookery::app {

/// Returns the exit status: 0 done, 1 it could not be done (the reason is on standard error), 2 the
/// words were wrong.
int run_command_line(int count, char** words);

} // namespace rookery::app
