// The people of a contract.
#include "base/letter_case.h"
#include "contract/odcs_draft.h"
#include "contract/odcs_unused.h"

namespace assay::contract {
namespace {

struct Member {
  Owner owner;
  bool is_owner = false;
  bool has_left = false;
};

Member ReadMember(const YamlNode& node, ContractDraft& draft) {
  Member member;
  MappingReader mapping(node, "team member", draft.diagnostics);
  if (!mapping.is_mapping()) return member;
  const auto text = [&](const char* key) -> std::string {
    const YamlNode* value = mapping.Take(key);
    return value == nullptr ? "" : draft.values.Text(*value, key).value_or("");
  };
  std::string username;
  if (const YamlNode* value = mapping.Need("username", node.place, "write `username: NAME`")) {
    username = draft.values.Text(*value, "username").value_or("");
  }
  member.owner.name = text("name");
  if (username.find('@') != std::string::npos) {
    member.owner.email = username;
  } else if (member.owner.name.empty()) {
    member.owner.name = username;
  }
  member.is_owner = Lower(text("role")) == "owner";
  member.has_left = !text("dateOut").empty();
  mapping.Accept({"id", "description", "dateIn", "replacedByUsername"});
  CheckUnusedExtras(mapping, draft.diagnostics);
  mapping.Finish();
  return member;
}

// The first member with role owner, else the first; those who left count only among themselves.
Owner ChooseOwner(const std::vector<Member>& members) {
  for (const bool has_left : {false, true}) {
    for (const bool needs_role : {true, false}) {
      for (const Member& member : members) {
        if (member.has_left == has_left && (member.is_owner || !needs_role)) return member.owner;
      }
    }
  }
  return {};
}

}  // namespace

Owner ReadTeam(const YamlNode& team, ContractDraft& draft) {
  const YamlNode* list = &team;
  Owner fallback;
  if (team.is_mapping()) {
    MappingReader mapping(team, "team", draft.diagnostics);
    if (const YamlNode* name = mapping.Take("name")) {
      fallback.name = draft.values.Text(*name, "name").value_or("");
    }
    mapping.Accept({"id", "description"});
    CheckUnusedExtras(mapping, draft.diagnostics);
    list = mapping.Take("members");
    mapping.Finish();
    if (list == nullptr) return fallback;
  }
  if (!list->is_list()) {
    draft.diagnostics.Error(list->place,
                            std::string("team must be a list of members, found ") + FormText(*list),
                            "write `team: {name: NAME, members: [{username: NAME, role: owner}]}`");
    return fallback;
  }
  std::vector<Member> members;
  members.reserve(list->items.size());
  for (const YamlNode& item : list->items) members.push_back(ReadMember(item, draft));
  const Owner owner = ChooseOwner(members);
  return owner.empty() ? fallback : owner;
}

}  // namespace assay::contract
