namespace Trainyard.Architecture.Tests.Rules;

/// <summary>The rooms of the repository and the one way in which they depend on each other.</summary>
internal sealed class RoomsRule : IRule
{
    // Room to the rooms it may know. "built:" says that the other is built along but never linked in, "beside:" that it
    // lies beside the program where a deployment asks for it.
    private static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["contracts"] = [],
        ["storage"] = [],
        ["manifests"] = ["contracts"],
        ["core"] = ["contracts", "manifests"],
        ["runtime/Engine"] = ["storage"],
        ["runtime/Triggers"] = ["runtime/Engine", "storage"],
        ["orchestrations"] = ["core"],
        ["backends/Embedded"] = ["core", "storage"],
        ["backends/ObjectStores"] = ["core", "storage"],
        ["backends/Azure"] = ["core"],
        ["backends/KeyVault"] = ["backends/Azure"],
        ["telemetry"] = ["contracts"],
        ["agent"] = ["contracts", "manifests", "telemetry"],
        ["cli"] = ["contracts", "manifests"],
        ["functions"] =
        [
            "core",
            "orchestrations",
            "telemetry",
            "backends/Azure",
            "backends/Embedded",
            "backends/ObjectStores",
            "runtime/Engine",
            "runtime/Triggers",
            "beside:backends/KeyVault",
            "built:agent",
        ],
    };

    public IEnumerable<string> Broken(Repository repository)
    {
        foreach (var room in MayKnow.Keys.Where(room => repository.Room(room) is null))
        {
            yield return $"The room {room}/ has no project.";
        }

        foreach (var project in repository.Projects.Where(project => project.IsProduct))
        {
            if (!MayKnow.TryGetValue(project.Room, out var known))
            {
                yield return $"{project.Path} is in no room that the design names.";
                continue;
            }

            foreach (var reference in project.Projects.Where(reference => !known.Any(Allows(reference))))
            {
                yield return $"{project.Room} may not know {Describe(reference)}.";
            }
        }
    }

    private static Func<string, bool> Allows(Reference reference) =>
        allowed => allowed == Describe(reference) || (!allowed.Contains(':') && allowed == Room(reference));

    private static string Describe(Reference reference) =>
        (reference.IsLinked ? "" : "built:")
        + (reference.Condition is { } condition ? condition + ":" : "")
        + Room(reference);

    private static string Room(Reference reference) => ProjectFile.Folder(reference.Name);
}
