/// Readers of the project file's sections, one entry at a time. They report what is wrong and
/// return what could be read; the project is dropped when there was an error.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "contract/project.h"
#include "contract/text_files.h"
#include "contract/value_reader.h"

namespace assay::contract {

Declared ReadStep(const YamlEntry& entry, const KindTables& kinds, ValueReader& values);
Dataset ReadDataset(const YamlEntry& entry, const KindTables& kinds, ValueReader& values);

/// `tags`, `timeout`, `retries` and `retry_wait` of a node.
Execution ReadExecution(MappingReader& mapping, ValueReader& values);

FeedbackStream ReadFeedbackStream(const YamlEntry& entry, ValueReader& values);

RetrainPolicy ReadPolicy(const YamlEntry& entry, const KindTables& kinds, ValueReader& values);
/// Names in a policy that only the whole project knows: its dataset, and what signals refer to.
void CheckPolicy(const RetrainPolicy& policy, const Project& project, const KindTables& kinds,
                 Diagnostics& diagnostics);

/// The contracts of a project; each is read once, so its errors are reported once.
class ContractFiles {
 public:
  ContractFiles(TextFiles& files, const KindTables& kinds) : files_(files), kinds_(kinds) {}
  /// The contract at `path`; `place` is where the path stands.
  std::optional<Contract> Read(const std::string& path, const Place& place,
                               Diagnostics& diagnostics);

 private:
  TextFiles& files_;
  const KindTables& kinds_;
  std::map<std::string, std::optional<Contract>> read_;
};

Declared ReadSource(const YamlEntry& entry, const KindTables& kinds, ContractFiles& contracts,
                    ValueReader& values);

Gate ReadGate(const YamlEntry& entry, const KindTables& kinds, ContractFiles& contracts,
              ValueReader& values);

/// The kind of the `kind:` key, or of `inferred` when the key is absent; reports an unknown name.
const KindInfo* ReadKind(MappingReader& mapping, const std::vector<KindInfo>& kinds,
                         const std::string& inferred, ValueReader& values);

/// `command: [PROGRAM, ARGUMENT, …]`; nothing, and a message, where there is none. A missing one is
/// reported at `place`.
std::optional<Command> ReadCommand(MappingReader& mapping, const Place& place, ValueReader& values);

Monitor ReadMonitor(const YamlEntry& entry, const KindTables& kinds, ValueReader& values);

/// Reports what a monitor names and the project does not have.
void CheckMonitor(const Monitor& monitor, const Project& project, Diagnostics& diagnostics);

}  // namespace assay::contract
