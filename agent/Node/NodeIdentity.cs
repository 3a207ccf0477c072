using Trainyard.Agent.Files;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Node;

/// <summary>
/// The node's id: the machine's name and a random part, kept in the work folder across restarts. The machine's
/// fingerprint is kept with it: a folder that an image or a backup copied to another machine gets a new id there.
/// </summary>
internal static class NodeIdentity
{
    public static string LoadOrCreate(string work, string machine)
    {
        var file = Path.Combine(PrivateFolder.Create(work), "node-id");
        string[] kept = File.Exists(file) ? File.ReadAllLines(file) : [];
        var isOurs = kept.Length > 0 && kept[0].Trim().Length > 0 && (kept.Length < 2 || kept[1].Trim() == machine);
        var id = isOurs ? kept[0].Trim() : NodeNames.New(Environment.MachineName);
        if (!isOurs || kept.Length < 2)
        {
            File.WriteAllLines(file, [id, machine]);
        }
        return id;
    }
}
