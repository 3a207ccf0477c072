using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Sandboxes;

/// <summary>Whose rights a sandboxed command has.</summary>
internal sealed record CommandUser(uint Id, bool IsAgent)
{
    /// <summary>Users of their own that the slots of a node share out, from the first on.</summary>
    private const uint Count = 256;

    /// <summary>The last of these users.</summary>
    public static uint LastOf(uint first) => first + Count - 1;

    /// <summary>An agent that is root gives each slot a user of its own; another runs commands as itself.</summary>
    public static CommandUser Of(IReadOnlyList<int> slots, int first) =>
        Environment.IsPrivilegedProcess
            ? new CommandUser((uint)first + (slots is [var slot, ..] ? (uint)slot % Count : 0), IsAgent: false)
            : new CommandUser(Native.UserId, IsAgent: true);
}
