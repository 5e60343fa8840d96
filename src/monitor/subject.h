/// What can be compared: versions, what nodes made, files of a new batch.
#pragma once

#include <memory>
#include <string>

#include "monitor/drift.h"
#include "run/named_file.h"
#include "run/version_ref.h"

namespace assay::monitor {

/// A side of a comparison, and what must be kept while its rows are read.
struct Subject {
  DriftSide side;
  std::unique_ptr<run::NamedFile> file;     ///< none for what is in the store
  std::unique_ptr<store::StagedFile> rows;  ///< what was read from a file that is no Parquet
};

/// What `name` means beside a reference: `NAME@REF`, a dataset's latest version or `@REF` of the
/// reference's dataset; the newest output of a node (`production`, `checked.refused`); or, where it
/// has a suffix or a slash, a Parquet or CSV file. `split` chooses among rows of versions only;
/// rows of nodes and files have the reference's label. The profile is read only with
/// `with_profile`. kUser for what is not there, kData for a file that cannot be read as a whole.
Result<Subject> FindSubject(run::Session& session, const std::string& name,
                            const run::NamedVersion& reference, const std::string& split,
                            bool with_profile);

/// Compares what `current` means with a version; `split` chooses among rows of versions.
Result<DriftReport> FindDriftFrom(run::Session& session, const run::NamedVersion& reference,
                                  const std::string& current, const std::string& split,
                                  const DriftOptions& options);

/// The commit that `reference` names: a version (`flights_train@v1`), or a model (`late@champion`),
/// then the version it was trained on.
Result<run::NamedVersion> FindReference(run::Session& session, const std::string& reference);

}  // namespace assay::monitor
