// `rookery user export` and `rookery user import`: accounts to and from files of the portable
// format (XEP-0227).
#pragma once

#include <filesystem>
#include <string>

#include "app/administration.h"
#include "base/result.h"

namespace rookery::app {

/// Writes the account to `output`, which must not exist, or to standard output where it is "". Only
/// its owner may read the file: it has what a password is checked with. On an Error no file is
/// left.
[[nodiscard]] Status export_account(Administration& administration, const std::string& jid,
                                    const std::filesystem::path& output);

/// Makes the accounts of `file`, and prints what became of each. The whole file is read and checked
/// first: where anything of it cannot be had (its XML, a domain, a name that is taken), nothing is
/// made. An account is made whole or not at all; where a later one fails, the Error names it and
/// those before it stay.
[[nodiscard]] Status import_accounts(Administration& administration,
                                     const std::filesystem::path& file);

} // namespace rookery::app
