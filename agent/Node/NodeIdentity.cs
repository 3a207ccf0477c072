using Trainyard.Agent.Files;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Node;

/// <summary>The node's id: the machine's name and a random part, kept in the work folder so that a restart keeps it.</summary>
internal static class NodeIdentity
{
    public static string LoadOrCreate(string work)
    {
        var file = Path.Combine(PrivateFolder.Create(work), "node-id");
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } known)
            return known;
        var created = NodeNames.New(Environment.MachineName);
        File.WriteAllText(file, created);
        return created;
    }
}
